//! A part of a page under a heading.

use leptos::prelude::*;

#[component]
pub fn Section(
    #[prop(into)] title: String,
    id: &'static str,
    /// At the right of the heading: a count, a link.
    #[prop(optional)]
    aside: Option<AnyView>,
    children: Children,
) -> impl IntoView {
    let heading = format!("{id}-heading");
    view! {
        <section class="section" id=id aria-labelledby=heading.clone()>
            <div class="section-head">
                <h2 id=heading.clone()>{title}</h2>
                {aside.map(|aside| view! { <div class="section-aside">{aside}</div> })}
            </div>
            {children()}
        </section>
    }
}
