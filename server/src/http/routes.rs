//! Every route that is not a page or a server function, with who may use it.

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
#[derive(Clone, Copy, Debug)]
pub struct Row {
    pub method: &'static str,
    /// As the router knows it.
    pub path: &'static str,
    pub who: Who,
}

const fn row(method: &'static str, path: &'static str, who: Who) -> Row {
    Row { method, path, who }
}

/// What needs no session is named here; everything else demands one.
pub const TABLE: &[Row] = &[
    row("GET", "/sign-in", Who::Anybody),
    row("GET", "/sign-in/callback", Who::Anybody),
    row("POST", "/sign-out", Who::Anybody),
    row("POST", "/backchannel-logout", Who::Anybody),
    row("POST", "/webhooks/bitbucket", Who::Anybody),
    row("GET", "/healthz", Who::Anybody),
    row("GET", "/readyz", Who::Anybody),
    row("GET", "/metrics", Who::Operators),
    row("GET", "/pkg/{*file}", Who::Anybody),
    row("GET", "/events", Who::SignedIn),
    row("GET", "/audit/export", Who::SignedIn),
];

/// Routes that take messages of other programs: no cookie is looked at, so no other site can misuse one.
pub(super) const MESSAGES: [&str; 2] = ["/backchannel-logout", "/webhooks/bitbucket"];

/// Who may use what the router matched. Unknown routes (pages, server functions) demand a session.
pub fn who(matched: &str) -> Who {
    TABLE.iter().find(|row| row.path == matched).map_or(Who::SignedIn, |row| row.who)
}

/// Every route the process answers: [`TABLE`], the pages, the server functions.
pub fn all() -> Vec<(Method, String, Who)> {
    let own = TABLE.iter().map(|row| (row.method.parse().unwrap_or_default(), row.path.to_owned(), row.who));
    let functions = server_fn::axum::server_fn_paths().map(|(path, method)| (method, path.to_owned(), Who::SignedIn));
    let pages = super::pages::list().into_iter().map(|page| (Method::GET, page.path().to_owned(), Who::SignedIn));
    own.chain(functions).chain(pages).collect()
}
