//! A page's data: waits for it, shows the page or the problem. The old page stays while the next one loads.

use super::problem::problem_page;
use crate::{api::AppError, browser::session::Session};
use causeway_contract::ErrorKind;
use leptos::prelude::*;
use leptos_router::{hooks::use_location, params::ParamsMap};

/// `view` is called again whenever the resource has something new; what it gives back is changed in place. A page whose
/// sign-in has run out stays as it was, with what is typed on it, until the person has signed in again.
pub fn load<T, F>(resource: Resource<Result<T, AppError>>, view: F) -> AnyView
where
    T: Clone + Send + Sync + 'static,
    F: Fn(T) -> AnyView + Clone + Send + Sync + 'static,
{
    let session = use_context::<Session>();
    let location = use_location();
    // The address bar follows only when the page is there.
    let here = move || {
        format!("{}{}", location.pathname.get_untracked(), location.query.with_untracked(ParamsMap::to_query_string))
    };
    let last = StoredValue::new(None::<T>);
    view! {
        <Transition fallback=|| {
            view! { <p class="loading" role="status">"Loading\u{2026}"</p> }
        }>
            {move || {
                let view = view.clone();
                Suspend::new(async move {
                    match resource.await {
                        Ok(data) => {
                            last.try_set_value(Some(data.clone()));
                            view(data)
                        }
                        Err(AppError(error)) => {
                            let signed_out = error.kind == ErrorKind::SignedOut;
                            if let Some(session) = session.filter(|_| signed_out) {
                                session.run_out(&here());
                            }
                            match last.try_get_value().flatten().filter(|_| signed_out) {
                                Some(shown) => view(shown),
                                None => problem_page(error),
                            }
                        }
                    }
                })
            }}
        </Transition>
    }
    .into_any()
}
