//! When there is no page to show: why, and what to do next. On the server it also sets the status.

use super::act::SignInAgain;
use crate::{
    paths,
    ui::{
        Icon,
        button::{ButtonLink, Look},
        head::PageHead,
        icon,
    },
};
use causeway_contract::{ApiError, ErrorKind};
use leptos::prelude::*;
use leptos_meta::Title;

/// The whole of a page that failed.
pub fn problem_page(error: ApiError) -> AnyView {
    set_status(error.kind);
    let title = match error.kind {
        ErrorKind::Invalid => "That did not work",
        ErrorKind::SignedOut => "You are signed out",
        ErrorKind::Forbidden => "This is not yours to see",
        ErrorKind::NotFound => "Nothing is here",
        ErrorKind::Conflict => "Somebody was quicker",
        ErrorKind::TooLarge => "That is too large",
        ErrorKind::Unavailable => "Causeway cannot answer right now",
        ErrorKind::Internal => "Something broke inside Causeway",
    };
    let sign = match error.kind {
        ErrorKind::NotFound => Icon::Search,
        ErrorKind::Forbidden | ErrorKind::SignedOut => Icon::Audit,
        _ => Icon::Warning,
    };
    let next = match error.kind {
        ErrorKind::SignedOut => view! { <SignInAgain /> }.into_any(),
        _ => view! { <ButtonLink href=paths::home() label="Go to the start page" look=Look::Primary /> }.into_any(),
    };
    view! {
        <Title text=title />
        <div class="problem">
            <span class="problem-sign">{icon(sign)}</span>
            <PageHead title=title />
            <p>{error.message}</p>
            {error.reference.map(|r| view! { <p class="muted">"Reference for the log: " <code>{r}</code></p> })}
            <div class="problem-next">{next}</div>
        </div>
    }
    .into_any()
}

/// For an address that is none of ours.
#[component]
pub fn NotFound() -> impl IntoView {
    problem_page(ApiError::not_found("page"))
}

#[cfg(feature = "ssr")]
fn set_status(kind: ErrorKind) {
    if let Some(response) = use_context::<leptos_axum::ResponseOptions>() {
        let status = http::StatusCode::from_u16(kind.status()).unwrap_or(http::StatusCode::INTERNAL_SERVER_ERROR);
        response.set_status(status);
    }
}

#[cfg(not(feature = "ssr"))]
fn set_status(_: ErrorKind) {}
