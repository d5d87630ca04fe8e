//! What people see: pages, components and server functions. Native with `ssr`, in the browser with `hydrate`.
//!
//! To add a page: a file under `pages/<noun>`, a path in `paths.rs`, a line in `routes.rs`, a place in `parts/nav.rs`.

pub mod api;
pub mod browser;
pub mod pages;
pub mod parts;
pub mod paths;
mod routes;
pub mod ui;

use api::AppError;
use browser::{clock::Clock, dom, live::Live, session::Session};
use causeway_contract::ErrorKind;
use leptos::{config::LeptosOptions, prelude::*};
use leptos_meta::{HashedStylesheet, MetaTags, Title, provide_meta_context};
use leptos_router::{components::Router, hooks::use_location};
use parts::frame::ViewerResource;

/// The document around the app; only the server makes it.
pub fn shell(options: LeptosOptions) -> impl IntoView {
    view! {
        <!DOCTYPE html>
        <html lang="en">
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1" />
                <meta name="color-scheme" content="light dark" />
                <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
                <HashedStylesheet options=options.clone() />
                <AutoReload options=options.clone() />
                <HydrationScripts options=options />
                <MetaTags />
            </head>
            <body>
                <App />
            </body>
        </html>
    }
}

#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    Clock::provide();
    let session = Session::provide();
    let live = Live::provide(session);
    let viewer = Resource::new(move || live.version(), |_| api::people::viewer());
    provide_context(ViewerResource(viewer));
    Effect::new(move |_| match viewer.get() {
        Some(Err(AppError(error))) if error.kind == ErrorKind::SignedOut => session.run_out(&dom::here()),
        Some(Ok(_)) => session.stands(),
        _ => {}
    });
    let (routing, set_routing) = signal(false);
    view! {
        <Title formatter=|title: String| if title.is_empty() { "Causeway".into() } else { format!("{title} \u{b7} Causeway") } />
        <Router set_is_routing=set_routing>
            <a class="skip" href="#main" rel="external">"Skip to the page"</a>
            <div class="routing" class:on=move || routing.get() aria-hidden="true"></div>
            <FocusFollows routing=routing />
            {routes::pages()}
        </Router>
    }
}

/// After a step to another page the focus is at its heading, as after a real load, so that it is read out.
#[component]
fn FocusFollows(routing: ReadSignal<bool>) -> impl IntoView {
    let pathname = use_location().pathname;
    Effect::new(move |before: Option<(bool, String)>| {
        let (on, path) = (routing.get(), pathname.get());
        let shown = before.as_ref().map_or_else(|| path.clone(), |(_, shown)| shown.clone());
        if on || shown == path {
            return (on, shown);
        }
        dom::focus_soon("page-title");
        (on, path)
    });
}
