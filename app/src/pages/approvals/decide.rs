//! The screen to decide on: the evidence at the left, the decision at the right, always in sight.

use super::form::decision;
use crate::{
    api::{
        approvals::Decide,
        requests::{self, Comment},
    },
    browser::live::Live,
    pages::{id_of, requests::summary_rows},
    parts::{
        act::done, answers::all_steps, comment::CommentForm, diff::diff, load::load, money, price::price_table,
        request_list::request_list, stages::stages, state, timeline::timeline,
    },
    paths,
    ui::{facts::facts, head::PageHead, section::Section},
};
use causeway_contract::{ids::RequestId, requests::RequestView};
use leptos::prelude::*;
use leptos_meta::Title;

#[component]
pub fn DecidePage() -> impl IntoView {
    let live = use_context::<Live>();
    let id = id_of::<RequestId>("request");
    let decide = ServerAction::<Decide>::new();
    let comment = ServerAction::<Comment>::new();
    let acted = (done(decide), done(comment), decide.version());
    let request = Resource::new(
        // A refused decision fetches too: somebody may have been quicker.
        move || (id.get(), live.map(Live::version), acted.0.get(), acted.1.get(), acted.2.get()),
        |(id, ..)| async move { requests::request(id?).await },
    );
    // On the way to another request the word about this one's decision goes.
    Effect::new(move |before: Option<_>| {
        let now = id.get();
        if before.is_some_and(|before| before != now) {
            decide.clear();
        }
        now
    });
    // The count in the navigation follows one's own decision.
    Effect::new(move |before: Option<usize>| {
        let now = acted.0.get();
        if let (Some(before), Some(live)) = (before, live)
            && before != now
        {
            live.nudge();
        }
        now
    });
    load(request, move |view| body(view, decide, comment))
}

fn body(request: RequestView, decide: ServerAction<Decide>, comment: ServerAction<Comment>) -> AnyView {
    let summary = request.summary.clone();
    let (id, cursor) = (summary.id, request.cursor);
    if let Some(live) = use_context::<Live>() {
        Effect::new(move |_| live.follow(id, cursor));
    }
    let title = format!("{} {}", summary.kind.label(), summary.environment);
    let crumbs = vec![("Approvals".into(), paths::approvals())];
    let lede = format!("Request {} by {}", summary.number, summary.requester.name);
    view! {
        <Title text=format!("Decide on {title}, request {}", summary.number) />
        <PageHead title=title crumbs=crumbs mark=state::request(summary.state) lede=lede />
        <div class="split split-decide">
            <div>
                {evidence(request.clone())}
                <a class="btn btn-primary jump" href="#decision" rel="external">"To the decision"</a>
            </div>
            <aside class="aside aside-decide" id="decision" aria-label="Your decision">
                {decision(&request, decide)}
                <Section title="Approval" id="stages">{stages(request.stages.clone(), request.no_stage_reason.clone())}</Section>
                <details class="confirm">
                    <summary>"Comment without deciding"</summary>
                    <CommentForm action=comment id=id />
                </details>
            </aside>
        </div>
    }
    .into_any()
}

/// Everything that the decision rests on, in one run.
fn evidence(request: RequestView) -> AnyView {
    let rows = summary_rows(&request);
    let parameters = all_steps(&request.form, &request.answers, None);
    let price = money::in_words(&request.summary.price);
    let why = Some(request.justification.clone()).filter(|why| !why.is_empty());
    let why = why.map(|why| view! { <Section title="Why" id="why"><p class="typed" dir="auto">{why}</p></Section> });
    let history = Some(request.history).filter(|history| !history.is_empty()).map(|history| {
        view! {
            <Section title="Other requests on this environment" id="history">
                {request_list("Other requests on this environment", history, None, paths::request)}
            </Section>
        }
    });
    view! {
        {why}
        <Section title="Summary" id="summary">{facts(rows)}</Section>
        <Section title="Changes" id="changes">{diff(request.files, false)}</Section>
        <Section title="Price" id="price" aside=view! { <span class="figure">{price}</span> }.into_any()>
            {price_table(request.summary.price)}
        </Section>
        <Section title="Parameters" id="parameters">{parameters}</Section>
        {history}
        <Section title="Timeline" id="timeline">{timeline(request.timeline)}</Section>
    }
    .into_any()
}
