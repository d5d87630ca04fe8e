//! The pages and server functions of `causeway_app`.

use super::{Standpoint, Web, headers::Nonce};
use axum::{
    Router,
    body::Body,
    response::{IntoResponse, Response},
};
use causeway_portal::access::Actor;
use http::{Request, request::Parts};
use leptos::prelude::{provide_context, use_context};
use leptos_axum::{AxumRouteListing, LeptosRoutes, generate_route_list};

/// The pages, from the app's own router.
pub(super) fn list() -> Vec<AxumRouteListing> {
    generate_route_list(causeway_app::App)
}

/// Adds every page and every server function.
pub(super) fn add(router: Router<Web>, web: &Web) -> Router<Web> {
    let (context, options) = (context(web), web.site.options.clone());
    router.leptos_routes_with_context(web, list(), context, move || causeway_app::shell(options.clone()))
}

/// Renders the app for an address that none of its pages has: its own "not found", with the navigation.
pub(super) async fn render_unknown(web: Web, request: Request<Body>) -> Response {
    let (context, options) = (context(&web), web.site.options.clone());
    let render = leptos_axum::render_app_async_with_context(context, move || causeway_app::shell(options.clone()));
    render(request).await.into_response()
}

/// What pages and server functions find: the portal, the person (if any), and the nonce that scripts must carry.
fn context(web: &Web) -> impl Fn() + Clone + Send + Sync + 'static {
    let portal = web.portal.clone();
    move || {
        provide_context(portal.clone());
        let parts = use_context::<Parts>();
        let actor: Option<Actor> =
            parts.as_ref().and_then(|p| p.extensions.get::<Standpoint>()).and_then(Standpoint::actor).cloned();
        provide_context(actor);
        if let Some(nonce) = parts.as_ref().and_then(|p| p.extensions.get::<Nonce>()) {
            provide_context(leptos::nonce::Nonce::from_value(nonce.0.clone()));
        }
    }
}
