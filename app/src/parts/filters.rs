//! The filter bar of a list: a plain GET form, so that its state is the address and it works without script. With
//! script a choice takes effect at once and empty fields stay out of the address.

use crate::{browser::dom, paths, ui::button::Look};
use leptos::prelude::*;
use leptos_router::{NavigateOptions, hooks::use_navigate, params::ParamsMap};
use wasm_bindgen::JsCast;
use web_sys::HtmlFormElement;

/// A value of the query, empty when it is not there.
pub fn text(query: &ParamsMap, key: &str) -> String {
    query.get(key).unwrap_or_default()
}

/// A value of the query that is one of a list of words; anything else counts as nothing.
pub fn word<T: std::str::FromStr>(query: &ParamsMap, key: &str) -> Option<T> {
    query.get_str(key).and_then(|v| v.parse().ok())
}

#[component]
pub fn FilterBar(
    /// Address of the list.
    #[prop(into)]
    action: String,
    #[prop(into)] label: String,
    /// Something is filtered: offers to clear it.
    active: bool,
    children: Children,
) -> impl IntoView {
    let navigate = use_navigate();
    let (target, clear) = (action.clone(), action.clone());
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let entries = dom::form_entries("filters");
        let pairs = entries.iter().map(|(k, v)| (k.as_str(), v.as_str()));
        navigate(&paths::with_query(&target, pairs), NavigateOptions { scroll: false, ..Default::default() });
    };
    let change = move |event: web_sys::Event| {
        let element = event.target().and_then(|t| t.dyn_into::<web_sys::Element>().ok());
        let is_text = element.as_ref().is_some_and(|e| e.id() == "filter-q");
        if !is_text && let Some(form) = dom::by_id("filters").and_then(|f| f.dyn_into::<HtmlFormElement>().ok()) {
            let _ = form.request_submit();
        }
    };
    view! {
        <form
            id="filters"
            class="filters"
            method="get"
            action=action
            role="search"
            aria-label=label
            on:submit=submit
            on:change=change
        >
            {children()}
            <div class="filter-actions">
                <button type="submit" class=Look::Plain.class()>"Filter"</button>
                {active.then(|| view! { <a class=Look::Quiet.class() href=clear>"Clear"</a> })}
            </div>
        </form>
    }
}
