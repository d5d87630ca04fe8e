//! The navigation: by what a person does, and only what they may see.
//!
//! To add a page: a line in [`nav`], and in [`GO_TO`] if it deserves a key.

use crate::{
    browser::{keys, live::Live},
    paths,
    ui::{Icon, icon},
};
use causeway_contract::people::Viewer;
use leptos::prelude::*;

/// A letter that, after `g`, leads to a place.
pub struct Shortcut {
    pub letter: &'static str,
    pub label: &'static str,
    pub place: fn() -> String,
}

const fn shortcut(letter: &'static str, label: &'static str, place: fn() -> String) -> Shortcut {
    Shortcut { letter, label, place }
}

pub const GO_TO: [Shortcut; 7] = [
    shortcut("h", "Home", paths::home),
    shortcut("c", "Catalogue", paths::catalogue),
    shortcut("e", "My environments", paths::environments),
    shortcut("r", "Requests", paths::requests),
    shortcut("a", "Approvals", paths::approvals),
    shortcut("l", "Audit log", paths::audit),
    shortcut("s", "Settings", paths::sessions),
];

/// One place, for the navigation and for the palette.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    pub icon: Icon,
    pub label: &'static str,
    pub href: String,
    pub count: u32,
}

/// The places that the person may open, in order.
pub fn places(viewer: &Viewer) -> Vec<Place> {
    let can = viewer.can;
    let place = |allowed: bool, icon, label, href, count| allowed.then_some(Place { icon, label, href, count });
    let all = [
        place(true, Icon::Home, "Home", paths::home(), 0),
        place(can.request, Icon::Catalogue, "Catalogue", paths::catalogue(), 0),
        place(can.request || can.read_requests, Icon::Environments, "My environments", paths::environments(), 0),
        place(can.request || can.read_requests, Icon::Requests, "Requests", paths::requests(), 0),
        place(can.decide, Icon::Approvals, "Approvals", paths::approvals(), viewer.waiting),
        place(can.read_audit, Icon::Audit, "Audit", paths::audit(), 0),
        place(true, Icon::Settings, "Settings", paths::sessions(), 0),
    ];
    all.into_iter().flatten().collect()
}

pub fn nav(viewer: &Viewer, pathname: Memo<String>) -> AnyView {
    let live = use_context::<Live>();
    Effect::new(move |_| {
        if let Some(live) = live {
            live.start();
        }
    });
    let links: Vec<_> = places(viewer).into_iter().map(|place| link(place, pathname)).collect();
    let broken = move || live.is_some_and(Live::is_broken);
    view! {
        <a class="search-button" href=paths::requests() data-palette="" on:click=open_palette>
            {icon(Icon::Search)}
            <span>"Search"</span>
            <kbd>"Ctrl K"</kbd>
        </a>
        <div class="nav">
            <ul>{links}</ul>
        </div>
        <div class="side-foot">
            <p class="reconnecting" class:on=broken role="status">
                {move || broken().then_some("Connection lost. Reconnecting\u{2026}")}
            </p>
            {viewer.demo.then(|| view! { <a class="nav-link" href=paths::gallery()>{icon(Icon::Info)}<span>"Gallery"</span></a> })}
            <div class="me">
                <div>
                    <p class="me-name">{viewer.person.name.clone()}</p>
                    <p class="me-mail">{viewer.person.email.clone()}</p>
                </div>
                <form method="post" action=paths::sign_out()>
                    <button type="submit" class="btn btn-quiet btn-icon" title="Sign out" aria-label="Sign out">
                        {icon(Icon::SignOut)}
                    </button>
                </form>
            </div>
        </div>
    }
    .into_any()
}

fn open_palette(event: web_sys::MouseEvent) {
    event.prevent_default();
    crate::browser::dom::hide_popover("nav");
    crate::browser::dom::open_dialog(keys::PALETTE);
}

fn link(place: Place, pathname: Memo<String>) -> AnyView {
    let href = place.href.clone();
    let current = move || {
        pathname.with(|path| match href.as_str() {
            "/" => path == "/",
            href => path == href || path.strip_prefix(href).is_some_and(|rest| rest.starts_with('/')),
        })
    };
    view! {
        <li>
            <a class="nav-link" href=place.href aria-current=move || current().then_some("page")>
                {icon(place.icon)}
                <span>{place.label}</span>
                {(place.count > 0)
                    .then(|| view! { <span class="count">{place.count}<span class="sr-only">" waiting for you"</span></span> })}
            </a>
        </li>
    }
    .into_any()
}

/// For whom nobody knows: one way in.
pub fn stranger() -> AnyView {
    view! {
        <div class="nav">
            <ul>
                <li>
                    <a class="nav-link" href=paths::sign_in("/") rel="external">
                        {icon(Icon::SignOut)}
                        <span>"Sign in"</span>
                    </a>
                </li>
            </ul>
        </div>
    }
    .into_any()
}
