//! The event stream.

use crate::kit::{Browser, Engineer, TestApp, each, each_with, person, request};
use axum::body::{Body, BodyDataStream};
use causeway_server::config::{Config, RoleRule};
use causeway_store::audit::{self, NewEvent, Who};
use futures::StreamExt;
use http::Request;
use tower::ServiceExt;
use uuid::Uuid;

fn cookie(app: &TestApp, browser: &Browser) -> String {
    format!("{}={}", app.cookie, browser.cookies[app.cookie])
}

async fn ask(app: &TestApp, cookie: &str, last: Option<i64>) -> axum::response::Response {
    let mut request = Request::get("/events").header("cookie", cookie).header("accept", "text/event-stream");
    if let Some(last) = last {
        request = request.header("last-event-id", last);
    }
    app.router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap()
}

async fn open(app: &TestApp, browser: &Browser) -> axum::response::Response {
    ask(app, &cookie(app, browser), None).await
}

/// The stream of somebody who comes back, past its first line.
async fn resume(app: &TestApp, browser: &Browser, last: i64) -> BodyDataStream {
    let mut stream = ask(app, &cookie(app, browser), Some(last)).await.into_body().into_data_stream();
    assert_eq!(text(&mut stream).await, format!("retry: 3000\nid: {last}\n\n"));
    stream
}

async fn text(stream: &mut BodyDataStream) -> String {
    String::from_utf8(stream.next().await.unwrap().unwrap().to_vec()).unwrap()
}

/// Adds an event about a request and returns its number.
async fn happen(app: &TestApp, request: Uuid) -> i64 {
    let event = NewEvent {
        who: Who::System("Causeway".into()),
        action: "request.commented",
        subject_kind: "request",
        subject_id: request.to_string(),
        subject_name: "a request".into(),
        done: true,
        detail: serde_json::json!({}),
    };
    let mut conn = app.portal.db().begin().await.unwrap();
    let seq = audit::append(&mut conn, app.portal.now(), event).await.unwrap();
    conn.commit().await.unwrap();
    seq
}

fn change(seq: i64, request: Uuid) -> String {
    format!("id: {seq}\nevent: change\ndata: {{\"seq\":{seq},\"request\":\"{request}\"}}\n\n")
}

#[tokio::test]
async fn whoever_comes_back_gets_what_was_missed_and_nothing_of_other_teams() {
    let search = |config: &mut Config| {
        let role = "engineer".parse().unwrap();
        config.roles.map.push(RoleRule { group: "searchers".into(), role, scope: "team:search".into() });
    };
    each_with(search, async |app| {
        let engineer = Engineer::of(app).await;
        let mut searcher = Browser::new(app);
        searcher.sign_in_as(app, "Searcher", &["searchers"]).await;
        let owner = person(app, "Owner").await;
        let ours = request(app, owner, 1, "payments", "pending").await;
        let theirs = request(app, owner, 2, "search", "pending").await;

        let first = happen(app, ours).await;
        let mut stream = resume(app, &engineer, first - 1).await;
        assert_eq!(text(&mut stream).await, change(first, ours));
        drop(stream);

        let second = happen(app, ours).await;
        let mut stream = resume(app, &engineer, first).await;
        assert_eq!(text(&mut stream).await, change(second, ours));
        drop(stream);

        // Both came before this one, so they would have been told before it.
        let third = happen(app, theirs).await;
        let mut stream = resume(app, &searcher, 0).await;
        assert_eq!(text(&mut stream).await, change(third, theirs));
        let mut stream = resume(app, &engineer, 0).await;
        assert_eq!(text(&mut stream).await, change(first, ours) + &change(second, ours));
    })
    .await;
}

#[tokio::test]
async fn a_stream_begins_ends_with_its_session_and_is_bounded() {
    each(async |app| {
        let mut engineer = Engineer::of(app).await;
        let mut held = Vec::new();
        for _ in 0..12 {
            let response = open(app, &engineer).await;
            assert_eq!(
                (response.status().as_u16(), response.headers()["content-type"].to_str().unwrap()),
                (200, "text/event-stream")
            );
            held.push(response.into_body().into_data_stream());
        }
        assert_eq!(open(app, &engineer).await.status(), 429);
        held.truncate(1);
        assert_eq!(open(app, &engineer).await.status(), 200, "closed streams give their places back");

        let mut stream = held.pop().unwrap();
        let begun = text(&mut stream).await;
        assert!(begun.starts_with("retry: 3000\nid: "), "{begun}");
        let ended = cookie(app, &engineer);
        engineer.post("/sign-out", "").await.expect(200);
        assert!(stream.next().await.is_none(), "no event after the session has ended");
        // It ended because of the session, and not because the database could not be asked: that would be 503.
        assert_eq!(ask(app, &ended, None).await.status(), 401);
        let again = Engineer::of(app).await;
        assert_eq!(open(app, &again).await.status(), 200);
    })
    .await;
}

#[tokio::test]
async fn a_stream_ends_when_the_roles_are_old() {
    each(async |app| {
        let engineer = Engineer::of(app).await;
        let mut stream = open(app, &engineer).await.into_body().into_data_stream();
        assert!(text(&mut stream).await.starts_with("retry: 3000\nid: "));
        app.clock.advance(chrono::TimeDelta::minutes(61));
        assert!(stream.next().await.is_none(), "who may see what is not known any more");
        assert_eq!(open(app, &engineer).await.status(), 401);
    })
    .await;
}

#[tokio::test]
async fn a_stream_ends_when_the_process_stops() {
    each(async |app| {
        let engineer = Engineer::of(app).await;
        let mut stream = open(app, &engineer).await.into_body().into_data_stream();
        assert!(text(&mut stream).await.starts_with("retry: 3000\nid: "));
        app.stop.send(true).unwrap();
        assert!(stream.next().await.is_none());
    })
    .await;
}
