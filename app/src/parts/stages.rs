//! The stages a request must pass, who can decide each, and what they said.

use super::{
    person,
    time::{When, when},
};
use crate::ui::{Icon, badge::tone_class, icon};
use causeway_contract::requests::{DecisionView, StageState, StageView, Tone, Verdict};
use leptos::prelude::*;

/// `reason` is said instead when nobody needs to agree.
pub fn stages(stages: Vec<StageView>, reason: Option<String>) -> AnyView {
    if stages.is_empty() {
        let words = reason.unwrap_or_else(|| "Nobody needs to agree.".into());
        return view! { <p class="inline tone-good">{icon(Icon::Check)}<span>{words}</span></p> }.into_any();
    }
    let items: Vec<_> = stages.into_iter().map(stage).collect();
    view! { <ol class="stages">{items}</ol> }.into_any()
}

fn stage(stage: StageView) -> AnyView {
    // Of a draft nothing waits yet: who can decide is all there is to say.
    let planned = stage.id.is_none();
    let returned =
        stage.state == StageState::Void && stage.decisions.last().is_some_and(|d| d.verdict == Verdict::AskForChanges);
    let label = if returned { Verdict::AskForChanges.label() } else { stage.state.label() };
    let (sign, class) = match stage.state {
        _ if returned => (Icon::Chat, tone_class(Tone::Attention)),
        _ if planned => (Icon::Circle, "tone-quiet"),
        StageState::Waiting => (Icon::Circle, "tone-quiet"),
        StageState::Open => (Icon::Clock, tone_class(Tone::Attention)),
        StageState::Approved => (Icon::Check, tone_class(Tone::Good)),
        StageState::Denied => (Icon::Cross, tone_class(Tone::Bad)),
        StageState::Void => (Icon::Dash, "tone-quiet"),
    };
    let needed = (stage.needed > 1).then(|| format!("{} people must approve.", stage.needed));
    let deciders = matches!(stage.state, StageState::Waiting | StageState::Open).then(|| {
        let words = match stage.deciders.is_empty() {
            true => "Nobody who signed in so far can decide this.".to_owned(),
            false => format!("Can decide: {}.", person::names(&stage.deciders)),
        };
        view! { <p class="muted">{words}</p> }
    });
    let since = stage.opened_at.filter(|_| stage.state == StageState::Open);
    let decisions: Vec<_> = stage.decisions.into_iter().map(decision).collect();
    view! {
        <li class=class>
            {icon(sign)}
            <div>
                <p class="stage-title">{stage.title}</p>
                {(!planned)
                    .then(|| {
                        view! { <p>{label}{since.map(|at| view! { ", since " {when(at, When::Relative)} })}</p> }
                    })}
                {needed.map(|needed| view! { <p>{needed}</p> })}
                {deciders}
                {decisions}
            </div>
        </li>
    }
    .into_any()
}

fn decision(decision: DecisionView) -> AnyView {
    let verb = match decision.verdict {
        Verdict::Approve => "approved",
        Verdict::Deny => "denied",
        Verdict::AskForChanges => "asked for changes",
    };
    view! {
        <div class="decision">
            <p>{person::name(&decision.person)}" "{verb}" "{when(decision.at, When::Relative)}</p>
            {(!decision.comment.is_empty()).then(|| view! { <blockquote>{decision.comment}</blockquote> })}
        </div>
    }
    .into_any()
}
