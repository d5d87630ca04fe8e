//! Nothing to show: says so, and what the next step is.

use leptos::prelude::*;

#[component]
pub fn Empty(
    #[prop(into)] title: String,
    #[prop(optional, into)] text: String,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    view! {
        <div class="empty">
            <p class="empty-title">{title}</p>
            {(!text.is_empty()).then(|| view! { <p>{text}</p> })}
            {children.map(|children| view! { <div class="empty-next">{children()}</div> })}
        </div>
    }
}
