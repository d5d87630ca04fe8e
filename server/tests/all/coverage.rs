//! Every route and every server function refuses who may not use it. A new one is covered by being there; one that strangers
//! may use must be named here, with what they get; and every server function names the case in which it refuses people who are
//! signed in but may not.

use crate::kit::{Browser, each};
use axum::body::Body;
use causeway_server::http::routes::{Who, all};
use http::{Method, Request};
use std::collections::BTreeMap;

/// What strangers get from the routes that are open to anybody.
fn open_routes() -> BTreeMap<&'static str, u16> {
    BTreeMap::from([
        // From a page of ours, which is what these requests say: a page that goes on to the provider.
        ("/sign-in", 200),
        // Without a state that this browser began.
        ("/sign-in/callback", 400),
        // Nobody is signed in, which is said.
        ("/sign-out", 200),
        // Without a token, without a signature.
        ("/backchannel-logout", 400),
        ("/webhooks/bitbucket", 401),
        ("/healthz", 200),
        ("/readyz", 200),
        // Not an operator.
        ("/metrics", 404),
        // A file that is not there.
        ("/pkg/{*file}", 404),
    ])
}

#[tokio::test]
async fn strangers_get_nothing_but_what_is_open_to_them() {
    each(async |app| {
        let mut open = open_routes();
        let mut closed = 0;
        for (method, path, who) in all() {
            let concrete = concrete(&path);
            let request = |accept: &str| {
                Request::builder()
                    .method(&method)
                    .uri(&concrete)
                    .header("accept", accept)
                    .header("sec-fetch-site", "same-origin")
                    .header("content-type", "application/x-www-form-urlencoded")
                    .body(Body::from(if path == "/backchannel-logout" { "logout_token=x" } else { "" }))
                    .unwrap()
            };
            let mut stranger = Browser::new(app);
            if who == Who::SignedIn {
                closed += 1;
                let json = stranger.send(request("application/json")).await;
                assert_eq!(json.status, 401, "{method} {path}: {json:?}");
                assert!(json.body.contains("\"signed_out\""), "{method} {path}: {}", json.body);
                let page = stranger.send(request("text/html")).await;
                if method != Method::GET {
                    // What was typed stays on a page.
                    assert_eq!((page.status.as_u16(), page.location()), (401, ""), "{method} {path}: {page:?}");
                    assert!(page.body.contains("href=\"/sign-in?return_to="), "{method} {path}: {page:?}");
                    continue;
                }
                assert_eq!(page.status, 303, "{method} {path}: {page:?}");
                assert!(page.location().starts_with("/sign-in?return_to="), "{method} {path}: {}", page.location());
            } else {
                let expected = open
                    .remove(path.as_str())
                    .unwrap_or_else(|| panic!("{path} is open to anybody, but has no case here"));
                let reply = stranger.send(request("text/html")).await;
                assert_eq!(reply.status, expected, "{method} {path}: {reply:?}");
            }
        }
        assert!(open.is_empty(), "cases of routes that are gone: {open:?}");
        assert!(closed > 20, "pages and server functions are listed");
    })
    .await;
}

#[tokio::test]
async fn every_server_function_refuses_other_sites_and_takes_no_get() {
    each(async |app| {
        for (method, path, _) in all().into_iter().filter(|(_, path, _)| path.starts_with("/api/")) {
            assert_eq!(
                method,
                Method::POST,
                "{path}: a server function that reads by GET could be called from another site's page"
            );
            let request = Request::post(&path).header("origin", "https://evil.example").body(Body::empty()).unwrap();
            assert_eq!(Browser::new(app).send(request).await.status, 403, "{path}");
        }
    })
    .await;
}

/// The permission matrix, as tests/delivery/matrix.rs tries it.
const MATRIX: &str = include_str!("../delivery/matrix.txt");
/// Takes nothing that names a row, and answers with rows of the caller only.
const OWN: &str = "own rows only";

/// How each server function is authorized: the act of the matrix that tries its service, or [`OWN`].
fn authorized() -> BTreeMap<&'static str, &'static str> {
    BTreeMap::from([
        // The matrix holds the inbox against the decision.
        ("/api/approvals/inbox", "decide staging, first stage"),
        ("/api/approvals/decide", "decide staging, first stage"),
        ("/api/audit/list", "read the audit log"),
        ("/api/catalogue/list", "browse the catalogue"),
        ("/api/catalogue/get", "read a template"),
        ("/api/drafts/start", "begin a draft"),
        ("/api/drafts/clone", "clone a staging request"),
        ("/api/drafts/change", "ask to change a staging environment"),
        ("/api/drafts/delete", "ask to delete a staging environment"),
        ("/api/drafts/get", "open somebody's draft"),
        ("/api/drafts/save", "save somebody's draft"),
        ("/api/drafts/keep", "save somebody's draft"),
        ("/api/drafts/submit", "submit somebody's draft"),
        ("/api/drafts/discard", "throw somebody's draft away"),
        ("/api/environments/list", "see the team's environments"),
        ("/api/environments/get", "see a staging environment"),
        ("/api/people/viewer", OWN),
        ("/api/people/home", OWN),
        ("/api/sessions/list", OWN),
        ("/api/sessions/revoke", "end somebody's session"),
        // The matrix holds the list against the page.
        ("/api/requests/list", "read a staging request"),
        ("/api/requests/get", "read a staging request"),
        ("/api/requests/comment", "comment on a staging request"),
        ("/api/requests/withdraw", "withdraw somebody's staging request"),
        ("/api/requests/retry-delivery", "try a stuck staging delivery again"),
    ])
}

#[tokio::test]
async fn every_server_function_has_a_case_of_authorization() {
    let mut cases = authorized();
    for (_, path, _) in all().into_iter().filter(|(_, path, _)| path.starts_with("/api/")) {
        let act = cases.remove(path.as_str()).unwrap_or_else(|| {
            panic!("{path} has no case: try its service in tests/delivery/matrix.rs, and name the act here")
        });
        // A line is who (28 columns), what (44), the answer.
        let answers: Vec<&str> =
            MATRIX.lines().filter(|line| line[28..72].trim_end() == act).map(|line| &line[72..]).collect();
        assert!(
            act == OWN || answers.iter().any(|answer| *answer != "yes"),
            "{path}: \"{act}\" refuses nobody: {answers:?}"
        );
    }
    assert!(cases.is_empty(), "cases of server functions that are gone: {cases:?}");
}

/// A path with something in place of each parameter.
fn concrete(path: &str) -> String {
    let mut out = String::new();
    for part in path.split('/').skip(1) {
        out.push('/');
        out.push_str(if part.starts_with('{') { "0198c0de-0000-7000-8000-000000000001" } else { part });
    }
    out
}
