//! The OpenID provider: discovery, authorization code with PKCE, ES256, userinfo, logout in both directions.
//!
//! To add an endpoint: a file of its own, a line in [`router`], and its address in `discovery.rs`.

mod authorize;
mod backchannel;
mod book;
mod claims;
mod client_auth;
mod code;
mod controls;
mod discovery;
mod end_session;
mod home;
mod jwt;
mod keys;
mod people_groups;
mod provider;
mod request;
mod session;
mod sign_in;
mod token;
mod userinfo;

pub(crate) use provider::Provider;

use crate::desk;
use axum::{Router, middleware, routing::get, routing::post};
use std::sync::Arc;

/// The one registered client: the portal.
pub const CLIENT_ID: &str = "causeway";

/// What the sign-in was checked with, as `acr` says it.
pub(crate) const ACR_PASSWORD: &str = "urn:causeway:acr:password";
pub(crate) const ACR_MFA: &str = "urn:causeway:acr:mfa";

/// A request may ask for the second factor by any of these.
pub(crate) const ACR_MFA_NAMES: [&str; 3] =
    [ACR_MFA, "mfa", "http://schemas.openid.net/pape/policies/2007/06/multi-factor"];

pub(crate) fn router(provider: Arc<Provider>) -> Router {
    let desk = Arc::clone(&provider.desk);
    Router::new()
        .route("/", get(home::show))
        .route("/sign-out", post(home::sign_out))
        .route("/.well-known/openid-configuration", get(discovery::show))
        .route("/jwks", get(keys::show))
        .route("/authorize", get(authorize::get).post(authorize::post))
        .route("/sign-in", post(sign_in::post))
        .route("/token", post(token::exchange))
        .route("/userinfo", get(userinfo::show).post(userinfo::show))
        .route("/end-session", get(end_session::get).post(end_session::post))
        .merge(controls::router())
        .fallback(home::missing)
        .with_state(provider)
        .merge(desk::router(Arc::clone(&desk)))
        .layer(middleware::from_fn_with_state(desk, desk::guard))
}
