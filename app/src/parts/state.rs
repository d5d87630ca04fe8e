//! States and tiers as badges.

use crate::ui::{Icon, badge};
use causeway_contract::{
    environments::EnvironmentState,
    places::Tier,
    requests::{RequestState, Tone},
};
use leptos::prelude::*;

pub fn request(state: RequestState) -> AnyView {
    let sign = match state {
        RequestState::Pending => Icon::Clock,
        RequestState::ChangesRequested => Icon::Chat,
        RequestState::Approved => Icon::Check,
        RequestState::Delivering => Icon::Send,
        RequestState::InReview => Icon::PullRequest,
        RequestState::Merged => Icon::Merge,
        RequestState::Denied | RequestState::Declined => Icon::Cross,
        RequestState::Withdrawn => Icon::Undo,
        RequestState::Stuck => Icon::Warning,
    };
    badge::state(state.tone(), sign, state.label())
}

pub fn environment(state: EnvironmentState) -> AnyView {
    let (tone, sign) = match state {
        EnvironmentState::Requested => (Tone::Information, Icon::Send),
        EnvironmentState::Live => (Tone::Good, Icon::Check),
        EnvironmentState::Removed => (Tone::Information, Icon::Dash),
        EnvironmentState::Abandoned => (Tone::Attention, Icon::Cross),
    };
    badge::state(tone, sign, state.label())
}

/// Production is meant to be noticed.
pub fn tier(tier: Tier) -> AnyView {
    match tier {
        Tier::Production => badge::strong_tag(tier.label()),
        _ => badge::tag(tier.label()),
    }
}
