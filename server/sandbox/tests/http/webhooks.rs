//! Webhooks: what arrives, how it is signed, and that a failing listener is asked again.

use crate::kit::{World, expect};
use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode},
    routing::post,
};
use causeway_sandbox::WebhookTarget;
use hmac::{Hmac, Mac};
use serde_json::{Value, json};
use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

type Arrived = (HeaderMap, Vec<u8>);

#[derive(Clone)]
struct Listener {
    out: UnboundedSender<Arrived>,
    /// So many deliveries are answered with 503 first.
    fail: Arc<AtomicU32>,
}

async fn hook(State(listener): State<Listener>, headers: HeaderMap, body: Bytes) -> StatusCode {
    if listener.fail.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |n| n.checked_sub(1)).is_ok() {
        return StatusCode::SERVICE_UNAVAILABLE;
    }
    let _ = listener.out.send((headers, body.to_vec()));
    StatusCode::OK
}

async fn listen(fail: u32) -> (String, UnboundedReceiver<Arrived>) {
    let (out, arrived) = unbounded_channel();
    let app =
        Router::new().route("/hook", post(hook)).with_state(Listener { out, fail: Arc::new(AtomicU32::new(fail)) });
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/hook", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, app).await });
    (url, arrived)
}

fn checked((headers, body): &Arrived) -> (String, Value) {
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(b"s3cret").unwrap();
    mac.update(body);
    let expected = format!("sha256={}", hex::encode(mac.finalize().into_bytes()));
    assert_eq!(headers["x-hub-signature"], expected.as_str());
    assert_eq!(headers["x-request-id"].len(), 36);
    assert!(headers.get("x-request-uuid").is_none(), "that would be Bitbucket Cloud");
    let value: Value = serde_json::from_slice(body).unwrap();
    assert_eq!(value["eventKey"].as_str(), headers["x-event-key"].to_str().ok());
    (value["eventKey"].as_str().unwrap().to_owned(), value)
}

/// Events may overtake each other, as at the real server.
async fn next(arrived: &mut UnboundedReceiver<Arrived>, key: &str) -> Value {
    loop {
        let (got, value) = checked(&arrived.recv().await.unwrap());
        if got == key {
            return value;
        }
    }
}

#[tokio::test]
async fn the_life_of_a_pull_request_is_told() {
    let (url, mut arrived) = listen(2).await;
    let world = World::start_with(|c| c.webhook = Some(WebhookTarget { url, secret: "s3cret".into() })).await;
    let clone = world.clone_infrastructure("a").await;
    let commit = world.push_branch(&clone, "x", "x.tf", "x\n").await;
    let pushed = next(&mut arrived, "repo:refs_changed").await;
    assert_eq!(pushed["changes"][0]["type"], "ADD");
    assert_eq!(pushed["changes"][0]["toHash"], json!(commit));
    assert_eq!(pushed["actor"]["name"], "causeway-bot");

    world.open("x").await;
    let opened = next(&mut arrived, "pr:opened").await;
    assert_eq!(opened["pullRequest"]["id"], 1);
    assert!(opened["pullRequest"]["createdDate"].is_i64());

    let moved = clone.commit("y.tf", "y\n").await;
    clone.must(&["push", "--quiet", "origin", "x"]).await;
    let updated = next(&mut arrived, "pr:from_ref_updated").await;
    assert_eq!(updated["previousFromHash"], json!(commit));
    assert_eq!(updated["pullRequest"]["fromRef"]["latestCommit"], json!(moved));

    world.approve_build(&moved, "x").await;
    expect(world.post("P/pull-requests/1/merge?version=0").send().await.unwrap(), 200).await;
    let merged = next(&mut arrived, "pr:merged").await;
    assert_eq!(merged["pullRequest"]["properties"]["mergeCommit"]["id"].as_str().unwrap().len(), 40);
}

#[tokio::test]
async fn dates_as_bitbucket_10_sends_them() {
    let (url, mut arrived) = listen(0).await;
    let world = World::start_with(|c| {
        c.webhook = Some(WebhookTarget { url, secret: "s3cret".into() });
        c.iso_dates = true;
    })
    .await;
    let clone = world.clone_infrastructure("a").await;
    world.push_branch(&clone, "x", "x.tf", "x\n").await;
    world.open("x").await;
    let opened = next(&mut arrived, "pr:opened").await;
    assert!(opened["pullRequest"]["createdDate"].as_str().unwrap().ends_with('Z'));
    // REST stays as it is.
    let pr = expect(world.get("P/pull-requests/1").send().await.unwrap(), 200).await;
    assert!(pr["createdDate"].is_i64());
}

#[tokio::test]
async fn webhooks_are_managed_by_administrators() {
    let (url, mut arrived) = listen(0).await;
    let world = World::start().await;
    let farah = world.token("farah.haddad");
    assert_eq!(world.get("P/webhooks").send().await.unwrap().status(), 401);
    let hook = json!({ "name": "mine", "url": url, "events": ["pr:opened"], "active": true, "configuration": { "secret": "s3cret" } });
    let created = world.http.post(world.rest("P/webhooks")).bearer_auth(&farah).json(&hook).send().await.unwrap();
    let created = expect(created, 201).await;
    let mut bad = hook.clone();
    bad["events"] = json!(["pr:exploded"]);
    let bad = world.http.post(world.rest("P/webhooks")).bearer_auth(&farah).json(&bad).send().await.unwrap();
    assert_eq!(expect(bad, 400).await["errors"][0]["context"], "events");

    // The ping is not signed.
    let test = world.http.post(world.rest(&format!("P/webhooks/test?webhookId={}", created["id"])));
    let test = test.bearer_auth(&farah).header("x-atlassian-token", "no-check").send().await.unwrap();
    assert_eq!(expect(test, 200).await["response"]["statusCode"], 200);
    let (headers, body) = arrived.recv().await.unwrap();
    assert_eq!(headers["x-event-key"], "diagnostics:ping");
    assert!(headers.get("x-hub-signature").is_none());
    assert_eq!(body, b"{\"test\":true}");

    let path = world.rest(&format!("P/webhooks/{}", created["id"]));
    assert_eq!(world.http.delete(&path).bearer_auth(&farah).send().await.unwrap().status(), 204);
    assert_eq!(world.http.get(&path).bearer_auth(&farah).send().await.unwrap().status(), 404);
}
