//! Pages have no sign-in: one chooses who acts.

use crate::{
    bitbucket::users::{self, User},
    desk,
};
use axum::{
    Form,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Deserialize;

const COOKIE: &str = "sandbox_acting";
/// Somebody who may merge.
const FIRST: &str = "farah.haddad";

/// Who acts in this browser.
pub(super) fn user(headers: &HeaderMap) -> User {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|v| v.to_str().ok()).flat_map(|v| v.split(';'));
    let chosen = cookies.filter_map(|pair| pair.trim().split_once('=')).find(|(name, _)| *name == COOKIE);
    chosen
        .and_then(|(_, name)| users::find(name))
        .or_else(|| users::find(FIRST))
        .unwrap_or_else(|| users::all().remove(0))
}

#[derive(Deserialize)]
pub(super) struct Switch {
    user: String,
    back: String,
}

/// `POST /acting-as`
pub(super) async fn switch(headers: HeaderMap, Form(form): Form<Switch>) -> Response {
    if !desk::is_own(&headers) {
        return super::frame::not_own_origin();
    }
    let mut response = StatusCode::SEE_OTHER.into_response();
    let set = response.headers_mut();
    if let Ok(value) = HeaderValue::from_str(&local(&form.back)) {
        set.insert(header::LOCATION, value);
    }
    if let Some(user) = users::find(&form.user) {
        let cookie = format!("{COOKIE}={}; Path=/; HttpOnly; SameSite=Lax; Max-Age=31536000", user.name);
        if let Ok(value) = HeaderValue::from_str(&cookie) {
            set.insert(header::SET_COOKIE, value);
        }
    }
    response
}

/// A path of this server, whatever was posted.
fn local(path: &str) -> String {
    let ours = path.starts_with('/') && !path.starts_with("//") && !path.contains(['\\', '\n', '\r', '\t']);
    if ours { path.to_owned() } else { "/projects".into() }
}

#[cfg(test)]
mod tests {
    use super::local;

    #[test]
    fn leads_nowhere_else() {
        assert_eq!(local("/projects/A?x=1"), "/projects/A?x=1");
        for hostile in ["//evil.example", "https://evil.example", "/\\evil.example", "", "javascript:1", "/\t/evil"] {
            assert_eq!(local(hostile), "/projects", "{hostile}");
        }
    }
}
