//! What waits for my decision, oldest first.

use crate::{
    api,
    browser::live::Live,
    parts::{load::load, request_list::request_list},
    paths,
    ui::{button::ButtonLink, code::key, empty::Empty, head::PageHead, pager::Pager},
};
use causeway_contract::{Page, requests::RequestSummary};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

#[component]
pub fn InboxPage() -> impl IntoView {
    let live = use_context::<Live>();
    let query = use_query_map();
    let after = Memo::new(move |_| query.with(|q| q.get("after").filter(|a| !a.is_empty())));
    let inbox =
        Resource::new(move || (after.get(), live.map(Live::version)), |(after, _)| api::approvals::inbox(after));
    load(inbox, move |page| body(page, after.get_untracked().is_some()))
}

fn body(page: Page<RequestSummary>, further: bool) -> AnyView {
    let first = further.then(paths::approvals);
    let next = page.next.as_deref().map(paths::approvals_after);
    let list = match page.items.is_empty() {
        true => view! {
            <Empty title="Nothing waits for your decision" text="New requests appear here by themselves.">
                <ButtonLink href=paths::requests() label="See all requests" />
            </Empty>
        }
        .into_any(),
        false => view! {
            {request_list("Waiting for my decision, oldest first", page.items, None, paths::approval)}
            <p class="hint">{key("j")} {key("k")} " move between rows, " {key("Enter")} " opens one."</p>
        }
        .into_any(),
    };
    view! {
        <Title text="Approvals" />
        <PageHead title="Approvals" lede="What waits for your decision, oldest first." />
        {list}
        <Pager first=first next=next />
    }
    .into_any()
}
