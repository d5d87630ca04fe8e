//! Forward through a keyset-paged list.

use leptos::prelude::*;

/// `first` is given on every page but the first, `next` on every page but the last.
#[component]
pub fn Pager(first: Option<String>, next: Option<String>) -> impl IntoView {
    let any = first.is_some() || next.is_some();
    any.then(|| {
        view! {
            <nav class="pager" aria-label="Pages">
                {first.map(|href| view! { <a class="btn" href=href>"First page"</a> })}
                {next.map(|href| view! { <a class="btn" href=href rel="next">"Next page"</a> })}
            </nav>
        }
    })
}
