//! Bitbucket's answers, good and bad, replayed.

use crate::support::{REPO, Reply, Server, TOKEN, fixture, html, json};
use causeway_connect::{bitbucket::DataCenter, http::Secret};
use causeway_portal::delivery::host::{
    BuildState, BuildStatus, CodeHost, HostError, HostErrorKind, PullRequestDraft, PullRequestState,
};
use serde_json::{Value, json as value};
use std::time::Duration;

const RETRY: HostErrorKind = HostErrorKind::Retry { after: None };
const SHA: &str = "9a1c2b3d4e5f60718293a4b5c6d7e8f901234567";
const LIST: &str = "GET /bitbucket/rest/api/latest/projects/PLAT/repos/estate/pull-requests";
const CREATE: &str = "POST /bitbucket/rest/api/latest/projects/PLAT/repos/estate/pull-requests";
const REVIEWERS: &str = "GET /bitbucket/rest/default-reviewers/latest/projects/PLAT/repos/estate/reviewers";
const READ: &str = "GET /bitbucket/rest/api/latest/projects/PLAT/repos/estate/pull-requests/7";

fn draft() -> PullRequestDraft {
    PullRequestDraft {
        title: "Add shop-api to development".into(),
        description: "Requested in Causeway.".into(),
        from_branch: "causeway/42".into(),
        to_branch: "main".into(),
        commit: SHA.into(),
        requester_email: "Mia@Example.com".into(),
    }
}

fn status() -> BuildStatus {
    BuildStatus {
        key: "causeway/approval".into(),
        state: BuildState::Successful,
        name: "Approval".into(),
        description: "Approved by 2 people".into(),
        url: "http://localhost:3000/requests/42".into(),
        branch: "causeway/42".into(),
    }
}

fn pull_request(id: i64, state: &str) -> Value {
    let repository = value!({ "slug": "estate", "id": 42, "archived": false, "project": { "key": "PLAT" } });
    value!({
        "id": id, "version": 0, "state": state, "open": state == "OPEN", "createdDate": 1_532_350_340_104_i64,
        "fromRef": { "id": "refs/heads/causeway/42", "latestCommit": SHA, "repository": repository },
        "toRef": { "id": "refs/heads/main", "latestCommit": "bbc7", "repository": repository },
        "links": { "self": [{ "href": format!("http://bitbucket.example.com/pull-requests/{id}") }] },
    })
}

fn ok(body: &Value) -> Reply {
    json(200, body.to_string())
}

fn refusal(status: u16, exception: &str, more: Value) -> Reply {
    let mut entry = value!({ "context": null, "message": "Said by the server.", "exceptionName": exception });
    entry.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap_or_default());
    json(status, value!({ "errors": [entry] }).to_string())
}

fn page(values: &[Value]) -> Reply {
    ok(
        &value!({ "values": values, "size": values.len(), "limit": 25, "isLastPage": true, "start": 0, "nextPageStart": null }),
    )
}

/// Ready for a pull request to be opened.
async fn opening() -> Server {
    let server = Server::replaying().await;
    let users = value!([
        { "name": "rev", "emailAddress": "rev@example.com", "id": 1, "active": true },
        { "name": "mia", "emailAddress": "mia@example.com", "id": 2, "active": true },
        { "name": "causeway-bot", "emailAddress": null, "id": 3, "active": true },
        { "name": "other-bot", "emailAddress": "causeway@example.com", "id": 4, "active": true },
        { "name": "gone", "emailAddress": "gone@example.com", "id": 5, "active": false },
        { "name": "sam", "id": 6 },
        { "name": "rev", "emailAddress": "rev@example.com", "id": 1, "active": true },
    ]);
    server.on(LIST, [page(&[])]);
    server.repo("GET", "", json(200, fixture("repository.json")).with("x-ausername", "causeway%2Dbot"));
    server.on(REVIEWERS, [ok(&users)]);
    server.on(CREATE, [json(201, pull_request(7, "OPEN").to_string())]);
    server
}

fn asked(server: &Server) -> Vec<Vec<String>> {
    let names = |body: Value| {
        body["reviewers"].as_array().unwrap().iter().map(|r| r["user"]["name"].as_str().unwrap().to_owned()).collect()
    };
    server.seen(CREATE).iter().map(|seen| names(seen.json())).collect()
}

