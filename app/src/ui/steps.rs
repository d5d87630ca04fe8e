//! The steps of a long form, as links.

use super::{Icon, icon};
use leptos::prelude::*;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepLook {
    /// Nothing wrong with it.
    Good,
    /// Something in it needs another look.
    Bad,
    /// Not complete, and nobody complains yet.
    Open,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StepLink {
    pub title: String,
    pub href: String,
    pub current: bool,
    pub look: StepLook,
}

/// The list; the current one is marked for everybody.
pub fn steps(links: Vec<StepLink>) -> AnyView {
    let items: Vec<_> = links
        .into_iter()
        .map(|link| {
            let (sign, class, words) = match link.look {
                StepLook::Good => (Icon::Check, "step tone-good", "complete"),
                StepLook::Bad => (Icon::Warning, "step tone-bad", "needs another look"),
                StepLook::Open => (Icon::Circle, "step", "not complete"),
            };
            view! {
                <li>
                    <a class=class href=link.href aria-current=link.current.then_some("step")>
                        {icon(sign)}
                        <span>{link.title}</span>
                        <span class="sr-only">", "{words}</span>
                    </a>
                </li>
            }
        })
        .collect();
    view! { <nav class="steps" aria-label="Steps"><ol>{items}</ol></nav> }.into_any()
}
