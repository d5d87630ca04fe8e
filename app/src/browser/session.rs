//! When a sign-in runs out under an open page. Most often the provider still knows the person: the way there and back is
//! over before they notice. Where something is typed that only this page has, the person says when to go, and finds it again.

use super::{dom, storage};
use crate::paths;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use web_sys::HtmlElement;

const TYPED: &str = "causeway.typed";
const GONE_AT: &str = "causeway.signing-in";
/// Going again within this many milliseconds would be going in circles.
const CIRCLE: f64 = 3_000.0;
const DRAFT: &str = "draft-form";
/// Fields whose content only the page has: filters are in the address, and a draft looks after itself.
const FIELDS: &str = "main form:not(#filters, #draft-form) :is(textarea, select, input:not([type=hidden]))";

/// Whether the page says that the sign-in has run out.
#[derive(Clone, Copy)]
pub struct Session(RwSignal<bool>);

/// What was typed on a page, by the ids of its fields.
#[derive(Serialize, Deserialize)]
struct Typed {
    page: String,
    fields: Vec<(String, String)>,
}

impl Session {
    /// Provides it, and puts back what was typed before the way to the provider.
    pub fn provide() -> Self {
        let session = Session(RwSignal::new(false));
        provide_context(session);
        Effect::new(|_| put_back());
        session
    }

    /// Followed.
    pub fn has_run_out(self) -> bool {
        self.0.get()
    }

    /// A call was answered "signed out": goes to sign in and comes back to `page` (path and query), unless something would
    /// be lost by that.
    pub fn run_out(self, page: &str) {
        // The server sends people to sign in before it renders anything for them.
        if !cfg!(target_family = "wasm") || dom::by_id(DRAFT).is_some() {
            return;
        }
        if typed().is_empty() && !in_circles() {
            let _ = window().location().replace(&paths::sign_in(page));
        } else {
            self.0.set(true);
        }
    }

    /// A call was answered for a person, who may have signed in in another tab.
    pub fn stands(self) {
        if self.0.get_untracked() {
            self.0.set(false);
        }
    }
}

/// Keeps what is typed in this tab, for when the person comes back to this page.
pub fn keep_typed() {
    let typed = Typed { page: dom::here(), fields: typed() };
    if let Ok(text) = serde_json::to_string(&typed)
        && !typed.fields.is_empty()
    {
        storage::set(storage::tab(), TYPED, &text);
    }
}

fn put_back() {
    let kept = storage::get(storage::tab(), TYPED).and_then(|text| serde_json::from_str::<Typed>(&text).ok());
    let Some(kept) = kept.filter(|kept| kept.page == dom::here()) else { return };
    storage::remove(storage::tab(), TYPED);
    for (id, value) in kept.fields {
        match dom::by_id(&id) {
            Some(field) if is_choice(&field) => field.click(),
            Some(field) => dom::set_value(&field, &value),
            None => {}
        }
    }
}

fn typed() -> Vec<(String, String)> {
    let changed = dom::all(FIELDS).into_iter().filter(is_changed);
    changed.map(|field| (field.id(), dom::text(&field, "value"))).collect()
}

fn is_choice(field: &HtmlElement) -> bool {
    matches!(dom::text(field, "type").as_str(), "radio" | "checkbox")
}

fn is_changed(field: &HtmlElement) -> bool {
    if is_choice(field) {
        return dom::flag(field, "checked") != dom::flag(field, "defaultChecked");
    }
    if field.tag_name() == "SELECT" {
        let chosen = |selector| field.query_selector(selector).ok().flatten();
        let first = chosen("option[selected]").or_else(|| chosen("option"));
        return first.is_some_and(|option| dom::text(&option, "value") != dom::text(field, "value"));
    }
    dom::text(field, "value") != dom::text(field, "defaultValue")
}

fn in_circles() -> bool {
    let now = js_sys::Date::now();
    let before = storage::get(storage::tab(), GONE_AT).and_then(|at| at.parse::<f64>().ok());
    storage::set(storage::tab(), GONE_AT, &now.to_string());
    before.is_some_and(|before| now - before < CIRCLE)
}
