//! What happened to a request: who, what, when, on which evidence. Oldest first.

use super::{
    money::left_out,
    time::{When, when},
};
use crate::ui::{Icon, badge::tone_class, code::digest, icon};
use causeway_contract::requests::{Evidence, TimelineEntry, Tone};
use leptos::prelude::*;

pub fn timeline(entries: Vec<TimelineEntry>) -> AnyView {
    let items: Vec<_> = entries.into_iter().map(entry).collect();
    view! { <ol class="timeline">{items}</ol> }.into_any()
}

fn entry(entry: TimelineEntry) -> AnyView {
    let sign = match entry.tone {
        Tone::Good => Icon::Check,
        Tone::Attention => Icon::Chat,
        Tone::Bad => Icon::Cross,
        Tone::Information => Icon::Circle,
    };
    let link = entry.link.map(|href| {
        let external = !href.starts_with('/');
        view! { " " <a href=href rel=external.then_some("external noopener")>"Show"</a> }
    });
    view! {
        <li class=tone_class(entry.tone)>
            {icon(sign)}
            <div>
                <p><strong><bdi>{entry.actor}</bdi></strong>" "{entry.what}{link}</p>
                {entry.comment.filter(|c| !c.is_empty()).map(|c| view! { <blockquote>{c}</blockquote> })}
                <p class="muted">{when(entry.at, When::Relative)}</p>
                {entry.evidence.map(evidence)}
            </div>
        </li>
    }
    .into_any()
}

/// What a decision was given on, for those who want to know.
fn evidence(evidence: Evidence) -> AnyView {
    // "unpriced" says that of all of it.
    let unpriced = (evidence.monthly != "unpriced").then(|| left_out(evidence.unpriced));
    view! {
        <details class="evidence">
            <summary>"Evidence"</summary>
            <dl class="facts">
                <div class="fact"><dt>"Request"</dt><dd>{digest(&evidence.request_digest)}</dd></div>
                <div class="fact"><dt>"Files"</dt><dd>{digest(&evidence.files_digest)}</dd></div>
                <div class="fact"><dt>"Price a month"</dt><dd>{evidence.monthly}{unpriced}</dd></div>
            </dl>
        </details>
    }
    .into_any()
}
