//! Environments that the person may see.

use crate::{
    api,
    browser::live::Live,
    parts::{
        environment_list::environment_list,
        filters::{FilterBar, text, word},
        load::load,
    },
    paths,
    ui::{
        button::ButtonLink,
        empty::Empty,
        head::PageHead,
        inputs::{SearchBox, Select},
        pager::Pager,
    },
};
use causeway_contract::{
    Page,
    environments::{EnvironmentFilter, EnvironmentState, EnvironmentSummary},
    places::Tier,
};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::{hooks::use_query_map, params::ParamsMap};

#[component]
pub fn EnvironmentsPage() -> impl IntoView {
    let live = use_context::<Live>();
    let query = use_query_map();
    let filter = Memo::new(move |_| query.with(filter_of));
    let list = Resource::new(
        move || (filter.get(), live.map(Live::version)),
        |(filter, _)| api::environments::environments(filter),
    );
    view! {
        <Title text="My environments" />
        <PageHead title="My environments" lede="What your teams run, and what is on its way." />
        {move || bar(filter.get())}
        {load(list, move |page| body(page, &filter.get_untracked()))}
    }
}

fn filter_of(query: &ParamsMap) -> EnvironmentFilter {
    EnvironmentFilter {
        q: text(query, "q"),
        state: word(query, "state"),
        tier: word(query, "tier"),
        team: Some(text(query, "team")).filter(|t| !t.is_empty()),
        after: Some(text(query, "after")).filter(|a| !a.is_empty()),
    }
}

fn is_active(filter: &EnvironmentFilter) -> bool {
    *filter != EnvironmentFilter { after: filter.after.clone(), ..Default::default() }
}

fn bar(filter: EnvironmentFilter) -> AnyView {
    let option = |key: &str, label: &str| (key.to_owned(), label.to_owned());
    let mut states = vec![option("", "Any state")];
    states.extend(EnvironmentState::ALL.iter().map(|s| option(s.as_str(), s.label())));
    let mut tiers = vec![option("", "Any tier")];
    tiers.extend(Tier::ALL.iter().map(|t| option(t.as_str(), t.label())));
    view! {
        <FilterBar action=paths::environments() label="Filter environments" active=is_active(&filter)>
            <SearchBox label="Search" value=filter.q.clone() placeholder="Name" />
            <Select name="state" label="State" options=states value=filter.state.map_or("", EnvironmentState::as_str) />
            <Select name="tier" label="Tier" options=tiers value=filter.tier.map_or("", Tier::as_str) />
        </FilterBar>
    }
    .into_any()
}

fn body(page: Page<EnvironmentSummary>, filter: &EnvironmentFilter) -> AnyView {
    let first =
        filter.after.is_some().then(|| paths::environments_with(&EnvironmentFilter { after: None, ..filter.clone() }));
    let next =
        page.next.map(|after| paths::environments_with(&EnvironmentFilter { after: Some(after), ..filter.clone() }));
    if page.items.is_empty() {
        return match is_active(filter) {
            true => view! {
                <Empty title="No environment matches" text="Change the filter, or clear it to see all of them.">
                    <ButtonLink href=paths::environments() label="Clear the filter" />
                </Empty>
            }
            .into_any(),
            false => view! {
                <Empty title="No environments yet" text="An environment appears here as soon as it has been asked for.">
                    <ButtonLink href=paths::catalogue() label="See the catalogue" />
                </Empty>
            }
            .into_any(),
        };
    }
    view! {
        {environment_list("Environments", page.items)}
        <Pager first=first next=next />
    }
    .into_any()
}