#[tokio::test]
async fn a_pull_request_is_opened_with_the_default_reviewers_but_not_the_requester_or_the_bot() {
    let server = opening().await;
    let opened = server.host().open_pull_request(&draft()).await.unwrap();
    assert_eq!((opened.id, opened.state, opened.head.as_str()), (7, PullRequestState::Open, SHA));
    assert_eq!(opened.url, "http://bitbucket.example.com/pull-requests/7");
    assert_eq!(asked(&server), [["rev", "sam"]]);
    let seen = &server.seen(CREATE)[0];
    assert_eq!(seen.headers["x-atlassian-token"], "no-check");
    assert_eq!(seen.headers["authorization"], format!("Bearer {TOKEN}"));
    assert!(seen.headers["user-agent"].to_str().unwrap().starts_with("causeway/"));
    let body = seen.json();
    assert_eq!(body["fromRef"]["id"], "refs/heads/causeway/42");
    assert_eq!(
        body["toRef"],
        value!({ "id": "refs/heads/main", "repository": { "slug": "estate", "project": { "key": "PLAT" } } })
    );
    let query = &server.seen(REVIEWERS)[0].query;
    for part in [
        "sourceRepoId=2",
        "targetRepoId=2",
        "sourceRefId=refs%2Fheads%2Fcauseway%2F42",
        "targetRefId=refs%2Fheads%2Fmain",
    ] {
        assert!(query.contains(part), "{query}");
    }
}

#[tokio::test]
async fn reviewers_are_nobody_where_the_server_does_not_tell_them() {
    for reply in
        [json(404, ""), json(200, value!([{ "id": 1, "reviewers": [] }]).to_string()), json(200, "{}"), json(401, "")]
    {
        let server = opening().await;
        server.on(REVIEWERS, [reply]);
        server.host().open_pull_request(&draft()).await.unwrap();
        assert_eq!(asked(&server), [Vec::<String>::new()]);
    }
    let server = opening().await;
    server.on(REVIEWERS, [json(200, fixture("dc-default-reviewers-200.json"))]);
    server.host().open_pull_request(&draft()).await.unwrap();
    assert_eq!(asked(&server), [["erik", "thorsten"]]);
    let server = opening().await;
    server.on(REVIEWERS, [json(503, "")]);
    assert_eq!(server.host().open_pull_request(&draft()).await.unwrap_err().kind, RETRY);
    assert!(asked(&server).is_empty());
}

#[tokio::test]
async fn one_that_is_open_already_is_adopted_from_the_list_over_pages() {
    let server = opening().await;
    let mut elsewhere = pull_request(3, "OPEN");
    elsewhere["toRef"]["id"] = value!("refs/heads/release");
    let mut fork = pull_request(4, "OPEN");
    fork["fromRef"]["repository"]["project"]["key"] = value!("~mia");
    let first = value!({ "values": [elsewhere, fork, "odd"], "size": 3, "limit": 3, "isLastPage": false, "start": 0, "nextPageStart": 17 });
    server.on(LIST, [ok(&first), page(&[pull_request(9, "OPEN")])]);
    assert_eq!(server.host().open_pull_request(&draft()).await.unwrap().id, 9);
    assert!(server.seen(CREATE).is_empty());
    let starts: Vec<_> = server.seen(LIST).iter().map(|s| s.query.clone()).collect();
    assert!(starts[0].contains("start=0") && starts[1].contains("start=17"), "{starts:?}");
    assert!(
        starts[0].contains("at=refs%2Fheads%2Fcauseway%2F42") && starts[0].contains("direction=OUTGOING"),
        "{starts:?}"
    );
}

#[tokio::test]
async fn one_that_was_closed_with_our_commit_is_adopted_unless_another_is_open() {
    let mut older = pull_request(4, "DECLINED");
    older["fromRef"]["latestCommit"] = value!("f".repeat(40));
    let server = opening().await;
    server.on(LIST, [page(&[older.clone(), pull_request(3, "DECLINED"), pull_request(2, "DECLINED")])]);
    let found = server.host().open_pull_request(&draft()).await.unwrap();
    assert_eq!((found.id, found.state, found.target.as_str()), (3, PullRequestState::Declined, "main"));
    assert!(server.seen(CREATE).is_empty() && server.seen(LIST)[0].query.contains("state=ALL"));

    let first = value!({ "values": [pull_request(3, "DECLINED")], "isLastPage": false, "nextPageStart": 1 });
    server.on(LIST, [ok(&first), page(&[pull_request(2, "OPEN")])]);
    assert_eq!(server.host().open_pull_request(&draft()).await.unwrap().id, 2);

    // What was closed with another commit was about something else.
    server.on(LIST, [page(&[older])]);
    assert_eq!(server.host().open_pull_request(&draft()).await.unwrap().id, 7);
    assert_eq!(server.seen(CREATE).len(), 1);
}

#[tokio::test]
async fn a_list_that_never_ends_is_left() {
    let server = opening().await;
    server.on(LIST, [ok(&value!({ "values": [], "isLastPage": false, "nextPageStart": 0 }))]);
    assert_eq!(server.host().open_pull_request(&draft()).await.unwrap().id, 7);
}

