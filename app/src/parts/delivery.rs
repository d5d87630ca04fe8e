//! How far carrying a request out has come: branch, commit, pull request, build status, and what to do when it hangs.

use super::time::{When, when};
use crate::ui::{
    Icon,
    alert::Alert,
    badge,
    code::digest,
    facts::{facts, text},
    icon,
};
use causeway_contract::requests::{DeliveryView, PullRequestView, RequestState, Tone};
use leptos::prelude::*;

/// `state`: of the request, which says how serious what is told here is.
pub fn delivery(delivery: DeliveryView, state: RequestState) -> AnyView {
    let said = |(tone, title): (Tone, &'static str), words: String| view! { <Alert tone=tone title=title><p>{words}</p></Alert> };
    let trouble = delivery.trouble.map(|words| said(troubled(state), words));
    let problem = delivery.problem.map(|words| said(wrong(state), words));
    let mut rows = vec![
        ("Repository", view! { <code>{delivery.repository}</code> }.into_any()),
        ("Branch", view! { <code>{delivery.branch}</code> }.into_any()),
    ];
    if let Some(commit) = &delivery.commit {
        rows.push(("Commit", digest(commit)));
    }
    if let Some(pull) = delivery.pull_request {
        rows.push(("Pull request", pull_request(&pull)));
        if let Some(commit) = &pull.merge_commit {
            rows.push(("Merge commit", digest(commit)));
        }
    }
    if let Some(status) = delivery.approval_status {
        rows.push(("Approval check", approval_status(&status)));
    }
    if let Some(at) = delivery.checked_at {
        rows.push(("Last looked", when(at, When::Relative)));
    }
    view! {
        <div class="stack">
            {trouble}
            {problem}
            {facts(rows)}
            {steps(delivery.steps)}
        </div>
    }
    .into_any()
}

/// Causeway cannot get on or look for the moment.
fn troubled(state: RequestState) -> (Tone, &'static str) {
    match state {
        RequestState::Stuck => (Tone::Bad, "Causeway cannot look at the pull request"),
        _ => (Tone::Attention, "Waiting for Bitbucket"),
    }
}

/// Something is wrong with the delivery or the pull request.
fn wrong(state: RequestState) -> (Tone, &'static str) {
    match state {
        RequestState::Stuck => (Tone::Bad, "Delivery needs a person"),
        RequestState::Merged => (Tone::Bad, "Not merged as approved"),
        RequestState::Declined => (Tone::Information, "The pull request is closed"),
        RequestState::Withdrawn => (Tone::Information, "Delivery did not go on"),
        _ => (Tone::Attention, "The pull request needs a person"),
    }
}

fn pull_request(pull: &PullRequestView) -> AnyView {
    let state = match pull.state.as_str() {
        "MERGED" => badge::state(Tone::Good, Icon::Merge, "Merged"),
        "DELETED" => badge::state(Tone::Bad, Icon::Cross, "Deleted"),
        "DECLINED" => badge::state(Tone::Bad, Icon::Cross, "Declined"),
        _ => badge::state(Tone::Information, Icon::PullRequest, "Open"),
    };
    view! {
        <span class="inline">
            <a href=pull.url.clone() rel="external noopener">{format!("Pull request {}", pull.id)}{icon(Icon::External)}</a>
            {state}
        </span>
    }
    .into_any()
}

/// What Bitbucket shows as `causeway/approval`.
fn approval_status(status: &str) -> AnyView {
    match status {
        "SUCCESSFUL" => badge::state(Tone::Good, Icon::Check, "Passed: the branch holds what was approved"),
        "FAILED" => badge::state(Tone::Bad, Icon::Cross, "Failed: merging is blocked"),
        "INPROGRESS" => badge::state(Tone::Information, Icon::Clock, "In progress"),
        other => text(other),
    }
}

fn steps(steps: Vec<(String, Option<chrono::DateTime<chrono::Utc>>)>) -> AnyView {
    let items: Vec<_> = steps
        .into_iter()
        .map(|(label, done)| {
            let (sign, class, words) = match done {
                Some(_) => (Icon::Check, "tone-good", "Done"),
                None => (Icon::Circle, "tone-quiet", "Not yet"),
            };
            view! {
                <li class=class>
                    {icon(sign)}
                    <span class="sr-only">{words}": "</span>
                    <span>{label}</span>
                    {done.map(|at| when(at, When::Relative))}
                </li>
            }
        })
        .collect();
    view! { <ol class="checks" aria-label="Steps of the delivery">{items}</ol> }.into_any()
}
