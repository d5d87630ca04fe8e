//! The event stream.

use crate::kit::{Engineer, TestApp, each};
use axum::body::Body;
use futures::StreamExt;
use http::Request;
use tower::ServiceExt;

async fn open(app: &TestApp, person: &Engineer) -> axum::response::Response {
    let cookie = format!("{}={}", app.cookie, person.cookies[app.cookie]);
    let request = Request::get("/events").header("cookie", cookie).header("accept", "text/event-stream");
    app.router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap()
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
        assert_eq!(stream.next().await.unwrap().unwrap(), "retry: 3000\n\n");
        engineer.post("/sign-out", "").await.expect(200);
        assert!(stream.next().await.is_none(), "no event after the session has ended");
        assert_eq!(open(app, &Engineer::of(app).await).await.status(), 200);
    })
    .await;
}

#[tokio::test]
async fn a_stream_ends_when_the_roles_are_old() {
    each(async |app| {
        let engineer = Engineer::of(app).await;
        let mut stream = open(app, &engineer).await.into_body().into_data_stream();
        assert_eq!(stream.next().await.unwrap().unwrap(), "retry: 3000\n\n");
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
        assert_eq!(stream.next().await.unwrap().unwrap(), "retry: 3000\n\n");
        app.stop.send(true).unwrap();
        assert!(stream.next().await.is_none());
    })
    .await;
}