#[tokio::test]
async fn a_duplicate_is_read_out_of_the_refusal() {
    let server = opening().await;
    let name = "com.atlassian.bitbucket.pull.DuplicatePullRequestException";
    server.on(CREATE, [refusal(409, name, value!({ "existingPullRequest": pull_request(11, "OPEN") }))]);
    assert_eq!(server.host().open_pull_request(&draft()).await.unwrap().id, 11);

    // Without it, the list knows by now.
    let server = opening().await;
    server.on(CREATE, [refusal(409, name, value!({ "existingPullRequest": null }))]);
    server.on(LIST, [page(&[]), page(&[pull_request(12, "OPEN")])]);
    assert_eq!(server.host().open_pull_request(&draft()).await.unwrap().id, 12);

    // Somebody else's is not taken for ours.
    let server = opening().await;
    let mut other = pull_request(13, "OPEN");
    other["fromRef"]["id"] = value!("refs/heads/other");
    server.on(CREATE, [refusal(409, name, value!({ "existingPullRequest": other }))]);
    assert_eq!(server.host().open_pull_request(&draft()).await.unwrap_err().kind, HostErrorKind::Refused);
}

#[tokio::test]
async fn invalid_reviewers_are_dropped_then_all_of_them() {
    let name = "com.atlassian.bitbucket.pull.InvalidPullRequestReviewersException";
    let created = json(201, pull_request(7, "OPEN").to_string());
    let some = value!({ "context": "reviewers", "validReviewers": [{ "user": { "name": "sam" } }],
        "reviewerErrors": [{ "context": "rev", "message": "rev is not a user." }] });
    let server = opening().await;
    server.on(CREATE, [refusal(409, name, some.clone()), created.clone()]);
    server.host().open_pull_request(&draft()).await.unwrap();
    assert_eq!(asked(&server), [vec!["rev", "sam"], vec!["sam"]]);

    let server = opening().await;
    server.on(CREATE, [refusal(409, name, some), refusal(409, name, value!({})), created]);
    server.host().open_pull_request(&draft()).await.unwrap();
    assert_eq!(asked(&server), [vec!["rev", "sam"], vec!["sam"], vec![]]);

    let server = opening().await;
    server.on(CREATE, [refusal(409, name, value!({}))]);
    assert_eq!(server.host().open_pull_request(&draft()).await.unwrap_err().kind, HostErrorKind::Refused);
    assert!(asked(&server).len() <= 3);
}

#[tokio::test]
async fn nothing_to_change_and_archived_have_kinds_of_their_own() {
    let server = opening().await;
    server.on(CREATE, [refusal(409, "com.atlassian.bitbucket.pull.EmptyPullRequestException", value!({}))]);
    assert_eq!(server.host().open_pull_request(&draft()).await.unwrap_err().kind, HostErrorKind::Empty);

    let mut archived: Value = serde_json::from_slice(&fixture("repository.json")).unwrap();
    archived["archived"] = value!(true);
    let server = opening().await;
    server.repo("GET", "", ok(&archived));
    assert_eq!(server.host().open_pull_request(&draft()).await.unwrap_err().kind, HostErrorKind::Archived);
    assert!(server.seen(CREATE).is_empty());

    // Archived between the look and the write, with an exception that nobody has documented.
    let server = opening().await;
    server.on(&format!("GET {REPO}"), [json(200, fixture("repository.json")), ok(&archived)]);
    server.on(CREATE, [refusal(409, "com.atlassian.bitbucket.SomethingNewException", value!({}))]);
    assert_eq!(server.host().open_pull_request(&draft()).await.unwrap_err().kind, HostErrorKind::Archived);
}

#[tokio::test]
async fn reading_tells_state_head_and_conflicts() {
    for (outcome, conflicted) in [
        (value!({ "canMerge": true, "conflicted": false, "outcome": "CLEAN", "vetoes": [] }), Some(false)),
        (value!({ "canMerge": false, "conflicted": true, "outcome": "CONFLICTED", "vetoes": [] }), Some(true)),
        (
            value!({ "canMerge": false, "conflicted": false, "outcome": "CLEAN", "vetoes": [{ "summaryMessage": "x" }] }),
            Some(false),
        ),
        (value!({ "conflicted": false, "outcome": "UNKNOWN" }), None),
        (value!({}), None),
    ] {
        let server = Server::replaying().await;
        server.on(READ, [ok(&pull_request(7, "OPEN"))]).repo("GET", "/pull-requests/7/merge", ok(&outcome));
        let found = server.host().pull_request(7).await.unwrap();
        assert_eq!(
            (found.state, found.head.as_str(), found.conflicted),
            (PullRequestState::Open, SHA, conflicted),
            "{outcome}"
        );
    }
    // Closed since, in between.
    let server = Server::replaying().await;
    server.on(READ, [ok(&pull_request(7, "OPEN"))]);
    server.repo("GET", "/pull-requests/7/merge", json(409, fixture("dc-merge-409-already-merged.json")));
    assert_eq!(server.host().pull_request(7).await.unwrap().conflicted, None);
}

#[tokio::test]
async fn both_shapes_of_dates_and_recorded_bodies_are_read() {
    for name in ["pr.json", "pr_iso_dates.json"] {
        let server = Server::replaying().await;
        server.on(READ, [json(200, fixture(name))]);
        let found = server.host().pull_request(7).await.unwrap();
        assert_eq!((found.id, found.state), (1, PullRequestState::Open), "{name}");
        assert_eq!(found.head, "131cb13f4aed12e725177bc4b7c28db67839bf9f");
    }
}

