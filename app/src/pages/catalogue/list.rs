//! The catalogue: what can be asked for.

use crate::{
    api,
    parts::{
        load::load,
        money::{left_out, money},
    },
    paths,
    ui::{Icon, badge, empty::Empty, head::PageHead, icon},
};
use causeway_contract::{places::Cloud, requests::Tone, templates::TemplateCard};
use leptos::prelude::*;
use leptos_meta::Title;

#[component]
pub fn CataloguePage() -> impl IntoView {
    let cards = Resource::new(|| (), |()| api::catalogue::catalogue());
    load(cards, body)
}

fn body(cards: Vec<TemplateCard>) -> AnyView {
    let empty = cards.is_empty().then(|| {
        view! { <Empty title="The catalogue is empty" text="Templates appear here once the catalogue repository has been read." /> }
    });
    let cards: Vec<_> = cards.into_iter().map(card).collect();
    view! {
        <Title text="Catalogue" />
        <PageHead title="Catalogue" lede="Environments you can ask for. Each says what it costs before you submit." />
        {empty}
        <ul class="cards">{cards}</ul>
    }
    .into_any()
}

fn card(card: TemplateCard) -> AnyView {
    let clouds = card.clouds.iter().map(|c: &Cloud| c.label()).collect::<Vec<_>>().join(", ");
    let tiers = card.tiers.iter().map(|t| t.label()).collect::<Vec<_>>().join(", ");
    let price = match &card.price_from {
        Some(price) => view! { "From " {money(price)} " a month" {left_out(card.price_unpriced)} }.into_any(),
        None => view! { "Unpriced" }.into_any(),
    };
    let broken = card.error.map(|error| {
        view! { <p class="inline tone-bad">{icon(Icon::Warning)}<span>"Cannot be requested: "{error}</span></p> }
    });
    view! {
        <li class="card">
            <h2><a class="row-link" href=paths::template(&card.name) data-row="">{card.title}</a></h2>
            <p class="card-text">{card.summary}</p>
            {broken}
            <p class="card-price">{price}</p>
            <p class="muted">{clouds}" \u{b7} "{tiers}</p>
            <p class="card-foot">
                <span class="muted">"Owned by "{card.owner}</span>
                {card.standard.then(|| badge::state(Tone::Good, Icon::Check, "Pre-approved in development"))}
            </p>
        </li>
    }
    .into_any()
}
