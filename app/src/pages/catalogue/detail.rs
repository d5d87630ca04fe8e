//! One template: what it builds, what it asks, what it costs, its files.

use crate::{
    api::{self, drafts::StartDraft},
    parts::{
        act::{Failure, failure},
        load::load,
        money::{left_out, money},
        time::{When, when},
    },
    paths,
    ui::{
        alert::Alert,
        button::{Look, Submit},
        code::{FileText, digest},
        facts::{facts, text},
        head::PageHead,
        section::Section,
    },
};
use causeway_contract::{
    form::{Form, Step},
    requests::Tone,
    templates::TemplateView,
};
use leptos::{form::ActionForm, prelude::*};
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;

#[component]
pub fn TemplatePage() -> impl IntoView {
    let params = use_params_map();
    let name = move || params.with(|p| p.get("name").unwrap_or_default());
    let template = Resource::new(name, api::catalogue::template);
    let start = ServerAction::<StartDraft>::new();
    load(template, move |view| body(view, start))
}

fn body(template: TemplateView, start: ServerAction<StartDraft>) -> AnyView {
    let card = template.card;
    let usable = card.error.is_none();
    let error = failure(start);
    let busy = start.pending();
    let name = card.name.clone();
    let button = usable.then(|| {
        view! {
            <ActionForm action=start>
                <input type="hidden" name="template" value=name />
                <Submit label="Request" look=Look::Primary busy=busy />
            </ActionForm>
        }
    });
    let broken = card.error.clone().map(|error| {
        let owner = format!("Team {} owns it and can correct this:", card.owner);
        view! { <Alert tone=Tone::Bad title="This template is broken and cannot be requested"><p>{owner}</p><pre>{error}</pre></Alert> }
    });
    let paragraphs: Vec<_> = template.description.split("\n\n").map(|p| view! { <p>{p.to_owned()}</p> }).collect();
    let files: Vec<_> =
        template.files.into_iter().map(|(path, text)| view! { <FileText path=path text=text /> }).collect();
    let rows = vec![
        ("Price", card.price_from.as_ref().map_or_else(|| text("Unpriced"), |p| view! { "From " {money(p)} " a month" {left_out(card.price_unpriced)} }.into_any())),
        ("Owner", text(card.owner)),
        ("Clouds", text(card.clouds.iter().map(|c| c.label()).collect::<Vec<_>>().join(", "))),
        ("Tiers", text(card.tiers.iter().map(|t| t.label()).collect::<Vec<_>>().join(", "))),
        ("Approval", text(if card.standard { "Nobody needs to agree in development" } else { "By tier, as shown before you submit" })),
        ("Requests in 90 days", text(card.recent_requests.to_string())),
        ("Version", view! { <span class="inline">{digest(&template.commit)}", read "{when(template.synced_at, When::Relative)}</span> }.into_any()),
    ];
    view! {
        <Title text=card.title.clone() />
        <PageHead title=card.title crumbs=vec![("Catalogue".into(), paths::catalogue())] lede=card.summary>
            {button}
        </PageHead>
        <Failure error=error id="start-failure" />
        {broken}
        <div class="split">
            <div>
                <Section title="What it builds" id="about"><div class="prose">{paragraphs}</div></Section>
                {questions(&template.form)}
                <Section title="Terraform files" id="files">{files}</Section>
            </div>
            <aside class="aside" aria-label="Facts">{facts(rows)}</aside>
        </div>
    }
    .into_any()
}

/// What the form will ask, step by step.
fn questions(form: &Form) -> AnyView {
    let steps: Vec<_> = form
        .steps
        .iter()
        .map(|step: &Step| {
            let fields: Vec<_> = step
                .fields
                .iter()
                .map(|f| {
                    view! {
                        <li>
                            {f.title.clone()}
                            {(!f.required).then(|| view! { <span class="optional">" (optional)"</span> })}
                            {f.help.clone().map(|help| view! { <span class="row-sub">{help}</span> })}
                        </li>
                    }
                })
                .collect();
            view! { <h3 class="minor">{step.title.clone()}</h3><ul class="plain-list">{fields}</ul> }
        })
        .collect();
    view! { <Section title="What it asks" id="questions">{steps}</Section> }.into_any()
}
