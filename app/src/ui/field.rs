//! Around one input: label, help, error. The input is `id`, described by `id-help` and `id-error`.

use super::{Icon, icon};
use leptos::prelude::*;

/// What `aria-describedby` of the input says.
pub fn described_by(id: &str, help: bool, error: bool) -> Option<String> {
    let ids = [help.then(|| format!("{id}-help")), error.then(|| format!("{id}-error"))];
    let ids: Vec<_> = ids.into_iter().flatten().collect();
    (!ids.is_empty()).then(|| ids.join(" "))
}

/// The line under an input that says what to change.
pub fn error_line(id: &str, message: String) -> AnyView {
    view! {
        <p class="field-error" id=format!("{id}-error")>
            {icon(Icon::Warning)}
            <span>{message}</span>
        </p>
    }
    .into_any()
}

/// A labelled place for one input.
#[component]
pub fn Labelled(
    #[prop(into)] id: String,
    #[prop(into)] label: String,
    #[prop(optional, into)] help: String,
    #[prop(optional)] optional: bool,
    #[prop(optional, into)] error: Signal<Option<String>>,
    children: Children,
) -> impl IntoView {
    let error_id = id.clone();
    view! {
        <div class="field" class:has-error=move || error.with(Option::is_some)>
            <label class="label" for=id.clone()>
                {label}
                {optional.then(|| view! { <span class="optional">" (optional)"</span> })}
            </label>
            {(!help.is_empty()).then(|| view! { <p class="help" id=format!("{id}-help")>{help}</p> })}
            {children()}
            {move || error.get().map(|message| error_line(&error_id, message))}
        </div>
    }
}
