//! A prefilled link: shows what it brings, and makes the draft when asked. A link alone never writes.

use crate::{
    api::{self, drafts::StartDraft},
    parts::{
        act::{Failure, failure},
        answers::in_words,
        load::load,
    },
    paths,
    ui::{
        button::{ButtonLink, Look, Submit},
        facts::pairs,
        head::PageHead,
        section::Section,
    },
};
use causeway_contract::templates::TemplateView;
use leptos::{form::ActionForm, prelude::*};
use leptos_meta::Title;
use leptos_router::{
    hooks::{use_params_map, use_query_map},
    params::ParamsMap,
};

#[component]
pub fn PrefilledPage() -> impl IntoView {
    let (params, query) = (use_params_map(), use_query_map());
    let name = move || params.with(|p| p.get("name").unwrap_or_default());
    let template = Resource::new(name, api::catalogue::template);
    let start = ServerAction::<StartDraft>::new();
    load(template, move |view| body(view, &query.get(), start))
}

fn body(template: TemplateView, query: &ParamsMap, start: ServerAction<StartDraft>) -> AnyView {
    let card = template.card;
    let error = failure(start);
    // Only what the form knows is taken along, and shown.
    let brought: Vec<_> =
        template.form.fields().filter_map(|f| Some((f, query.get(&f.name).filter(|v| !v.is_empty())?))).collect();
    let rows = brought.iter().map(|(f, v)| (f.title.clone(), in_words(f, Some(v)))).collect::<Vec<_>>();
    let hidden: Vec<_> = brought
        .iter()
        .map(|(f, v)| view! { <input type="hidden" name=format!("answers[{}]", f.name) value=v.clone() /> })
        .collect();
    let list = match rows.is_empty() {
        true => view! { <p class="muted">"The link brings no answers that this template asks for."</p> }.into_any(),
        false => pairs(rows),
    };
    let crumbs = vec![("Catalogue".into(), paths::catalogue()), (card.title.clone(), paths::template(&card.name))];
    view! {
        <Title text=format!("Request {}", card.title) />
        <PageHead
            title="Start with these answers?"
            crumbs=crumbs
            lede="A link filled these in. You can change them all before you submit."
        />
        <Failure error=error id="start-failure" />
        <Section title=card.title id="brought">{list}</Section>
        <ActionForm action=start attr:class="bar">
            <input type="hidden" name="template" value=card.name.clone() />
            {hidden}
            <Submit label="Start the request" look=Look::Primary busy=start.pending() />
            <ButtonLink href=paths::template(&card.name) label="See the template first" />
        </ActionForm>
    }
    .into_any()
}
