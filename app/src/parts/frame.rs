//! Around every page: navigation at the left, the page at the right, and what floats above both.

use super::{
    act::RunOut,
    keys_help::KeysHelp,
    nav::{GO_TO, nav, stranger},
    palette::{PaletteState, palette},
};
use crate::{
    api::AppError,
    browser::{dom, keys, live::Live},
    paths,
    ui::{Icon, icon},
};
use causeway_contract::people::Viewer;
use leptos::prelude::*;
use leptos_router::{
    components::Outlet,
    hooks::{use_location, use_navigate},
};

/// The person on the page, in context everywhere.
#[derive(Clone, Copy)]
pub struct ViewerResource(pub Resource<Result<Viewer, AppError>>);

/// The frame around the page that the router found.
#[component]
pub fn Framed() -> impl IntoView {
    view! {
        <Frame>
            <Outlet />
        </Frame>
    }
}

#[component]
pub fn Frame(children: Children) -> impl IntoView {
    let state = PaletteState::new();
    listen(state);
    view! {
        <div class="frame">
            <header class="top">
                <button type="button" class="btn btn-quiet btn-icon" popovertarget="nav" aria-label="Menu">
                    {icon(Icon::Menu)}
                </button>
                <Brand />
            </header>
            <nav class="side" id="nav" popover="auto" aria-label="Main">
                <Brand />
                <Navigation state=state />
            </nav>
            <main class="main" id="main" tabindex="-1">
                <RunOut />
                {children()}
            </main>
            <KeysHelp />
        </div>
    }
}

#[component]
fn Brand() -> impl IntoView {
    view! {
        <a class="brand" href=paths::home()>
            <svg class="mark" viewBox="0 0 24 24" width="24" height="24" aria-hidden="true" focusable="false">
                <path d="M2 9.5h20M2 9.5v3M22 9.5v3M4.5 18.5v-2a3.5 3.5 0 0 1 7 0v2M12.5 18.5v-2a3.5 3.5 0 0 1 7 0v2" />
            </svg>
            <span>"Causeway"</span>
        </a>
    }
}

/// Waits for the person. Nothing else on the page waits for this.
#[component]
fn Navigation(state: PaletteState) -> impl IntoView {
    let viewer = use_context::<ViewerResource>();
    let pathname = use_location().pathname;
    view! {
        <Transition fallback=|| ()>
            {move || Suspend::new(async move {
                match viewer {
                    Some(ViewerResource(resource)) => {
                        match resource.await {
                            Ok(viewer) => view! { {nav(&viewer, pathname)} {palette(&viewer, state)} }.into_any(),
                            Err(_) => stranger(),
                        }
                    }
                    None => stranger(),
                }
            })}
        </Transition>
    }
}

/// Keys that lead to places; the folded navigation folds away after a step.
fn listen(state: PaletteState) {
    let navigate = use_navigate();
    keys::listen(
        move |letter| {
            if let Some(shortcut) = GO_TO.iter().find(|s| s.letter == letter) {
                navigate(&(shortcut.place)(), Default::default());
            }
        },
        move || state.open(),
    );
    let pathname = use_location().pathname;
    Effect::new(move |_| {
        pathname.track();
        dom::hide_popover("nav");
    });
    if let Some(live) = use_context::<Live>() {
        let viewer = use_context::<ViewerResource>();
        // A page that follows one request leaves that behind when it goes.
        Effect::new(move |before: Option<String>| {
            let now = pathname.get();
            if before.is_some_and(|b| b != now) && viewer.is_some() {
                live.follow_all();
            }
            now
        });
    }
}
