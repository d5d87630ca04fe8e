//! "What will happen": conflicts, price, who decides, files, tags. Beside the form before submitting.

use super::{diff::diff, money, price::price_table, stages::stages};
use crate::{
    paths,
    ui::{alert::Alert, facts::pairs, section::Section},
};
use causeway_contract::requests::{Conflict, Preview, Tone};
use leptos::prelude::*;

pub fn preview(preview: Preview) -> AnyView {
    // Before the files are known nothing else is: an empty price or route would be a lie.
    if let Some(problem) = preview.problem {
        return view! {
            {conflicts(preview.conflicts)}
            <Alert tone=Tone::Attention title="This cannot be shown yet">
                <p>{problem}</p>
            </Alert>
        }
        .into_any();
    }
    let price = money::in_words(&preview.price);
    view! {
        {conflicts(preview.conflicts)}
        <Section title="Price" id="panel-price" aside=view! { <span class="figure">{price}</span> }.into_any()>
            {price_table(preview.price)}
        </Section>
        <Section title="Who decides" id="panel-stages">
            {stages(preview.stages, preview.no_stage_reason)}
        </Section>
        <Section title="Files" id="panel-files">
            <p class="muted">
                "A pull request from branch " <code>{preview.branch}</code> " in " <code>{preview.repository}</code> "."
            </p>
            {diff(preview.files, true)}
        </Section>
        <Section title="Tags" id="panel-tags">
            {pairs(preview.tags)}
        </Section>
    }
    .into_any()
}

/// What stands in the way, or ought to be known.
pub fn conflicts(list: Vec<Conflict>) -> AnyView {
    let list: Vec<_> = list
        .into_iter()
        .map(|conflict| {
            let (tone, title) = match conflict.blocking {
                true => (Tone::Bad, "In the way"),
                false => (Tone::Attention, "Worth knowing"),
            };
            let link = conflict.request.map(|id| view! { " " <a href=paths::request(id)>"See that request"</a> });
            view! { <Alert tone=tone title=title><p>{conflict.message}{link}</p></Alert> }
        })
        .collect();
    list.into_any()
}
