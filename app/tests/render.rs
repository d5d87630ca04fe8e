//! Rendering on the server: what the content policy demands, hostile text, names of server functions, the list of routes.
#![cfg(feature = "ssr")]

use causeway_app::{
    api,
    pages::gallery::gallery,
    parts::{
        diff::diff,
        money,
        stages::stages,
        time::{When, when},
        timeline::timeline,
    },
    ui::Icon,
};
use causeway_contract::{
    Money,
    diff::{DiffLine, FileChange, FileDiff, LineKind},
    people::PersonRef,
    requests::*,
};
use leptos::{prelude::*, reactive::owner::Owner};
use server_fn::ServerFn;

const HOSTILE: &str = "</td><script>alert(1)</script>\" onload=\"x\u{202e}\u{1f600}";

fn html(view: impl FnOnce() -> AnyView) -> String {
    Owner::new().with(|| view().to_html())
}

fn person() -> PersonRef {
    let id = "0198c0de-0000-7000-8000-000000000001".parse().unwrap();
    PersonRef { id, name: HOSTILE.into(), email: HOSTILE.into() }
}

/// Set `CAUSEWAY_GALLERY` to a file to look at it in a browser.
#[test]
fn the_gallery_needs_no_inline_style_and_no_inline_handler() {
    let page = Owner::new().with(|| {
        leptos_meta::provide_meta_context();
        gallery().to_html()
    });
    assert!(!page.contains(" style="), "inline style");
    let handler = page.split('<').find(|tag| tag.split('>').next().is_some_and(|t| t.contains(" on")));
    assert_eq!(handler, None, "inline handler");
    for word in
        ["tone-good", "tone-attention", "tone-bad", "tone-information", "aria-describedby=\"g-name-help g-name-error\""]
    {
        assert!(page.contains(word), "{word}");
    }
    assert_eq!(
        page.matches("<path ").count() - page.matches("class=\"mark\"").count(),
        page.matches("class=\"icon\"").count()
    );
    assert!(page.matches("class=\"icon\"").count() > Icon::ALL.len());
    if let Some(file) = std::env::var_os("CAUSEWAY_GALLERY") {
        std::fs::write(file, page).unwrap();
    }
}

#[test]
fn what_people_write_stays_text() {
    let line = DiffLine { kind: LineKind::Added, old: None, new: Some(1), text: HOSTILE.into() };
    let file = FileDiff { path: HOSTILE.into(), change: FileChange::Added, lines: vec![line], added: 1, removed: 0 };
    let decision = DecisionView {
        person: person(),
        verdict: Verdict::Deny,
        comment: HOSTILE.into(),
        field: None,
        at: Default::default(),
        evidence: Evidence::default(),
        revision: 1,
    };
    let stage = StageView {
        id: None,
        title: HOSTILE.into(),
        state: StageState::Denied,
        needed: 2,
        deciders: vec![person()],
        decisions: vec![decision],
        opened_at: None,
    };
    let entry = TimelineEntry {
        seq: 1,
        at: Default::default(),
        actor: HOSTILE.into(),
        what: HOSTILE.into(),
        comment: Some(HOSTILE.into()),
        tone: Tone::Bad,
        evidence: Some(Evidence { monthly: HOSTILE.into(), ..Evidence::default() }),
        link: None,
    };
    let page =
        html(|| view! { {diff(vec![file], false)} {stages(vec![stage], None)} {timeline(vec![entry])} }.into_any());
    assert!(!page.contains("<script"), "{page}");
    // Between tags a quotation mark is text; inside an attribute it must be escaped.
    assert!(!page.contains("title=\"&lt;/td&gt;&lt;script&gt;alert(1)&lt;/script&gt;\""), "{page}");
    assert!(page.contains("&quot; onload=&quot;x"), "{page}");
    assert!(page.contains('\u{1f600}') && page.contains("&lt;script"));
}

#[test]
fn an_unknown_price_is_said() {
    let sum = Some(Money::usd("84.1".parse().unwrap()));
    let say = |estimate: Estimate| html(move || money::estimate(&estimate));
    assert!(say(Estimate::default()).contains("Unpriced"));
    let some = say(Estimate { monthly: sum, unpriced: 2, lines: Vec::new() });
    assert!(some.contains("84.10") && some.contains("+ 2 unpriced"), "{some}");
}

#[test]
fn the_evidence_of_a_decision_says_what_its_price_leaves_out() {
    let say = |monthly: &str, unpriced: u32| {
        let evidence = Evidence { monthly: monthly.into(), unpriced, ..Evidence::default() };
        let entry = TimelineEntry {
            seq: 1,
            at: Default::default(),
            actor: "Dana".into(),
            what: "approved".into(),
            comment: None,
            tone: Tone::Good,
            evidence: Some(evidence),
            link: None,
        };
        html(move || timeline(vec![entry]))
    };
    assert!(say("84.10 USD", 2).contains("+ 2 unpriced"));
    assert!(!say("84.10 USD", 0).contains("unpriced"));
    assert_eq!(say("unpriced", 3).matches("unpriced").count(), 1);
}

#[test]
fn without_a_browser_times_are_utc() {
    let at = "2026-11-24T10:41:07Z".parse().unwrap();
    let page = html(move || when(at, When::Relative));
    assert!(page.contains("datetime=\"2026-11-24T10:41:07Z\"") && page.contains("24 Nov 2026, 10:41 UTC"), "{page}");
}

#[test]
fn server_functions_have_readable_names() {
    let paths = [
        api::people::GetViewer::PATH,
        api::drafts::SubmitDraft::PATH,
        api::drafts::KeepDraft::PATH,
        api::approvals::Decide::PATH,
        api::people::RevokeSession::PATH,
    ];
    assert_eq!(
        paths,
        [
            "/api/people/viewer",
            "/api/drafts/submit",
            "/api/drafts/keep",
            "/api/approvals/decide",
            "/api/sessions/revoke"
        ]
    );
    let all: Vec<_> = server_fn::axum::server_fn_paths().map(|(path, _)| path).collect();
    assert!(all.len() >= 20, "{all:?}");
    for path in all {
        let readable =
            path.starts_with("/api/") && path.chars().all(|c| c.is_ascii_lowercase() || c == '/' || c == '-');
        assert!(readable, "{path}");
    }
}

#[tokio::test]
async fn the_routes_can_be_listed_without_a_portal() {
    let routes = leptos_axum::generate_route_list(causeway_app::App);
    let mut paths: Vec<_> = routes.iter().map(|r| r.path().to_owned()).collect();
    paths.sort();
    assert_eq!(
        paths,
        [
            "/",
            "/approvals",
            "/approvals/{id}",
            "/audit",
            "/catalogue",
            "/catalogue/{name}",
            "/catalogue/{name}/request",
            "/drafts/{id}",
            "/environments",
            "/environments/{id}",
            "/requests",
            "/requests/{id}",
            "/settings/sessions",
            "/ui"
        ]
    );
}
