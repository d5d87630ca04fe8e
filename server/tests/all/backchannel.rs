//! Sign-outs that the provider sends.

use crate::kit::{Browser, CLIENT, Engineer, Manager, TestApp, each};
use axum::body::Body;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD as B64};
use http::Request;
use serde_json::{Value, json};

fn claims(app: &TestApp, id: &str) -> Value {
    json!({
        "iss": app.idp.issuer, "aud": CLIENT, "iat": app.idp.now(), "exp": app.idp.now() + 120, "jti": id,
        "events": { "http://schemas.openid.net/event/backchannel-logout": {} },
    })
}

/// As the provider sends it: from nowhere, without cookies and without an origin.
async fn send(app: &TestApp, token: &str) -> u16 {
    let request = Request::post("/backchannel-logout").header("content-type", "application/x-www-form-urlencoded");
    let reply = Browser::new(app).send(request.body(Body::from(format!("logout_token={token}"))).unwrap()).await;
    assert_eq!(reply.header("cache-control"), "no-store");
    reply.status.as_u16()
}

#[tokio::test]
async fn a_provider_ends_one_session_or_all_of_a_person() {
    each(async |app| {
        let (mut engineer, mut manager) = (Engineer::of(app).await, Manager::of(app).await);
        let mut token = claims(app, "one");
        token["sid"] = "sid-of-Engineer".into();
        let signed = app.idp.sign(&token);
        assert_eq!(send(app, &signed).await, 200);
        assert!(!engineer.is_signed_in().await && manager.is_signed_in().await);
        let event = app.record().await.pop().unwrap();
        assert_eq!((event.action.as_str(), event.actor_kind.as_str()), ("session.ended_by_provider", "system"));

        let mut again = Engineer::of(app).await;
        assert_eq!(send(app, &signed).await, 400, "a token works once");
        assert!(again.is_signed_in().await);

        let mut token = claims(app, "two");
        token["sub"] = "Manager".into();
        assert_eq!(send(app, &app.idp.sign(&token)).await, 200);
        assert!(!manager.is_signed_in().await && again.is_signed_in().await);
    })
    .await;
}

#[tokio::test]
async fn a_session_is_ended_for_its_own_person_and_where_the_provider_never_named_it() {
    each(async |app| {
        let (mut engineer, mut manager) = (Engineer::of(app).await, Manager::of(app).await);
        // A provider that names sessions in some tokens only.
        app.idp.says(json!({ "sub": "Engineer", "sid": null }));
        let mut nameless = Browser::new(app);
        nameless.sign_in(app).await.expect(303);
        let mut token = claims(app, "mixed");
        token["sid"] = "sid-of-Manager".into();
        token["sub"] = "Engineer".into();
        assert_eq!(send(app, &app.idp.sign(&token)).await, 200);
        assert!(manager.is_signed_in().await, "the session is somebody else's");
        assert!(engineer.is_signed_in().await, "another session of the person");
        assert!(!nameless.is_signed_in().await, "it may be the one that is meant");
        let mut token = claims(app, "right");
        token["sid"] = "sid-of-Engineer".into();
        token["sub"] = "Engineer".into();
        assert_eq!(send(app, &app.idp.sign(&token)).await, 200);
        assert!(!engineer.is_signed_in().await);
    })
    .await;
}

#[tokio::test]
async fn the_longest_subject_is_signed_out_like_any_other() {
    each(async |app| {
        let subject = "s".repeat(255);
        app.idp.says(json!({ "sub": subject, "name": "Long", "sid": "\u{202e} to the letter" }));
        for by in ["sub", "sid"] {
            let mut browser = Browser::new(app);
            browser.sign_in(app).await.expect(303);
            let mut token = claims(app, by);
            token[by] = if by == "sub" { subject.as_str() } else { "\u{202e} to the letter" }.into();
            assert_eq!(send(app, &app.idp.sign(&token)).await, 200);
            assert!(!browser.is_signed_in().await, "{by}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_token_that_is_not_a_logout_token_ends_nothing() {
    each(async |app| {
        let mut engineer = Engineer::of(app).await;
        let now = app.idp.now();
        for change in [
            json!({ "aud": "another" }),
            json!({ "aud": ["x", "y"] }),
            json!({ "iss": "https://evil.example" }),
            json!({ "events": {} }),
            json!({ "events": null }),
            json!({ "nonce": "n" }),
            json!({ "jti": null }),
            json!({ "sid": null }),
            json!({ "sid": "" }),
            json!({ "sub": 7 }),
            json!({ "iat": now + 600 }),
            json!({ "iat": now - 600, "exp": now - 300 }),
            json!({ "iat": null }),
        ] {
            let mut token = claims(app, "bad");
            token["sid"] = "sid-of-Engineer".into();
            for (key, value) in change.as_object().unwrap() {
                token[key] = value.clone();
            }
            token.as_object_mut().unwrap().retain(|_, v| !v.is_null());
            assert_eq!(send(app, &app.idp.sign(&token)).await, 400, "{change}");
        }
        let mut good = claims(app, "forged");
        good["sid"] = "sid-of-Engineer".into();
        app.idp.desk().foreign_key = true;
        assert_eq!(send(app, &app.idp.sign(&good)).await, 400);
        app.idp.desk().foreign_key = false;
        let unsigned =
            format!("{}.{}.", B64.encode(json!({ "alg": "none" }).to_string()), B64.encode(good.to_string()));
        for junk in [unsigned.as_str(), "", "a.b.c", "....", "%00"] {
            assert_eq!(send(app, junk).await, 400, "{junk}");
        }
        assert!(engineer.is_signed_in().await);
        let refused = app.record().await.into_iter().filter(|e| e.outcome == "refused").collect::<Vec<_>>();
        assert_eq!((refused.len(), refused[0].action.as_str()), (19, "session.ended_by_provider"));
        assert!(refused[0].detail.contains("for another application"), "{}", refused[0].detail);
    })
    .await;
}

#[tokio::test]
async fn a_logout_token_of_a_new_key_is_believed() {
    each(async |app| {
        let mut engineer = Engineer::of(app).await;
        app.idp.rotate();
        let mut token = claims(app, "rotated");
        token["sid"] = "sid-of-Engineer".into();
        assert_eq!(send(app, &app.idp.sign(&token)).await, 200);
        assert!(!engineer.is_signed_in().await);
    })
    .await;
}
