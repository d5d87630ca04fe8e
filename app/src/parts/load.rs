//! A page's data: waits for it, shows the page or the problem. The old page stays while the next one loads.

use super::problem::problem_page;
use crate::api::AppError;
use leptos::prelude::*;

/// `view` is called again whenever the resource has something new; what it gives back is changed in place.
pub fn load<T, F>(resource: Resource<Result<T, AppError>>, view: F) -> AnyView
where
    T: Clone + Send + Sync + 'static,
    F: Fn(T) -> AnyView + Clone + Send + Sync + 'static,
{
    view! {
        <Transition fallback=|| {
            view! { <p class="loading" role="status">"Loading\u{2026}"</p> }
        }>
            {move || {
                let view = view.clone();
                Suspend::new(async move {
                    match resource.await {
                        Ok(data) => view(data),
                        Err(AppError(error)) => problem_page(error),
                    }
                })
            }}
        </Transition>
    }
    .into_any()
}
