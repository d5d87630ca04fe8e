//! `?`: the keys.

use super::nav::GO_TO;
use crate::{browser::keys, ui::dialog::Dialog};
use leptos::prelude::*;
use wasm_bindgen::JsCast;

const EVERYWHERE: [(&[&str], &str); 4] = [
    (&["Ctrl", "K"], "Search pages, requests, environments and templates (\u{2318} K on a Mac)"),
    (&["?"], "This list"),
    (&["/"], "Search in a list"),
    (&["Ctrl", "Enter"], "Send the form you are in"),
];
const LISTS: [(&[&str], &str); 3] = [(&["j"], "Next row"), (&["k"], "Row before"), (&["Enter"], "Open the row")];
const DECIDING: [(&[&str], &str); 3] =
    [(&["a"], "Choose approve"), (&["d"], "Choose deny"), (&["c"], "Choose ask for changes")];

#[component]
pub fn KeysHelp() -> impl IntoView {
    let places: Vec<_> = GO_TO.iter().map(|s| row(&["g", s.letter], s.label)).collect();
    // Read when the page is alive, so that server and browser begin with the same page.
    let on = RwSignal::new(true);
    Effect::new(move |_| on.set(keys::single_keys()));
    let turn = move |event: web_sys::Event| {
        let checked =
            event.target().and_then(|t| t.dyn_into::<web_sys::HtmlInputElement>().ok()).is_none_or(|i| i.checked());
        keys::set_single_keys(checked);
        on.set(checked);
    };
    view! {
        <Dialog id=keys::HELP title="Keys">
            <div class="keys">
                {group("Everywhere", &EVERYWHERE)}
                {group("In a list", &LISTS)}
                {group("When you decide", &DECIDING)}
                <section>
                    <h3 class="minor">"Go to"</h3>
                    <dl>{places}</dl>
                </section>
            </div>
            <label class="check">
                <input type="checkbox" prop:checked=move || on.get() on:change=turn />
                <span>"Keys without Ctrl or \u{2318} do something"</span>
            </label>
        </Dialog>
    }
}

fn group(title: &'static str, rows: &[(&[&'static str], &'static str)]) -> AnyView {
    let rows: Vec<_> = rows.iter().map(|(keys, words)| row(keys, words)).collect();
    view! {
        <section>
            <h3 class="minor">{title}</h3>
            <dl>{rows}</dl>
        </section>
    }
    .into_any()
}

fn row(keys: &[&'static str], words: &'static str) -> AnyView {
    let keys: Vec<_> = keys.iter().map(|k| crate::ui::code::key(k)).collect();
    view! { <div><dt>{keys}</dt><dd>{words}</dd></div> }.into_any()
}
