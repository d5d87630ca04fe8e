//! One request: where it stands, what it changes, what it costs, who said what.

use super::sections::{Part, actions, changes, overview, parameters, price};
use crate::{
    api::{
        drafts::CloneRequest,
        requests::{self, Comment, RetryDelivery, Withdraw},
    },
    browser::live::Live,
    pages::id_of,
    parts::{
        act::done, comment::CommentForm, load::load, request_list::request_list, stages::stages, state,
        timeline::timeline,
    },
    paths,
    ui::{
        head::PageHead,
        section::Section,
        tabs::{Tab, tabs},
    },
};
use causeway_contract::{ids::RequestId, requests::RequestView};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

/// What can be done on this page.
#[derive(Clone, Copy)]
pub(super) struct Acts {
    pub(super) comment: ServerAction<Comment>,
    pub(super) withdraw: ServerAction<Withdraw>,
    pub(super) retry: ServerAction<RetryDelivery>,
    pub(super) clone: ServerAction<CloneRequest>,
}

#[component]
pub fn RequestPage() -> impl IntoView {
    let live = use_context::<Live>();
    let id = id_of::<RequestId>("request");
    let acts = Acts {
        comment: ServerAction::new(),
        withdraw: ServerAction::new(),
        retry: ServerAction::new(),
        clone: ServerAction::new(),
    };
    let acted = (done(acts.comment), done(acts.withdraw), done(acts.retry));
    let request = Resource::new(
        move || (id.get(), live.map(Live::version), acted.0.get(), acted.1.get(), acted.2.get()),
        |(id, ..)| async move { requests::request(id?).await },
    );
    let query = use_query_map();
    let part = Memo::new(move |_| query.with(|q| Part::of(q.get_str("tab").unwrap_or_default())));
    load(request, move |view| body(view, part, acts))
}

fn body(request: RequestView, part: Memo<Part>, acts: Acts) -> AnyView {
    let summary = request.summary.clone();
    let cursor = request.cursor;
    if let Some(live) = use_context::<Live>() {
        Effect::new(move |_| live.follow(summary.id, cursor));
    }
    let title = format!("{} {}", summary.kind.label(), summary.environment);
    let crumbs = vec![("Requests".into(), paths::requests())];
    let shown = request.clone();
    let main = move || match part.get() {
        Part::Overview => overview(&shown),
        Part::Changes => changes(&shown),
        Part::Price => price(&shown),
        Part::Parameters => parameters(&shown),
        Part::History => history(&shown),
    };
    let tab_request = request.clone();
    view! {
        <Title text=format!("{title}, request {}", summary.number) />
        <PageHead title=title crumbs=crumbs mark=state::request(summary.state) lede=format!("Request {}", summary.number) />
        {actions(&request, acts)}
        <div class="split">
            <div>
                {move || tabs("Parts of the request", part_tabs(&tab_request, part.get()))}
                {main}
            </div>
            <aside class="aside" aria-label="Approval and timeline">
                <Section title="Approval" id="stages">{stages(request.stages, request.no_stage_reason)}</Section>
                <Section title="Timeline" id="timeline">{timeline(request.timeline)}</Section>
                <Section title="Add a comment" id="comment"><CommentForm action=acts.comment id=summary.id /></Section>
            </aside>
        </div>
    }
    .into_any()
}

fn part_tabs(request: &RequestView, current: Part) -> Vec<Tab> {
    Part::ALL
        .into_iter()
        .map(|part| Tab {
            label: part.label(),
            href: paths::request_tab(request.summary.id, part.key()),
            current: part == current,
            count: match part {
                Part::Changes => Some(request.files.len()),
                Part::History => Some(request.history.len()).filter(|n| *n > 0),
                _ => None,
            },
        })
        .collect()
}

fn history(request: &RequestView) -> AnyView {
    if request.history.is_empty() {
        return view! { <p class="muted">"This is the first request on this environment."</p> }.into_any();
    }
    request_list("Other requests on this environment", request.history.clone(), None, paths::request)
}
