//! Names and values, side by side.

use leptos::prelude::*;

/// A list of facts in order.
pub fn facts(rows: Vec<(&'static str, AnyView)>) -> AnyView {
    let rows: Vec<_> = rows
        .into_iter()
        .map(|(name, value)| view! { <div class="fact"><dt>{name}</dt><dd>{value}</dd></div> })
        .collect();
    view! { <dl class="facts">{rows}</dl> }.into_any()
}

/// The same with names that come from data.
pub fn pairs(rows: Vec<(String, String)>) -> AnyView {
    let rows: Vec<_> = rows
        .into_iter()
        .map(|(name, value)| view! { <div class="fact"><dt>{name}</dt><dd>{value}</dd></div> })
        .collect();
    view! { <dl class="facts">{rows}</dl> }.into_any()
}

/// Text as a view.
pub fn text(value: impl Into<String>) -> AnyView {
    value.into().into_any()
}
