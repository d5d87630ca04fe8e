//! The head of a page: where it is, what it is, what to do.

use super::{Icon, icon};
use leptos::prelude::*;

/// `crumbs` are the pages above, outermost first: label and address.
#[component]
pub fn PageHead(
    #[prop(into)] title: String,
    #[prop(optional)] crumbs: Vec<(String, String)>,
    #[prop(optional, into)] lede: String,
    /// Beside the title: a state.
    #[prop(optional)]
    mark: Option<AnyView>,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    let crumbs = (!crumbs.is_empty()).then(|| {
        let items: Vec<_> = crumbs
            .into_iter()
            .map(|(label, href)| view! { <li><a href=href>{label}</a>{icon(Icon::Chevron)}</li> })
            .collect();
        view! { <nav class="crumbs" aria-label="Breadcrumb"><ol>{items}</ol></nav> }
    });
    view! {
        <header class="page-head">
            {crumbs}
            <div class="page-title">
                <h1 tabindex="-1" id="page-title">{title}</h1>
                {mark}
                {children.map(|children| view! { <div class="page-actions">{children()}</div> })}
            </div>
            {(!lede.is_empty()).then(|| view! { <p class="lede">{lede}</p> })}
        </header>
    }
}
