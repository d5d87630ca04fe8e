//! States, tags and counts. Meaning is never colour alone: an icon and a word go with it.

use super::{Icon, icon};
use causeway_contract::requests::Tone;
use leptos::prelude::*;

pub fn tone_class(tone: Tone) -> &'static str {
    match tone {
        Tone::Good => "tone-good",
        Tone::Attention => "tone-attention",
        Tone::Bad => "tone-bad",
        Tone::Information => "tone-information",
    }
}

/// A state: a coloured icon and the word.
pub fn state(tone: Tone, sign: Icon, label: &'static str) -> AnyView {
    view! { <span class=format!("state {}", tone_class(tone))>{icon(sign)}<span>{label}</span></span> }.into_any()
}

/// A quiet label.
pub fn tag(label: impl Into<String>) -> AnyView {
    view! { <span class="tag">{label.into()}</span> }.into_any()
}

/// A label that is meant to be noticed.
pub fn strong_tag(label: impl Into<String>) -> AnyView {
    view! { <span class="tag tag-strong">{label.into()}</span> }.into_any()
}
