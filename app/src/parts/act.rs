//! What comes back from an act: the failure beside its form.

use crate::{
    api::AppError,
    browser::{
        dom,
        session::{self, Session},
    },
    ui::alert::Alert,
};
use causeway_contract::{ApiError, ErrorKind, requests::Tone};
use leptos::prelude::*;
use server_fn::ServerFn;

/// The failure of the last try, with or without script.
pub fn failure<S>(action: ServerAction<S>) -> Signal<Option<ApiError>>
where
    S: ServerFn<Error = AppError> + Clone + Send + Sync + 'static,
    S::Output: Send + Sync + Clone + 'static,
{
    Signal::derive(move || match action.value().get() {
        Some(Err(AppError(error))) => Some(error),
        _ => None,
    })
}

/// How often the act has succeeded in this page: a resource that reads it is fetched again.
pub fn done<S>(action: ServerAction<S>) -> Memo<usize>
where
    S: ServerFn<Error = AppError> + Clone + Send + Sync + 'static,
    S::Output: Send + Sync + Clone + 'static,
{
    Memo::new(move |before: Option<&usize>| {
        let before = before.copied().unwrap_or(0);
        match action.value().get() {
            // `version` is read so that a second success of the same kind counts too.
            Some(Ok(_)) => action.version().get().max(before + 1),
            _ => before,
        }
    })
}

/// The failure in words, above the form that failed.
#[component]
pub fn Failure(
    #[prop(into)] error: Signal<Option<ApiError>>,
    id: &'static str,
    /// Moves the focus here, unless the form knows a better place.
    #[prop(default = true)]
    focus: bool,
) -> impl IntoView {
    Effect::new(move |_| {
        if focus && error.with(Option::is_some) {
            dom::focus_soon(id);
        }
    });
    move || {
        error.get().map(|error| {
            let signed_out = error.kind == ErrorKind::SignedOut;
            view! {
                <Alert tone=Tone::Bad title=error.message live=true id=id>
                    {signed_out.then(|| view! { <SignInAgain /> })}
                    {error.reference.map(|reference| view! { <p>"Reference for the log: " <code>{reference}</code></p> })}
                </Alert>
            }
        })
    }
}

/// Says so when the sign-in has run out under a page on which something is typed.
#[component]
pub fn RunOut() -> impl IntoView {
    let session = use_context::<Session>();
    move || {
        session.is_some_and(Session::has_run_out).then(|| {
            view! {
                <Alert tone=Tone::Attention title="Your sign-in has run out" live=true>
                    <p>"What you typed stays on this page. Sign in again, and you come back to it here."</p>
                    <SignInAgain />
                </Alert>
            }
        })
    }
}

/// Sign in and come back to this very page, and to what is typed on it.
#[component]
pub fn SignInAgain() -> impl IntoView {
    let path = leptos_router::hooks::use_location();
    let href = move || {
        let (pathname, query) = (path.pathname.get(), path.query.get().to_query_string());
        crate::paths::sign_in(&format!("{pathname}{query}"))
    };
    view! { <p><a href=href rel="external" on:click=|_| session::keep_typed()>"Sign in again"</a></p> }
}