#[tokio::test]
async fn a_merge_is_told_with_its_commit_wherever_the_server_puts_it() {
    let mut merged = pull_request(7, "MERGED");
    let server = Server::replaying().await;
    let activity =
        value!({ "id": 2, "action": "MERGED", "commit": { "id": "83f836ca538dc4f43d29fda46a5b85ea49f1b8e7" } });
    server.on(READ, [ok(&merged)]).repo(
        "GET",
        "/pull-requests/7/activities",
        page(&[value!({ "action": "COMMENTED" }), activity]),
    );
    let found = server.host().pull_request(7).await.unwrap();
    assert_eq!(
        (found.state, found.merge_commit.as_deref()),
        (PullRequestState::Merged, Some("83f836ca538dc4f43d29fda46a5b85ea49f1b8e7"))
    );
    merged["properties"] = value!({ "mergeCommit": { "id": "aaaa" } });
    server.on(READ, [ok(&merged)]);
    assert_eq!(server.host().pull_request(7).await.unwrap().merge_commit.as_deref(), Some("aaaa"));
    server.on(READ, [ok(&pull_request(7, "DECLINED"))]);
    assert_eq!(server.host().pull_request(7).await.unwrap().state, PullRequestState::Declined);
    let mut archived = pull_request(7, "OPEN");
    archived["toRef"]["repository"]["archived"] = value!(true);
    server.on(READ, [ok(&archived)]);
    assert_eq!(server.host().pull_request(7).await.unwrap_err().kind, HostErrorKind::Archived);
    let mut odd = pull_request(7, "OPEN");
    odd["links"]["self"][0]["href"] = value!("javascript:alert(1)");
    server.on(READ, [ok(&odd)]);
    assert_eq!(
        server.host().pull_request(7).await.unwrap().url,
        format!("{}/projects/PLAT/repos/estate/pull-requests/7/overview", server.base)
    );
}

#[tokio::test]
async fn a_state_that_is_not_known_is_not_guessed() {
    let server = Server::replaying().await;
    server.on(READ, [ok(&pull_request(7, "SUPERSEDED"))]);
    let error = server.host().pull_request(7).await.unwrap_err();
    assert!(error.kind == HostErrorKind::Refused && error.detail.contains("SUPERSEDED"), "{error}");
}

async fn read_with(reply: Reply) -> HostError {
    let server = Server::replaying().await;
    server.on(READ, [reply]);
    let error = server.host().pull_request(7).await.unwrap_err();
    assert!(error.detail.chars().count() <= 500 && error.detail.contains("/pull-requests/7"), "{error}");
    assert!(!error.message.is_empty() && !error.message.contains('<') && !error.detail.contains("<html"), "{error}");
    error
}

