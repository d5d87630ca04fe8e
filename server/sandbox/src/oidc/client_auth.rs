//! Which client asks at the token endpoint: `client_secret_basic` or `client_secret_post`.

use super::{CLIENT_ID, Provider};
use crate::random;
use axum::http::{HeaderMap, header};
use base64::{Engine, engine::general_purpose::STANDARD};
use url::form_urlencoded;

pub(crate) enum Refused {
    /// Two ways at once.
    Both,
    Wrong,
}

impl Provider {
    pub(crate) fn authenticate(
        &self,
        headers: &HeaderMap,
        id: Option<&str>,
        secret: Option<&str>,
    ) -> Result<(), Refused> {
        let (id, secret) = match (basic(headers), id, secret) {
            (Some(_), _, Some(_)) => return Err(Refused::Both),
            (Some(pair), posted, None) => {
                let (id, secret) = pair.ok_or(Refused::Wrong)?;
                if posted.is_some_and(|p| p != id) {
                    return Err(Refused::Wrong);
                }
                (id, secret)
            }
            (None, Some(id), Some(secret)) => (id.to_owned(), secret.to_owned()),
            _ => return Err(Refused::Wrong),
        };
        let right = id == CLIENT_ID && random::same(&secret, &self.client_secret());
        if right { Ok(()) } else { Err(Refused::Wrong) }
    }
}

/// `None`: no such header. `Some(None)`: it cannot be read. Both halves are form-encoded inside (RFC 6749, 2.3.1).
fn basic(headers: &HeaderMap) -> Option<Option<(String, String)>> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?.strip_prefix("Basic ")?;
    let pair = || {
        let text = String::from_utf8(STANDARD.decode(value.trim()).ok()?).ok()?;
        let (id, secret) = text.split_once(':')?;
        Some((form_decode(id), form_decode(secret)))
    };
    Some(pair())
}

fn form_decode(text: &str) -> String {
    let pair = format!("x={}", text.replace('&', "%26"));
    form_urlencoded::parse(pair.as_bytes()).next().map(|(_, v)| v.into_owned()).unwrap_or_default()
}
