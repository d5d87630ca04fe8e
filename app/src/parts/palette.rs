//! Ctrl/⌘ K: finds pages, templates, requests and environments.

use super::nav::{Place, places};
use crate::{
    api,
    browser::{dom, keys},
    paths,
    ui::{Icon, dialog::Dialog, icon},
};
use causeway_contract::{environments::EnvironmentFilter, people::Viewer, requests::RequestFilter};
use leptos::{prelude::*, task::spawn_local};
use leptos_router::hooks::use_navigate;
use std::time::Duration;

const PAUSE: Duration = Duration::from_millis(150);
const FEW: usize = 6;

/// Something to go to.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Hit {
    icon: Icon,
    label: String,
    kind: &'static str,
    href: String,
}

/// Outlives the navigation's refetches.
#[derive(Clone, Copy)]
pub struct PaletteState {
    query: RwSignal<String>,
    found: RwSignal<Vec<Hit>>,
    at: RwSignal<usize>,
    /// The newest search wins.
    turn: StoredValue<u32>,
}

impl PaletteState {
    pub fn new() -> Self {
        Self {
            query: RwSignal::new(String::new()),
            found: RwSignal::new(Vec::new()),
            at: RwSignal::new(0),
            turn: StoredValue::new(0),
        }
    }

    pub fn open(self) {
        dom::open_dialog(keys::PALETTE);
    }

    fn search(self, text: String, requests: bool) {
        self.query.set(text.clone());
        self.at.set(0);
        self.turn.update_value(|turn| *turn += 1);
        let turn = self.turn.get_value();
        set_timeout(
            move || {
                if self.turn.get_value() == turn {
                    spawn_local(async move {
                        let found = find(text, requests).await;
                        if self.turn.try_get_value() == Some(turn) {
                            self.found.set(found);
                        }
                    });
                }
            },
            PAUSE,
        );
    }
}

impl Default for PaletteState {
    fn default() -> Self {
        Self::new()
    }
}

/// What the portal knows by that name. A failure finds nothing: the pages can still be reached.
async fn find(text: String, requests: bool) -> Vec<Hit> {
    let q = text.trim().to_owned();
    let mut hits = Vec::new();
    if requests {
        let filter = RequestFilter { q: q.clone(), ..Default::default() };
        if let Ok(page) = api::requests::requests(filter).await {
            hits.extend(page.items.into_iter().take(FEW).map(|r| Hit {
                icon: Icon::Requests,
                label: format!("Request {}: {} {}", r.number, r.kind.label().to_lowercase(), r.environment),
                kind: "Request",
                href: paths::request(r.id),
            }));
        }
        let filter = EnvironmentFilter { q: q.clone(), ..Default::default() };
        if let Ok(page) = api::environments::environments(filter).await {
            hits.extend(page.items.into_iter().take(FEW).map(|e| Hit {
                icon: Icon::Environments,
                label: e.name,
                kind: "Environment",
                href: paths::environment(e.id),
            }));
        }
    }
    if let Ok(cards) = api::catalogue::catalogue().await {
        let fits = cards.into_iter().filter(|c| contains(&c.title, &q) || contains(&c.name, &q));
        hits.extend(fits.take(FEW).map(|c| Hit {
            icon: Icon::Catalogue,
            label: c.title,
            kind: "Template",
            href: paths::template(&c.name),
        }));
    }
    hits
}

fn contains(text: &str, part: &str) -> bool {
    text.to_lowercase().contains(&part.to_lowercase())
}

pub fn palette(viewer: &Viewer, state: PaletteState) -> AnyView {
    let places = places(viewer);
    let may_read = viewer.can.request || viewer.can.read_requests;
    let hits = Memo::new(move |_| {
        let query = state.query.get();
        let pages = places.iter().filter(|p| contains(p.label, query.trim())).map(page_hit);
        pages.chain(state.found.get()).collect::<Vec<_>>()
    });
    let navigate = use_navigate();
    let go = move |href: &str| {
        dom::close_dialog(keys::PALETTE);
        navigate(href, Default::default());
    };
    let choose = go.clone();
    let keydown = move |event: web_sys::KeyboardEvent| {
        let count = hits.with_untracked(Vec::len).max(1);
        match event.key().as_str() {
            "ArrowDown" => state.at.update(|at| *at = (*at + 1) % count),
            "ArrowUp" => state.at.update(|at| *at = (*at + count - 1) % count),
            "Enter" => {
                if let Some(hit) = hits.with_untracked(|h| h.get(state.at.get_untracked()).cloned()) {
                    go(&hit.href);
                }
            }
            _ => return,
        }
        event.prevent_default();
    };
    view! {
        <Dialog id=keys::PALETTE title="Search" bare=true>
            <input
                class="palette-input"
                type="text"
                role="combobox"
                aria-label="Search pages, requests, environments and templates"
                aria-expanded="true"
                aria-controls="palette-list"
                aria-activedescendant=move || format!("palette-{}", state.at.get())
                placeholder="Search pages, requests, environments, templates"
                autocomplete="off"
                autofocus=true
                maxlength="200"
                on:input=move |event| state.search(event_target_value(&event), may_read)
                on:focus=move |event| state.search(event_target_value(&event), may_read)
                on:keydown=keydown
            />
            <ul class="palette-list" id="palette-list" role="listbox" aria-label="Found">
                {move || {
                    let choose = choose.clone();
                    hits.get().into_iter().enumerate().map(|(i, hit)| option(i, hit, state, choose.clone())).collect::<Vec<_>>()
                }}
            </ul>
            <p class="palette-none" role="status">
                {move || hits.with(Vec::is_empty).then_some("Nothing found.")}
            </p>
        </Dialog>
    }
    .into_any()
}

fn page_hit(place: &Place) -> Hit {
    Hit { icon: place.icon, label: place.label.into(), kind: "Page", href: place.href.clone() }
}

fn option(i: usize, hit: Hit, state: PaletteState, go: impl Fn(&str) + 'static) -> AnyView {
    let href = hit.href.clone();
    view! {
        <li
            id=format!("palette-{i}")
            role="option"
            aria-selected=move || if state.at.get() == i { "true" } else { "false" }
            on:click=move |_| go(&href)
        >
            {icon(hit.icon)}
            <span class="palette-label">{hit.label}</span>
            <span class="muted">{hit.kind}</span>
        </li>
    }
    .into_any()
}
