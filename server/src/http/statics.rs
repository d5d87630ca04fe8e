//! Files of the built site.

use super::{
    Site, Standpoint, Web,
    error_page::{answer, wants_page},
    pages,
};
use axum::{
    Router,
    body::Body,
    extract::State,
    middleware::{Next, from_fn},
    response::{IntoResponse, Response},
    routing::{MethodRouter, any_service},
};
use causeway_contract::ApiError;
use http::{HeaderValue, Method, Request, StatusCode, header::CACHE_CONTROL};
use tower::ServiceExt;
use tower_http::services::ServeDir;

/// Answers `/pkg/…`: stylesheet, script and wasm, compressed beforehand where the build left `.br` or `.gz` beside them.
pub(super) fn files(site: &Site) -> MethodRouter<Web> {
    let files = ServeDir::new(site.root.join("pkg")).precompressed_br().precompressed_gzip();
    let service = Router::new().fallback_service(files).layer(from_fn(cached));
    any_service(tower::service_fn(move |request: Request<Body>| {
        let service: Router = service.clone();
        async move {
            let (mut parts, body) = request.into_parts();
            let path = parts.uri.path().strip_prefix("/pkg").unwrap_or("/").to_owned();
            if let Ok(uri) = path.parse() {
                parts.uri = uri;
            }
            service.oneshot(Request::from_parts(parts, body)).await
        }
    }))
}

/// A name with a hash in it never changes its content.
async fn cached(request: Request<Body>, next: Next) -> Response {
    let hashed = request.uri().path().rsplit('/').next().is_some_and(|name| name.split('.').count() > 2);
    let mut response = next.run(request).await;
    if response.status().is_success() || response.status() == StatusCode::NOT_MODIFIED {
        let value = if hashed { "public, max-age=31536000, immutable" } else { "no-cache" };
        response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static(value));
    }
    response
}

/// Other files of the site (icons, robots.txt); then "not found", as a page of the portal for those who are signed in.
pub(super) async fn fallback(State(web): State<Web>, standpoint: Standpoint, request: Request<Body>) -> Response {
    let path = request.uri().path();
    let read = matches!(*request.method(), Method::GET | Method::HEAD);
    if read && path.rsplit('/').next().is_some_and(|name| name.contains('.')) {
        let files = ServeDir::new(&web.site.root).precompressed_br();
        let (parts, _) = request.into_parts();
        let again = Request::from_parts(parts.clone(), Body::empty());
        if let Ok(found) = files.oneshot(again).await
            && found.status() != StatusCode::NOT_FOUND
        {
            let mut response = found.into_response();
            response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("public, max-age=3600"));
            return response;
        }
        return not_found(web, standpoint, Request::from_parts(parts, Body::empty())).await;
    }
    not_found(web, standpoint, request).await
}

async fn not_found(web: Web, standpoint: Standpoint, request: Request<Body>) -> Response {
    if standpoint.actor().is_some()
        && request.method() == Method::GET
        && wants_page(request.headers(), request.uri().path())
    {
        let mut response = pages::render_unknown(web, request).await;
        *response.status_mut() = StatusCode::NOT_FOUND;
        return response;
    }
    answer(request.headers(), request.uri().path(), &ApiError::not_found("page"))
}
