//! Buttons. A verb on each; one primary a page.

use leptos::prelude::*;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Look {
    Primary,
    #[default]
    Plain,
    Danger,
    Quiet,
}

impl Look {
    pub fn class(self) -> &'static str {
        match self {
            Look::Primary => "btn btn-primary",
            Look::Plain => "btn",
            Look::Danger => "btn btn-danger",
            Look::Quiet => "btn btn-quiet",
        }
    }
}

/// The button of a form. While `busy` it says so and does not answer to a second press.
#[component]
pub fn Submit(
    #[prop(into)] label: String,
    #[prop(optional)] look: Look,
    #[prop(optional, into)] busy: Signal<bool>,
) -> impl IntoView {
    view! {
        <button type="submit" class=look.class() aria-busy=move || busy.get().then_some("true")>
            {label}
        </button>
    }
}

/// A button that cannot be pressed now, with the reason: shown on hover and focus, read with the button.
#[component]
pub fn Barred(#[prop(into)] label: String, #[prop(into)] reason: String, id: &'static str) -> impl IntoView {
    view! {
        <span class="barred">
            <button type="button" class="btn" aria-disabled="true" aria-describedby=id>
                {label}
            </button>
            <span class="tip" role="tooltip" id=id>
                {reason}
            </span>
        </span>
    }
}

/// A link that looks like a button.
#[component]
pub fn ButtonLink(
    #[prop(into)] href: String,
    #[prop(into)] label: String,
    #[prop(optional)] look: Look,
    /// Leaves the app: the server answers, not the router.
    #[prop(optional)]
    external: bool,
) -> impl IntoView {
    view! {
        <a href=href class=look.class() rel=external.then_some("external")>
            {label}
        </a>
    }
}
