//! Webhooks.

use crate::kit::{Browser, TestApp, each};
use axum::body::Body;
use hmac::{Hmac, Mac};
use http::Request;
use sha2::Sha256;

fn sign(secret: &str, body: &str) -> String {
    let mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap().chain_update(body);
    format!("sha256={}", hex::encode(mac.finalize().into_bytes()))
}

async fn send(app: &TestApp, event: &str, signature: Option<&str>, body: &str) -> (u16, String) {
    let mut request =
        Request::post("/webhooks/bitbucket").header("x-event-key", event).header("content-type", "application/json");
    if let Some(signature) = signature {
        request = request.header("x-hub-signature", signature);
    }
    let reply = Browser::new(app).send(request.body(Body::from(body.to_owned())).unwrap()).await;
    (reply.status.as_u16(), reply.body)
}

const MERGED: &str = r#"{"eventKey":"pr:merged","date":1779631864000,"pullRequest":{"id":7,
    "fromRef":{"id":"refs/heads/causeway/42"},"toRef":{"repository":{"slug":"infrastructure","project":{"key":"CLOUD"}}}}}"#;

#[tokio::test]
async fn only_signed_webhooks_are_heard_and_each_once() {
    each(async |app| {
        let (now, before) = (sign("webhook secret", MERGED), sign("the secret before", MERGED));
        assert_eq!(send(app, "pr:merged", None, MERGED).await.0, 401);
        for forged in ["sha256=00", "sha1=abc", "", &sign("guess", MERGED), &sign("", MERGED)] {
            assert_eq!(send(app, "pr:merged", Some(forged), MERGED).await.0, 401, "{forged}");
        }
        assert_eq!(
            send(app, "pr:merged", Some(&now), &MERGED.replace('7', "8")).await.0,
            401,
            "the body is what is signed"
        );
        assert_eq!(send(app, "pr:merged", Some(&now), MERGED).await, (200, "nothing of ours\n".into()));
        assert_eq!(send(app, "pr:merged", Some(&now), MERGED).await, (200, "seen before\n".into()));
        assert_eq!(
            send(app, "pr:merged", Some(&before), MERGED).await,
            (200, "seen before\n".into()),
            "whichever secret signs it"
        );
        let other = MERGED.replace("1779631864000", "1779631865000");
        assert_eq!(
            send(app, "pr:merged", Some(&sign("the secret before", &other)), &other).await.0,
            200,
            "the secret before still counts"
        );
    })
    .await;
}

#[tokio::test]
async fn odd_webhooks_do_no_harm() {
    each(async |app| {
        assert_eq!(send(app, "diagnostics:ping", None, "{}").await.0, 200);
        for body in ["", "null", "[]", "{", "{\"eventKey\":\"pr:merged\"}"] {
            assert_eq!(send(app, "pr:merged", Some(&sign("webhook secret", body)), body).await.0, 400, "{body}");
        }
        let comment = r#"{"eventKey":"pr:comment:added"}"#;
        assert_eq!(send(app, "pr:comment:added", Some(&sign("webhook secret", comment)), comment).await.1, "ignored\n");
        assert_eq!(send(app, "pr:merged", None, &"x".repeat(2 * 1024 * 1024)).await.0, 413);
    })
    .await;
}
