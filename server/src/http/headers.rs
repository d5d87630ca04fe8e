//! Headers that every answer carries, and the nonce of its scripts.

use super::Web;
use crate::random;
use axum::{body::Body, extract::State, middleware::Next, response::Response};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use http::{HeaderName, HeaderValue, Request, header};
use std::sync::Arc;

/// Fresh for every answer; pages put it on their scripts.
#[derive(Clone, Debug)]
pub(super) struct Nonce(pub(super) Arc<str>);

const FIXED: [(HeaderName, &str); 7] = [
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "same-origin"),
    (HeaderName::from_static("permissions-policy"), "camera=(), microphone=(), geolocation=(), payment=(), usb=()"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (HeaderName::from_static("x-permitted-cross-domain-policies"), "none"),
];

/// Adds them; a page that nobody may keep stays with the browser that asked for it.
pub(super) async fn headers(State(web): State<Web>, mut request: Request<Body>, next: Next) -> Response {
    let nonce: Arc<str> = URL_SAFE_NO_PAD.encode(random::bytes::<18>()).into();
    request.extensions_mut().insert(Nonce(Arc::clone(&nonce)));
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in FIXED {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if let Ok(policy) = HeaderValue::from_str(&policy(&nonce, reload_socket(&web).as_deref())) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    if web.config.server.public_url.is_https() {
        headers
            .insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=63072000; includeSubDomains"));
    }
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}

fn policy(nonce: &str, socket: Option<&str>) -> String {
    let socket = socket.map(|s| format!(" {s}")).unwrap_or_default();
    format!(
        "default-src 'none'; script-src 'nonce-{nonce}' 'strict-dynamic' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:; \
         connect-src 'self'{socket}; font-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
}

/// `make dev` reloads pages over a socket of its own.
fn reload_socket(web: &Web) -> Option<String> {
    std::env::var_os("LEPTOS_WATCH")
        .map(|_| format!("ws://127.0.0.1:{0} ws://localhost:{0}", web.site.options.reload_port))
}