#[tokio::test]
async fn refusals_are_sorted_by_status_and_exception() {
    for (name, status, kind) in [
        ("dc-merge-409-conflicts.json", 409, HostErrorKind::Refused),
        ("dc-merge-409-veto-builds.json", 409, HostErrorKind::Refused),
        ("dc-merge-409-already-merged.json", 409, HostErrorKind::Refused),
        ("dc-merge-409-out-of-date.json", 409, RETRY),
        ("dc-branch-400-duplicate.json", 400, HostErrorKind::Moved),
        ("dc-edit-409-unmodified.json", 409, HostErrorKind::Empty),
        ("dc-edit-403-no-email.json", 403, HostErrorKind::Denied),
        ("dc-post-403-xsrf.txt", 403, HostErrorKind::Denied),
        ("cloud-429.txt", 429, RETRY),
    ] {
        let error = read_with(json(status, fixture(name))).await;
        assert_eq!(error.kind, kind, "{name}: {error}");
    }
    assert!(read_with(json(403, fixture("dc-post-403-xsrf.txt"))).await.message.contains("forged form"));
    // The name decides, not the words.
    let misleading = refusal(
        409,
        "com.atlassian.bitbucket.pull.PullRequestOutOfDateException",
        value!({ "message": "archived empty duplicate" }),
    );
    assert_eq!(read_with(misleading).await.kind, RETRY);
    assert_eq!(read_with(json(409, r#"{"message":"bare","exceptionName":"a.b.MergeException"}"#)).await.kind, RETRY);
    assert_eq!(read_with(json(409, "")).await.kind, HostErrorKind::Refused);
    assert_eq!(read_with(json(406, "")).await.kind, HostErrorKind::Refused);
    assert_eq!(read_with(json(404, "")).await.kind, HostErrorKind::NotFound);
}

#[tokio::test]
async fn every_error_observed_on_real_servers_has_a_kind() {
    let registry: Value = serde_json::from_slice(&fixture("dc-live-error-registry.json")).unwrap();
    let entries = registry["entries"].as_array().unwrap();
    assert!(entries.len() > 15);
    for entry in entries.iter().filter(|e| e["status"] != 204) {
        let status = u16::try_from(entry["status"].as_u64().unwrap()).unwrap();
        let exception = entry["exception"].as_str().unwrap_or_default().rsplit('.').next().unwrap().to_owned();
        let body = value!({ "errors": [{ "context": null, "message": entry["message"], "exceptionName": entry["exception"] }] });
        let error = read_with(json(status, body.to_string())).await;
        let kind = match (status, exception.as_str()) {
            (307 | 401, _) => HostErrorKind::Denied,
            (404, "NoSuchPullRequestException") => HostErrorKind::Gone,
            (404, _) => HostErrorKind::NotFound,
            (400, "DuplicateRefException") => HostErrorKind::Moved,
            (409, "PullRequestOutOfDateException") => RETRY,
            _ => HostErrorKind::Refused,
        };
        assert_eq!(error.kind, kind, "{entry}: {error}");
    }
    // Three kinds of 401 in three sentences: a missing permission must not look like a dead token.
    let said = async |name: &str| read_with(refusal(401, name, value!({}))).await.message;
    assert!(said("com.atlassian.bitbucket.AuthorisationException").await.contains("lacks a permission"));
    assert!(
        said("com.atlassian.bitbucket.auth.IncorrectPasswordAuthenticationException").await.contains("does not accept")
    );
    assert!(said("com.atlassian.bitbucket.auth.NoAccessAuthenticationException").await.contains("licence"));
}

#[tokio::test]
async fn a_busy_server_is_given_the_time_it_asks_for() {
    let after = |seconds| HostErrorKind::Retry { after: Some(Duration::from_secs(seconds)) };
    assert_eq!(read_with(json(429, "")).await.kind, RETRY);
    assert_eq!(read_with(json(429, "").with("retry-after", "7")).await.kind, after(7));
    assert_eq!(read_with(json(503, "").with("retry-after", "999999999")).await.kind, after(3_600));
    assert_eq!(read_with(json(503, "").with("retry-after", "soon")).await.kind, RETRY);
    let dated = json(503, "")
        .with("retry-after", "Sun, 24 May 2026 14:12:04 GMT")
        .with("date", "Sun, 24 May 2026 14:11:04 GMT");
    assert_eq!(read_with(dated).await.kind, after(60));
}

#[tokio::test]
async fn web_pages_in_place_of_answers_are_told_apart() {
    let down = "<!DOCTYPE html><html><head><title>Bitbucket is\n unavailable</title><script>x()</script></head><body>…</body></html>";
    let error = read_with(html(503, down)).await;
    assert_eq!(error.kind, RETRY);
    assert!(
        error.detail.contains("a web page: Bitbucket is unavailable") && !error.detail.contains("script"),
        "{error}"
    );
    assert_eq!(read_with(html(200, down)).await.kind, RETRY);
    let sign_in = read_with(html(200, "<html><head><title>Log in - Example SSO</title></head></html>")).await;
    assert_eq!(sign_in.kind, HostErrorKind::Denied);
    assert!(sign_in.message.contains("sign-in page"), "{sign_in}");
    let moved = Reply { status: 302, ..Reply::default() }.with("location", "https://sso.example.com/login?next=secret");
    let moved = read_with(moved).await;
    assert!(
        moved.kind == HostErrorKind::Denied
            && moved.message.contains("sign-in page")
            && !moved.detail.contains("next="),
        "{moved}"
    );
    let moved =
        read_with(Reply { status: 301, ..Reply::default() }.with("location", "https://git.example.com/x")).await;
    assert!(moved.kind == HostErrorKind::Denied && moved.message.contains("leads elsewhere"), "{moved}");
    assert_eq!(read_with(html(200, "<h1>")).await.kind, RETRY);
    // What stands in front of Bitbucket says 404 while it is away; a pull request is gone only where Bitbucket says so.
    assert_eq!(read_with(html(404, "<html><title>404 Not Found</title></html>")).await.kind, RETRY);
    assert_eq!(read_with(html(404, "default backend - 404")).await.kind, RETRY);
    let gone = "com.atlassian.bitbucket.pull.NoSuchPullRequestException";
    assert_eq!(read_with(refusal(404, gone, value!({}))).await.kind, HostErrorKind::Gone);
    let other = "com.atlassian.bitbucket.repository.NoSuchRepositoryException";
    assert_eq!(read_with(refusal(404, other, value!({}))).await.kind, HostErrorKind::NotFound);
    assert_eq!(read_with(json(200, "")).await.kind, RETRY);
    assert_eq!(read_with(json(200, "Not Found")).await.kind, RETRY);
    assert_eq!(read_with(json(200, "{\"id\":\"7\"}")).await.kind, HostErrorKind::Refused);
}

#[tokio::test]
async fn a_server_that_repeats_the_token_does_not_get_it_into_the_log() {
    let echo = format!("{{\"errors\":[{{\"message\":\"Token {TOKEN} may not\",\"exceptionName\":null}}]}}");
    let error = read_with(json(401, echo)).await;
    assert!(!error.to_string().contains(TOKEN) && error.detail.contains("[secret]"), "{error}");
}

#[tokio::test]
async fn a_status_is_published_with_what_the_pages_and_the_merge_check_need() {
    let server = Server::replaying().await;
    server.repo("POST", &format!("/commits/{SHA}/builds"), json(204, ""));
    server.host().publish_status(SHA, &status()).await.unwrap();
    let seen = server.seen(&format!("POST {REPO}/commits/{SHA}/builds"));
    assert_eq!(seen[0].headers["x-atlassian-token"], "no-check");
    assert_eq!(
        seen[0].json(),
        value!({
            "key": "causeway/approval", "parent": "causeway/approval", "state": "SUCCESSFUL", "name": "Approval",
            "description": "Approved by 2 people", "url": "http://localhost:3000/requests/42", "ref": "refs/heads/causeway/42",
        })
    );
    let mut long = status();
    long.url = "x".repeat(451);
    assert_eq!(server.host().publish_status(SHA, &long).await.unwrap_err().kind, HostErrorKind::Refused);
    assert_eq!(server.host().publish_status("../../x", &status()).await.unwrap_err().kind, HostErrorKind::Refused);
    let mut wordy = status();
    wordy.description = "ü".repeat(600);
    server.host().publish_status(SHA, &wordy).await.unwrap();
    let seen = server.seen(&format!("POST {REPO}/commits/{SHA}/builds"));
    assert_eq!(seen.len(), 2);
    assert_eq!(seen[1].json()["description"].as_str().unwrap().chars().count(), 255);
}

#[tokio::test]
async fn a_status_that_stands_already_is_not_posted_again() {
    let server = Server::replaying().await;
    let builds = format!("/commits/{SHA}/builds");
    let mut there = value!({
        "key": "causeway/approval", "parent": "causeway/approval", "state": "SUCCESSFUL", "name": "Approval",
        "description": "Approved by 2 people", "url": "http://localhost:3000/requests/42", "ref": "refs/heads/causeway/42",
        "createdDate": 1_532_350_340_104_i64, "buildNumber": null,
    });
    server.repo("GET", &builds, ok(&there)).repo("POST", &builds, json(204, ""));
    server.host().publish_status(SHA, &status()).await.unwrap();
    assert!(server.seen(&format!("GET {REPO}{builds}"))[0].query.contains("key=causeway%2Fapproval"));
    assert!(server.seen(&format!("POST {REPO}{builds}")).is_empty());
    // Somebody wrote over it; it is not there; it may not be read.
    there["state"] = value!("FAILED");
    for (n, reply) in
        [ok(&there), json(404, r#"{"errors":[{"context":null,"message":null,"exceptionName":null}]}"#), json(401, "")]
            .into_iter()
            .enumerate()
    {
        server.repo("GET", &builds, reply);
        server.host().publish_status(SHA, &status()).await.unwrap();
        assert_eq!(server.seen(&format!("POST {REPO}{builds}")).len(), n + 1);
    }
    server.repo("GET", &builds, json(503, ""));
    assert_eq!(server.host().publish_status(SHA, &status()).await.unwrap_err().kind, RETRY);
}

#[tokio::test]
async fn at_most_four_requests_are_in_flight() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let (now, most) =
        <(std::sync::Arc<std::sync::atomic::AtomicUsize>, std::sync::Arc<std::sync::atomic::AtomicUsize>)>::default();
    let (inside, peak) = (now.clone(), most.clone());
    let app = axum::Router::new().fallback(move || {
        let (inside, peak) = (inside.clone(), peak.clone());
        async move {
            let count = inside.fetch_add(1, std::sync::atomic::Ordering::SeqCst) + 1;
            peak.fetch_max(count, std::sync::atomic::Ordering::SeqCst);
            tokio::time::sleep(Duration::from_millis(30)).await;
            inside.fetch_sub(1, std::sync::atomic::Ordering::SeqCst);
            axum::http::StatusCode::NOT_FOUND
        }
    });
    let task = tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
    let folder = tempfile::tempdir().unwrap();
    let server = Server::replaying().await;
    let mut config = server.config();
    (config.base_url, config.mirror_dir) = (base.parse().unwrap(), folder.path().into());
    let host = DataCenter::new(config).unwrap();
    futures::future::join_all((0..16).map(|i| host.pull_request(i))).await;
    assert_eq!(most.load(std::sync::atomic::Ordering::SeqCst), 4);
    task.abort();
}

#[tokio::test]
async fn a_dropped_connection_is_tried_once_more_for_reads_and_never_for_writes() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let asked = std::sync::Arc::new(std::sync::Mutex::new(Vec::<String>::new()));
    let log = asked.clone();
    let task = tokio::spawn(async move {
        for turn in 0.. {
            let (mut socket, _) = listener.accept().await.unwrap();
            let (mut request, mut chunk) = (Vec::new(), [0; 4096]);
            while !request.windows(4).any(|w| w == b"\r\n\r\n") {
                let count = socket.read(&mut chunk).await.unwrap();
                request.extend_from_slice(&chunk[..count]);
            }
            log.lock().unwrap().push(String::from_utf8_lossy(&request).split(' ').next().unwrap().to_owned());
            // The first connection hears the request and hangs up; so does the one that is asked to write.
            let (line, body) = match turn {
                1 => ("200 OK", pull_request(7, "DECLINED").to_string()),
                2 => ("404 Not Found", String::new()),
                _ => continue,
            };
            let head = format!("HTTP/1.1 {line}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", body.len());
            socket.write_all(format!("{head}{body}").as_bytes()).await.unwrap();
        }
    });
    let server = Server::replaying().await;
    let mut config = server.config();
    config.base_url = base.parse().unwrap();
    let host = DataCenter::new(config).unwrap();
    assert_eq!(host.pull_request(7).await.unwrap().state, PullRequestState::Declined);
    assert_eq!(host.publish_status(SHA, &status()).await.unwrap_err().kind, RETRY);
    assert_eq!(*asked.lock().unwrap(), ["GET", "GET", "GET", "POST"]);
    task.abort();
    // Nobody listens any more.
    let _ = task.await;
    let gone = host.pull_request(7).await.unwrap_err();
    assert!(gone.kind == RETRY && gone.message.contains("cannot be reached"), "{gone}");
}

fn probed(server: &Server, host_version: &str, email: &str) {
    server.on(
        "GET /bitbucket/rest/api/latest/application-properties",
        [ok(&value!({ "version": host_version, "displayName": "Bitbucket" }))],
    );
    server.repo("GET", "", json(200, fixture("repository.json")).with("x-ausername", "causeway"));
    server.on(
        "GET /bitbucket/rest/api/latest/users/causeway",
        [ok(&value!({ "name": "causeway", "slug": "causeway", "emailAddress": email }))],
    );
    server.repo("GET", "/default-branch", json(200, r#"{"id":"refs/heads/main","displayId":"main","type":"BRANCH"}"#));
    let condition =
        value!({ "id": 1, "buildParentKeys": ["causeway/approval"], "refMatcher": { "id": "refs/heads/main" } });
    server.on("GET /bitbucket/rest/required-builds/latest/projects/PLAT/repos/estate/conditions", [page(&[condition])]);
    server.repo("GET", "/webhooks", hooks(&[("https://causeway.example.com/webhooks/bitbucket", &NEEDED, true)]));
}

const NEEDED: [&str; 6] =
    ["pr:merged", "pr:declined", "pr:deleted", "pr:modified", "pr:from_ref_updated", "repo:refs_changed"];

fn hooks(hooks: &[(&str, &[&str], bool)]) -> Reply {
    let hook = |(url, events, active): &(&str, &[&str], bool)| value!({ "id": 1, "url": url, "events": events, "active": active });
    page(&hooks.iter().map(hook).collect::<Vec<_>>())
}

async fn findings(host: &DataCenter) -> Vec<String> {
    let shown = |p: causeway_portal::delivery::host::Probe| match p.result {
        Ok(said) => format!("ok {}: {said}", p.what),
        Err(said) => format!("no {}: {said}", p.what),
    };
    host.probe().await.into_iter().map(shown).collect()
}

#[tokio::test]
async fn the_probe_finds_all_in_order_and_changes_nothing() {
    let server = Server::with_git().await;
    server.commit("main", &[("README.md", b"# Estate\n")]);
    probed(&server, "9.4.24", "causeway@example.com");
    let found = findings(&server.host()).await;
    assert_eq!(found.len(), 9, "{found:#?}");
    assert!(found.iter().all(|f| f.starts_with("ok ")), "{found:#?}");
    assert!(found[8].contains("https://causeway.example.com/webhooks/bitbucket"), "{found:#?}");
    assert!(
        server.all_seen().iter().all(|s| s.act.starts_with("GET ") || s.act.ends_with("/git-upload-pack")),
        "something was written"
    );
    assert!(!server.mirrors().exists(), "the probe made a copy");
    let anonymous = &server.seen("GET /bitbucket/rest/api/latest/application-properties")[0];
    assert!(anonymous.headers.get("authorization").is_none());
}

#[tokio::test]
async fn the_probe_says_what_is_missing() {
    let server = Server::with_git().await;
    server.commit("main", &[("README.md", b"# Estate\n")]);
    probed(&server, "8.9.1", "");
    server.on("GET /bitbucket/rest/required-builds/latest/projects/PLAT/repos/estate/conditions", [page(&[])]);
    server.repo("GET", "/webhooks", refusal(401, "com.atlassian.bitbucket.AuthorisationException", value!({})));
    let found = findings(&server.host()).await;
    assert!(found[1].starts_with("no ") && found[1].contains("8.19"), "{found:#?}");

    probed(&server, "10.3.2", "");
    server.on("GET /bitbucket/rest/required-builds/latest/projects/PLAT/repos/estate/conditions", [page(&[])]);
    server.repo("GET", "/webhooks", refusal(401, "com.atlassian.bitbucket.AuthorisationException", value!({})));
    let found = findings(&server.host()).await;
    assert!(found[2].starts_with("no ") && found[2].contains("no e-mail address"), "{found:#?}");
    assert!(found[7].starts_with("no ") && found[7].contains("Required builds"), "{found:#?}");
    assert!(found[8].starts_with("ok ") && found[8].contains("Could not be told"), "{found:#?}");

    // A token of a project: there is a name, and no user of it.
    server.on("GET /bitbucket/rest/api/latest/users/causeway", [json(404, "")]);
    server.on("GET /bitbucket/rest/api/latest/users", [page(&[])]);
    // Pushing is forbidden.
    server.on("GET /bitbucket/scm/plat/estate.git/info/refs", [json(401, "")]);
    let found = findings(&server.host()).await;
    assert!(found[2].contains("service account"), "{found:#?}");
    assert!(found.iter().any(|f| f.starts_with("no The account may push") && f.contains("REPO_WRITE")), "{found:#?}");

    // A bad token.
    server.repo(
        "GET",
        "",
        refusal(401, "com.atlassian.plugins.rest.api.security.exception.AuthenticationRequiredException", value!({})),
    );
    let found = findings(&server.host()).await;
    assert!(found.len() == 3 && found[2].starts_with("no The access token is accepted"), "{found:#?}");
    // A good one that may not see the repository.
    server.repo("GET", "", refusal(401, "com.atlassian.bitbucket.AuthorisationException", value!({})));
    let found = findings(&server.host()).await;
    assert!(found[2].starts_with("no The repository can be read"), "{found:#?}");
    // Something else listens there.
    server.on(
        "GET /bitbucket/rest/api/latest/application-properties",
        [html(200, "<html><title>Intranet</title></html>")],
    );
    let found = findings(&server.host()).await;
    assert!(found.len() == 2 && found[1].starts_with("no Bitbucket answers"), "{found:#?}");
}

#[tokio::test]
async fn the_probe_compares_what_bitbucket_has_with_what_causeway_does() {
    let server = Server::with_git().await;
    server.commit("main", &[("README.md", b"# Estate\n")]);
    let one = async |at: usize| findings(&server.host()).await.swap_remove(at);
    probed(&server, "9.4.24", "bot@example.com");
    let said = one(2).await;
    assert!(
        said.starts_with("no ") && said.contains("bot@example.com") && said.contains("causeway@example.com"),
        "{said}"
    );
    probed(&server, "9.4.24", "Causeway@Example.com");
    assert!(one(2).await.starts_with("ok "));

    let conditions = "GET /bitbucket/rest/required-builds/latest/projects/PLAT/repos/estate/conditions";
    for (id, kind, fine) in [
        ("refs/heads/release", "BRANCH", false),
        ("feature/*", "PATTERN", false),
        ("ma*", "PATTERN", true),
        ("ANY_REF_MATCHER_ID", "ANY_REF", true),
        ("production", "MODEL_BRANCH", true),
    ] {
        let matcher = value!({ "id": id, "displayId": id, "type": { "id": kind } });
        server.on(
            conditions,
            [page(&[value!({ "id": 1, "buildParentKeys": ["causeway/approval"], "refMatcher": matcher })])],
        );
        let said = one(7).await;
        assert_eq!(said.starts_with("ok "), fine, "{said}");
        assert!(fine || (said.contains(id) && said.contains("go to main")), "{said}");
    }

    let own = "https://causeway.example.com/webhooks/bitbucket";
    for (set, words) in [
        (hooks(&[]), "there is none"),
        (json(200, fixture("webhooks.json")), "http://localhost:8090"),
        (hooks(&[(own, &NEEDED, false)]), "No active webhook"),
        (hooks(&[(own, &["pr:merged", "repo:refs_changed"], true)]), "does not send pr:declined, pr:deleted"),
    ] {
        server.repo("GET", "/webhooks", set);
        let said = one(8).await;
        assert!(said.starts_with("no ") && said.contains(words) && said.contains(own), "{said}");
    }
    let mut config = server.config();
    config.webhook_url = None;
    let said = findings(&DataCenter::new(config).unwrap()).await.swap_remove(8);
    assert!(said.starts_with("ok ") && said.contains("webhook_secret"), "{said}");
}

#[tokio::test]
async fn a_token_from_a_file_with_a_line_break_is_refused_at_the_start() {
    let server = Server::replaying().await;
    let mut config = server.config();
    config.token = Secret::new("abc\n");
    assert!(DataCenter::new(config).err().unwrap().contains("copy it again"));
}
