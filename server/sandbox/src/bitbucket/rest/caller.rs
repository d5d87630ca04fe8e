//! Who asks: `Bearer` with an HTTP access token, or `Basic` with a user name and that token.

use crate::bitbucket::{
    Bitbucket,
    users::{self, User},
};
use crate::random;
use axum::http::{HeaderMap, header};
use base64::{Engine, engine::general_purpose::STANDARD};

pub(crate) enum Caller {
    User(User),
    Anonymous,
    /// Credentials that are not right.
    Wrong,
}

pub(crate) fn caller(server: &Bitbucket, headers: &HeaderMap) -> Caller {
    let Some(value) = headers.get(header::AUTHORIZATION) else { return Caller::Anonymous };
    let Some((scheme, credentials)) = value.to_str().ok().and_then(|v| v.split_once(' ')) else { return Caller::Wrong };
    let user = match scheme.to_ascii_lowercase().as_str() {
        "bearer" => server.user_of_token(credentials.trim()),
        "basic" => basic(server, credentials.trim()),
        _ => None,
    };
    user.map_or(Caller::Wrong, Caller::User)
}

fn basic(server: &Bitbucket, credentials: &str) -> Option<User> {
    let text = String::from_utf8(STANDARD.decode(credentials).ok()?).ok()?;
    let (name, password) = text.split_once(':')?;
    let user = users::find(name)?;
    random::same(&server.token_of(user.name)?, password).then_some(user)
}
