//! Parts of a page, one shown at a time. Links, with the state in the address: they work without script.

use leptos::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tab {
    pub label: &'static str,
    pub href: String,
    pub current: bool,
    /// How many things are in it.
    pub count: Option<usize>,
}

pub fn tabs(label: &'static str, list: Vec<Tab>) -> AnyView {
    let items: Vec<_> = list
        .into_iter()
        .map(|tab| {
            view! {
                <li>
                    <a class="tab" href=tab.href aria-current=tab.current.then_some("page") data-noscroll="true">
                        {tab.label}
                        {tab.count.map(|n| view! { <span class="count">{n}</span> })}
                    </a>
                </li>
            }
        })
        .collect();
    view! { <nav class="tabs" aria-label=label><ul>{items}</ul></nav> }.into_any()
}
