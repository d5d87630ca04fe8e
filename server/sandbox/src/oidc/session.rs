//! Single sign-on: one session per browser, remembered by a cookie.

use super::{ACR_MFA, ACR_PASSWORD, Provider};
use crate::random;
use axum::http::{HeaderMap, HeaderValue, header};
use serde::{Deserialize, Serialize};

const COOKIE: &str = "sandbox_sso";
/// A working day, in seconds.
const LIFETIME: i64 = 10 * 3_600;

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Session {
    pub sid: String,
    pub sub: String,
    /// Digest of the cookie.
    pub browser: String,
    pub auth_time: i64,
    pub second_factor: bool,
    pub expires: i64,
}

impl Session {
    pub(crate) fn amr(&self) -> &'static [&'static str] {
        amr(self.second_factor)
    }
}

pub(crate) fn amr(second_factor: bool) -> &'static [&'static str] {
    if second_factor { &["pwd", "otp"] } else { &["pwd"] }
}

pub(crate) fn acr(second_factor: bool) -> &'static str {
    if second_factor { ACR_MFA } else { ACR_PASSWORD }
}

/// Reads one cookie.
pub(crate) fn cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value.to_owned())
}

impl Provider {
    /// The session of the browser that asks.
    pub(crate) fn session(&self, headers: &HeaderMap) -> Option<Session> {
        let cookie = cookie(headers, COOKIE)?;
        self.read(|book| book.session_of(&cookie, crate::clock::seconds()).cloned())
    }

    /// Signs a person in. The same person in the same browser keeps the session, so that applications can be signed out
    /// together; anybody else gets a new one. Returns it with the cookie to set.
    pub(crate) fn begin(&self, headers: &HeaderMap, sub: &str, second_factor: bool) -> (Session, HeaderValue) {
        let secret = random::secret();
        let now = self.now();
        let current = self.session(headers).filter(|s| s.sub == sub);
        let session = Session {
            sid: current.map_or_else(random::secret, |s| s.sid),
            sub: sub.into(),
            browser: random::digest(&secret),
            auth_time: now,
            second_factor,
            expires: crate::clock::seconds() + LIFETIME,
        };
        self.change(|book| {
            book.sessions.retain(|s| s.sid != session.sid);
            book.sessions.push(session.clone());
        });
        (session, set_cookie(&secret, LIFETIME))
    }
}

/// Not `Secure`: the sandbox is plain HTTP on loopback.
fn set_cookie(value: &str, seconds: i64) -> HeaderValue {
    let text = format!("{COOKIE}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age={seconds}");
    HeaderValue::try_from(text).unwrap_or_else(|_| HeaderValue::from_static(""))
}

pub(crate) fn forget_cookie() -> HeaderValue {
    set_cookie("", 0)
}
