//! From cookie to person: one look-up a request, before anything else asks.

use super::{Web, cookie_name, error_page::answer};
use axum::{
    body::Body,
    extract::{FromRequestParts, State},
    middleware::Next,
    response::Response,
};
use causeway_portal::access::{
    Actor,
    sessions::{Standing, TokenHash},
};
use chrono::{DateTime, Utc};
use http::{HeaderMap, Request, header::COOKIE, request::Parts};
use std::convert::Infallible;

/// Who stands behind the request.
#[derive(Clone, Debug, Default)]
pub enum Standpoint {
    #[default]
    Anonymous,
    SignedIn {
        actor: Box<Actor>,
        /// The roles are younger than `sign_in.roles_max_age`, and a second factor was checked where one is asked for.
        fresh: bool,
    },
}

impl Standpoint {
    /// The person, when the roles may be relied on.
    pub fn actor(&self) -> Option<&Actor> {
        match self {
            Standpoint::SignedIn { actor, fresh: true } => Some(actor),
            _ => None,
        }
    }

    pub fn is_fresh(&self) -> bool {
        self.actor().is_some()
    }
}

/// Hash of the session cookie's value, when one came.
#[derive(Clone, Debug, Default)]
pub struct SessionToken(pub Option<TokenHash>);

/// Puts [`Standpoint`] and [`SessionToken`] into the request.
pub(super) async fn caller(State(web): State<Web>, mut request: Request<Body>, next: Next) -> Response {
    let token = cookie(request.headers(), cookie_name(&web.config)).map(TokenHash::of);
    let mut standpoint = Standpoint::Anonymous;
    if let Some(token) = token.as_ref().filter(|_| needs_person(request.uri().path())) {
        match web.portal.standing(token).await {
            Ok(Standing::Nobody) => {}
            Ok(Standing::SignedIn { actor, roles_at }) => {
                let fresh = is_fresh(&web, roles_at, actor.mfa);
                standpoint = Standpoint::SignedIn { actor, fresh };
            }
            Err(error) => return answer(request.headers(), request.uri().path(), &error),
        }
    }
    request.extensions_mut().insert(SessionToken(token));
    request.extensions_mut().insert(standpoint);
    next.run(request).await
}

/// Whether what is known of a session may be relied on, or has to be asked of the provider again.
pub(super) fn is_fresh(web: &Web, roles_at: DateTime<Utc>, mfa: bool) -> bool {
    let settings = &web.config.sign_in;
    web.portal.now() - roles_at < settings.roles_max_age.delta() && (mfa || !settings.require_mfa)
}

/// Files and messages of other programs do without.
fn needs_person(path: &str) -> bool {
    !(path.starts_with("/pkg/")
        || path.starts_with("/webhooks/")
        || matches!(path, "/healthz" | "/readyz" | "/metrics" | "/backchannel-logout"))
}

fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get_all(COOKIE).iter().filter_map(|v| v.to_str().ok()).flat_map(|v| v.split(';')).find_map(|pair| {
        let (key, value) = pair.trim().split_once('=')?;
        (key == name && !value.is_empty() && value.len() <= 200).then_some(value)
    })
}

impl<S: Sync> FromRequestParts<S> for Standpoint {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(parts.extensions.get::<Self>().cloned().unwrap_or_default())
    }
}

impl<S: Sync> FromRequestParts<S> for SessionToken {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(parts.extensions.get::<Self>().cloned().unwrap_or_default())
    }
}
