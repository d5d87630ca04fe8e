//! Every route that is not a page or a server function: who may use it and what answers. The router is built from here and
//! from nowhere else, so a route that is not in the table does not exist, and the tests see every one that is.

use super::{Web, events, export, health, metrics, statics, webhook};
use crate::sign_in;
use axum::{
    Router,
    routing::{MethodRouter, get, post},
};
use http::Method;

/// Who may use a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    /// Anybody; the handler checks what it is given (a signature, a token, a state).
    Anybody,
    /// Callers on this machine, or with the operators' token.
    Operators,
    /// A signed-in person; the service decides what of it they see.
    SignedIn,
}

/// One route.
pub struct Row {
    pub method: &'static str,
    /// As the router knows it.
    pub path: &'static str,
    pub who: Who,
    /// A step of signing in or out: what it must remember is kept in the cookie's session.
    flow: bool,
    answer: fn(&Web) -> MethodRouter<Web>,
}

const fn row(method: &'static str, path: &'static str, who: Who, answer: fn(&Web) -> MethodRouter<Web>) -> Row {
    Row { method, path, who, flow: false, answer }
}

const fn step(method: &'static str, path: &'static str, answer: fn(&Web) -> MethodRouter<Web>) -> Row {
    Row { method, path, who: Who::Anybody, flow: true, answer }
}

/// What needs no session is named here; everything else demands one.
pub const TABLE: &[Row] = &[
    step("GET", "/sign-in", |_| get(sign_in::start)),
    step("GET", "/sign-in/callback", |_| get(sign_in::callback)),
    step("POST", "/sign-out", |_| post(sign_in::sign_out)),
    row("POST", "/backchannel-logout", Who::Anybody, |_| post(sign_in::backchannel_logout)),
    row("POST", "/webhooks/bitbucket", Who::Anybody, |_| post(webhook::bitbucket)),
    row("GET", "/healthz", Who::Anybody, |_| get(health::alive)),
    row("GET", "/readyz", Who::Anybody, |_| get(health::ready)),
    row("GET", "/metrics", Who::Operators, |_| get(metrics::scrape)),
    row("GET", "/pkg/{*file}", Who::Anybody, |web| statics::files(&web.site)),
    row("GET", "/events", Who::SignedIn, |_| get(events::stream)),
    row("GET", "/audit/export", Who::SignedIn, |_| get(export::export)),
];

/// Routes that take messages of other programs: no cookie is looked at, so no other site can misuse one.
pub(super) const MESSAGES: [&str; 2] = ["/backchannel-logout", "/webhooks/bitbucket"];

/// Who may use what the router matched. Unknown routes (pages, server functions) demand a session.
pub fn who(matched: &str) -> Who {
    TABLE.iter().find(|row| row.path == matched).map_or(Who::SignedIn, |row| row.who)
}

/// The routes of [`TABLE`]; `in_session` puts the session around a step of signing in.
pub(super) fn build(web: &Web, in_session: impl Fn(MethodRouter<Web>) -> MethodRouter<Web>) -> Router<Web> {
    TABLE.iter().fold(Router::new(), |router, row| {
        let answer = (row.answer)(web);
        router.route(row.path, if row.flow { in_session(answer) } else { answer })
    })
}

/// Every route the process answers: [`TABLE`], the pages, the server functions.
pub fn all() -> Vec<(Method, String, Who)> {
    let own = TABLE.iter().map(|row| (row.method.parse().unwrap_or_default(), row.path.to_owned(), row.who));
    let functions = server_fn::axum::server_fn_paths().map(|(path, method)| (method, path.to_owned(), Who::SignedIn));
    let pages = super::pages::list().into_iter().map(|page| (Method::GET, page.path().to_owned(), Who::SignedIn));
    own.chain(functions).chain(pages).collect()
}
