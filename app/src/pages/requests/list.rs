//! All requests that the person may see, filtered and sorted by the address.

use crate::{
    api,
    browser::live::Live,
    parts::{
        filters::{FilterBar, text, word},
        frame::ViewerResource,
        load::load,
        request_list::request_list,
    },
    paths,
    ui::{
        button::{ButtonLink, Look},
        empty::Empty,
        head::PageHead,
        inputs::{SearchBox, Select},
        pager::Pager,
    },
};
use causeway_contract::{
    Page,
    places::Tier,
    requests::{RequestFilter, RequestSort, RequestState, RequestSummary},
};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::{hooks::use_query_map, params::ParamsMap};

#[component]
pub fn RequestsPage() -> impl IntoView {
    let live = use_context::<Live>();
    let query = use_query_map();
    let filter = Memo::new(move |_| query.with(filter_of));
    let requests =
        Resource::new(move || (filter.get(), live.map(Live::version)), |(filter, _)| api::requests::requests(filter));
    let may_request = use_context::<ViewerResource>();
    view! {
        <Title text="Requests" />
        <PageHead title="Requests">
            <Transition fallback=|| ()>
                {move || Suspend::new(async move {
                    let viewer = match may_request {
                        Some(ViewerResource(viewer)) => viewer.await.ok(),
                        None => None,
                    };
                    viewer
                        .filter(|v| v.can.request)
                        .map(|_| view! { <ButtonLink href=paths::catalogue() label="Request an environment" look=Look::Primary /> })
                })}
            </Transition>
        </PageHead>
        {move || bar(filter.get())}
        {load(requests, move |page| body(page, &filter.get_untracked()))}
    }
}

fn filter_of(query: &ParamsMap) -> RequestFilter {
    RequestFilter {
        q: text(query, "q"),
        state: word(query, "state"),
        tier: word(query, "tier"),
        team: Some(text(query, "team")).filter(|t| !t.is_empty()),
        mine: text(query, "mine") == "true",
        sort: word(query, "sort").unwrap_or_default(),
        after: Some(text(query, "after")).filter(|a| !a.is_empty()),
    }
}

fn any<T: Copy>(
    label: &str,
    all: &[T],
    key: fn(T) -> &'static str,
    name: fn(T) -> &'static str,
) -> Vec<(String, String)> {
    let first = std::iter::once((String::new(), label.to_owned()));
    first.chain(all.iter().map(|x| (key(*x).to_owned(), name(*x).to_owned()))).collect()
}

fn is_active(filter: &RequestFilter) -> bool {
    *filter != RequestFilter { sort: filter.sort, after: filter.after.clone(), ..Default::default() }
}

fn bar(filter: RequestFilter) -> AnyView {
    let states = any("Any state", RequestState::ALL, RequestState::as_str, RequestState::label);
    let tiers = any("Any tier", Tier::ALL, Tier::as_str, Tier::label);
    // The default has no place in the address.
    let sort = |s: RequestSort| if s == RequestSort::default() { "" } else { s.as_str() };
    let sorts = RequestSort::ALL.iter().map(|s| (sort(*s).to_owned(), s.label().to_owned())).collect::<Vec<_>>();
    let whose = vec![(String::new(), "Everybody\u{2019}s".to_owned()), ("true".into(), "Mine".into())];
    view! {
        <FilterBar action=paths::requests() label="Filter requests" active=is_active(&filter)>
            <SearchBox label="Search" value=filter.q.clone() placeholder="Name or number" />
            <Select name="state" label="State" options=states value=filter.state.map_or("", RequestState::as_str) />
            <Select name="tier" label="Tier" options=tiers value=filter.tier.map_or("", Tier::as_str) />
            <Select name="mine" label="Whose" options=whose value=if filter.mine { "true" } else { "" } />
            <Select name="sort" label="Sort" options=sorts value=sort(filter.sort) />
            {filter.team.clone().map(|team| view! { <input type="hidden" name="team" value=team /> })}
        </FilterBar>
    }
    .into_any()
}

fn body(page: Page<RequestSummary>, filter: &RequestFilter) -> AnyView {
    let first = filter.after.is_some().then(|| paths::requests_with(&RequestFilter { after: None, ..filter.clone() }));
    let next = page.next.map(|after| paths::requests_with(&RequestFilter { after: Some(after), ..filter.clone() }));
    if page.items.is_empty() {
        return match is_active(filter) {
            true => view! {
                <Empty title="No request matches" text="Change the filter, or clear it to see all of them.">
                    <ButtonLink href=paths::requests() label="Clear the filter" />
                </Empty>
            }
            .into_any(),
            false => {
                view! { <Empty title="No requests yet" text="They appear here once somebody has submitted one." /> }
                    .into_any()
            }
        };
    }
    view! {
        {request_list("Requests", page.items, Some(filter), paths::request)}
        <Pager first=first next=next />
    }
    .into_any()
}
