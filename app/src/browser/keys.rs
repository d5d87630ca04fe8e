//! Keys that work everywhere. To give a control a key of its own: `data-key="a"` on it; the list of keys is in
//! `parts/keys_help.rs`.

use super::{dom, storage};
use leptos::{ev, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, HtmlInputElement, KeyboardEvent};

pub const PALETTE: &str = "palette";
pub const HELP: &str = "keys-help";
const SETTING: &str = "causeway.keys";

/// Whether single keys do something: people who speak to their computer turn them off.
pub fn single_keys() -> bool {
    storage::get(storage::browser(), SETTING).as_deref() != Some("off")
}

pub fn set_single_keys(on: bool) {
    storage::set(storage::browser(), SETTING, if on { "on" } else { "off" });
}

/// Listens while the calling component stands. `go` gets the letter after `g`; `palette` opens the palette.
pub fn listen(go: impl Fn(&str) + Clone + 'static, palette: impl Fn() + Clone + 'static) {
    let after_g = StoredValue::new(false);
    Effect::new(move |_| {
        let (go, palette) = (go.clone(), palette.clone());
        let handle = window_event_listener(ev::keydown, move |event| press(&event, after_g, &go, &palette));
        on_cleanup(move || handle.remove());
    });
}

fn press(event: &KeyboardEvent, after_g: StoredValue<bool>, go: &impl Fn(&str), palette: &impl Fn()) {
    let key = event.key();
    let target = event.target().and_then(|t| t.dyn_into::<HtmlElement>().ok());
    if event.ctrl_key() || event.meta_key() {
        let done = match key.as_str() {
            "k" | "K" => {
                palette();
                true
            }
            "Enter" => target.is_some_and(|t| dom::submit_around(&t)),
            _ => false,
        };
        if done {
            event.prevent_default();
        }
        return;
    }
    let in_dialog = dom::first("dialog[open]").is_some();
    if event.alt_key()
        || event.default_prevented()
        || in_dialog
        || target.as_ref().is_some_and(takes_text)
        || !single_keys()
    {
        return;
    }
    if after_g.get_value() {
        after_g.set_value(false);
        go(&key);
        return;
    }
    let done = match key.as_str() {
        "?" => {
            dom::open_dialog(HELP);
            true
        }
        "g" => {
            after_g.set_value(true);
            true
        }
        "/" => dom::first("[data-key='/']").is_some_and(|e| e.focus().is_ok()),
        "j" => step(1),
        "k" => step(-1),
        letter if letter.len() == 1 && letter.bytes().all(|b| b.is_ascii_lowercase()) => reach(letter),
        _ => false,
    };
    if done {
        event.prevent_default();
    }
}

fn takes_text(element: &HtmlElement) -> bool {
    match element.tag_name().as_str() {
        "TEXTAREA" | "SELECT" => true,
        "INPUT" => {
            let kind = element.dyn_ref::<HtmlInputElement>().map(HtmlInputElement::type_).unwrap_or_default();
            !matches!(kind.as_str(), "radio" | "checkbox" | "button" | "submit")
        }
        _ => element.is_content_editable(),
    }
}

/// From row to row: the focus moves along what is marked `data-row`.
fn step(by: i32) -> bool {
    let rows = dom::shown("[data-row]");
    let focused = document().active_element();
    let at = rows.iter().position(|row| focused.as_ref().is_some_and(|f| row.is_same_node(Some(f))));
    let to = match at {
        Some(at) => at as i32 + by,
        None => 0,
    };
    let Some(row) = usize::try_from(to).ok().and_then(|to| rows.get(to)) else { return !rows.is_empty() };
    row.focus().is_ok()
}

/// To the control that carries the letter; a choice is taken at the same time.
fn reach(letter: &str) -> bool {
    let Some(control) = dom::first(&format!("[data-key='{letter}']")) else { return false };
    if control.dyn_ref::<HtmlInputElement>().is_some_and(|i| i.type_() == "radio") {
        control.click();
    }
    control.focus().is_ok()
}
