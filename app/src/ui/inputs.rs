//! Inputs of forms that are sent whole: filters, comments. The form of a draft has its own, which save as one types.
//!
//! Each says its value twice: as an attribute for the server's page, as a property for when the address changes later,
//! since what somebody typed or picked no longer follows the attribute.

use leptos::prelude::*;

/// A drop-down. The first option with an empty value means "any".
#[component]
pub fn Select(
    name: &'static str,
    #[prop(into)] label: String,
    options: Vec<(String, String)>,
    #[prop(into)] value: String,
) -> impl IntoView {
    let id = format!("filter-{name}");
    let options: Vec<_> = options
        .into_iter()
        .map(|(key, label)| view! { <option value=key.clone() selected=key == value>{label}</option> })
        .collect();
    view! {
        <div class="filter">
            <label class="filter-label" for=id.clone()>{label}</label>
            <select class="input" id=id name=name prop:value=value.clone()>{options}</select>
        </div>
    }
}

/// A search field.
#[component]
pub fn SearchBox(
    #[prop(into)] label: String,
    #[prop(into)] value: String,
    #[prop(into)] placeholder: String,
) -> impl IntoView {
    view! {
        <div class="filter filter-wide">
            <label class="filter-label" for="filter-q">{label}</label>
            <input
                class="input"
                id="filter-q"
                type="search"
                name="q"
                value=value.clone()
                prop:value=value
                placeholder=placeholder
                maxlength="200"
                autocomplete="off"
                data-key="/"
            />
        </div>
    }
}

/// A day.
#[component]
pub fn DayBox(name: &'static str, #[prop(into)] label: String, #[prop(into)] value: String) -> impl IntoView {
    let id = format!("filter-{name}");
    view! {
        <div class="filter">
            <label class="filter-label" for=id.clone()>{label}</label>
            <input class="input" id=id type="date" name=name value=value.clone() prop:value=value />
        </div>
    }
}
