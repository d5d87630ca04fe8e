//! The way to the provider and back.

use crate::kit::{Browser, Odd, each, each_with, state};
use causeway_server::config::Span;
use causeway_store::sessions;
use chrono::TimeDelta;
use serde_json::json;
use sha2::{Digest, Sha256};
use std::time::Duration;

#[tokio::test]
async fn a_person_comes_back_to_where_they_wanted_to_go() {
    each(async |app| {
        app.idp.says(json!({ "groups": ["engineers"] }));
        let mut browser = Browser::new(app);
        let sent = browser.get("/audit/export?format=csv&q=a%20b").await.expect(303);
        assert_eq!(sent.location(), "/sign-in?return_to=%2Faudit%2Fexport%3Fformat%3Dcsv%26q%3Da%2520b");
        let to = sent.location().to_owned();
        let address = browser.get(&to).await.expect(303).location().to_owned();
        assert!(
            !address.contains("return_to") && !address.contains("audit"),
            "the way back is ours to keep: {address}"
        );
        let before = browser.cookies[app.cookie].clone();
        let back = browser.come_back(app, &address).await.expect(303);
        assert_eq!(back.location(), "/audit/export?format=csv&q=a%20b");
        assert!(browser.is_signed_in().await);

        let after = browser.cookies[app.cookie].clone();
        assert_ne!(before, after, "a planted session id is worth nothing after sign-in");
        let mut planted = Browser::new(app);
        planted.cookies.insert(app.cookie.into(), before);
        assert!(!planted.is_signed_in().await);

        let mut conn = app.portal.db().read().await.unwrap();
        assert!(sessions::by_token(&mut conn, &after).await.unwrap().is_none(), "the cookie's value is nowhere");
        let row = sessions::by_token(&mut conn, &hex::encode(Sha256::digest(&after))).await.unwrap().unwrap();
        assert_eq!(row.data, "{}");
        drop(conn);
        let event = app.record().await.pop().unwrap();
        assert_eq!(
            (event.action.as_str(), event.actor_name.as_str(), event.outcome.as_str()),
            ("session.signed_in", "Some One", "done")
        );
        assert!(event.detail.contains("engineer in team:payments") && !event.detail.contains(&after));
    })
    .await;
}

#[tokio::test]
async fn a_state_that_is_not_ours_gets_nobody_in() {
    each(async |app| {
        let mut browser = Browser::new(app);
        let address = browser.begin("/").await;
        let code = app.idp.code_for(&address);
        for wrong in [String::new(), "&state=".into(), "&state=guessed".into()] {
            browser
                .get(&format!("/sign-in/callback?code={code}{wrong}"))
                .await
                .expect(400)
                .says("This sign-in has run out");
        }
        // Another browser's state, which is login CSRF.
        let mut other = Browser::new(app);
        other.begin("/").await;
        other.get(&format!("/sign-in/callback?code={code}&state={}", state(&address))).await.expect(400);
        assert!(!browser.is_signed_in().await && !other.is_signed_in().await);
        assert!(app.record().await.is_empty(), "strangers cannot fill the record");
    })
    .await;
}

#[tokio::test]
async fn a_way_back_is_used_once() {
    each(async |app| {
        let mut browser = Browser::new(app);
        let address = browser.begin("/").await;
        let code = app.idp.code_for(&address);
        let back = format!("/sign-in/callback?code={code}&state={}", state(&address));
        let mut copy = browser.clone();
        browser.get(&back).await.expect(303);
        copy.get(&back).await.expect(400);
        // The used code in a flow of its own.
        let mut thief = Browser::new(app);
        let fresh = thief.begin("/").await;
        thief
            .get(&format!("/sign-in/callback?code={code}&state={}", state(&fresh)))
            .await
            .expect(403)
            .says("could not be verified");
        let event = app.record().await.pop().unwrap();
        assert_eq!((event.action.as_str(), event.outcome.as_str()), ("session.refused", "refused"));
        assert!(event.detail.contains("invalid_grant"), "{}", event.detail);
    })
    .await;
}

#[tokio::test]
async fn another_flows_code_fails_at_pkce() {
    each(async |app| {
        let mut browser = Browser::new(app);
        let (first, second) = (browser.begin("/").await, browser.begin("/").await);
        let code = app.idp.code_for(&first);
        browser.get(&format!("/sign-in/callback?code={code}&state={}", state(&second))).await.expect(403);
        assert!(!browser.is_signed_in().await);
        // Two tabs at once are fine each for itself.
        browser.come_back(app, &first).await.expect(303);
        assert!(browser.is_signed_in().await);
    })
    .await;
}

#[tokio::test]
async fn every_tab_that_was_signing_in_gets_to_where_it_wanted() {
    each(async |app| {
        let mut browser = Browser::new(app);
        let tabs = [browser.begin("/requests").await, browser.begin("/catalogue").await, browser.begin("/").await];
        assert_eq!(browser.come_back(app, &tabs[0]).await.expect(303).location(), "/requests");
        let cookie = browser.cookies.clone();
        assert_eq!(browser.come_back(app, &tabs[1]).await.expect(303).location(), "/catalogue");
        assert_eq!(browser.come_back(app, &tabs[2]).await.expect(303).location(), "/");
        // What nobody here began leads a signed-in person home, and changes nothing.
        let forged = browser.get("/sign-in/callback?code=x&state=forged").await.expect(303);
        assert_eq!((forged.location(), &browser.cookies), ("/", &cookie));
        assert!(browser.is_signed_in().await);
        assert_eq!(app.record().await.len(), 1, "one sign-in");
        // It leads this browser only.
        Browser::new(app).come_back(app, &tabs[1]).await.expect(400);
    })
    .await;
}

#[tokio::test]
async fn what_strangers_write_into_the_record_is_short_and_little() {
    each(async |app| {
        let mut browser = Browser::new(app);
        for _ in 0..25 {
            let address = browser.begin("/").await;
            let (error, described) = ("e%0A%E2%80%AE".repeat(100), "d".repeat(3_000));
            let back =
                format!("/sign-in/callback?error={error}&error_description={described}&state={}", state(&address));
            browser.get(&back).await.expect(403);
        }
        let record = app.record().await;
        assert_eq!(record.len(), 20, "the rest of a minute is only logged");
        let detail: serde_json::Value = serde_json::from_str(&record[0].detail).unwrap();
        let more = detail["more"].as_str().unwrap();
        assert!(more.starts_with(&format!("{}: d", "e".repeat(60))), "{more}");
        assert_eq!(more.chars().count(), 500);
        app.clock.advance(TimeDelta::seconds(60));
        let address = browser.begin("/").await;
        browser.get(&format!("/sign-in/callback?error=access_denied&state={}", state(&address))).await.expect(403);
        assert_eq!(app.record().await.len(), 21);
    })
    .await;
}

#[tokio::test]
async fn a_subject_is_taken_to_the_letter_or_not_at_all() {
    each(async |app| {
        for odd in [json!(""), json!("x".repeat(256)), json!(7), json!(null)] {
            app.idp.says(json!({ "sub": odd }));
            let mut browser = Browser::new(app);
            browser.sign_in(app).await.expect(403);
            assert!(!browser.is_signed_in().await, "{odd}");
        }
        app.idp.says(json!({ "sid": "s".repeat(256) }));
        Browser::new(app).sign_in(app).await.expect(403);
        // Two that differ in the last sign only are two people.
        let mut people = std::collections::BTreeSet::new();
        for last in ["a", "b"] {
            app.idp.says(json!({ "sub": format!("{}{last}", "x".repeat(254)) }));
            Browser::new(app).sign_in(app).await.expect(303);
            people.insert(app.record().await.pop().unwrap().actor_id);
        }
        assert_eq!(people.len(), 2);
    })
    .await;
}

#[tokio::test]
async fn keys_that_could_not_be_fetched_are_fetched_again_soon() {
    each(async |app| {
        Browser::new(app).sign_in(app).await.expect(303);
        app.idp.rotate();
        app.idp.desk().keys_down = true;
        Browser::new(app).sign_in(app).await.expect(503);
        app.idp.desk().keys_down = false;
        app.clock.advance(TimeDelta::seconds(3));
        Browser::new(app).sign_in(app).await.expect(303);
    })
    .await;
}

#[tokio::test]
async fn from_a_page_of_ours_the_way_to_the_provider_is_a_page() {
    each(async |app| {
        let get = |name: &'static str, value: &'static str| {
            let request = http::Request::get("/sign-in?return_to=%2Frequests").header("accept", "text/html");
            request.header(name, value).body(axum::body::Body::empty()).unwrap()
        };
        for (name, value) in [("sec-fetch-site", "same-origin"), ("referer", "http://localhost:3000/requests")] {
            let mut browser = Browser::new(app);
            let page = browser.send(get(name, value)).await.expect(200);
            page.says("Signing you in");
            page.says(&format!("content=\"0;url={}/authorize?", app.idp.issuer));
            // It goes on like any other.
            let (_, rest) = page.body.split_once("href=\"http").unwrap();
            let address = format!("http{}", rest.split('"').next().unwrap()).replace("&amp;", "&");
            assert_eq!(browser.come_back(app, &address).await.expect(303).location(), "/requests");
        }
        for (name, value) in
            [("sec-fetch-site", "none"), ("sec-fetch-site", "cross-site"), ("referer", "https://evil.example/")]
        {
            Browser::new(app).send(get(name, value)).await.expect(303);
        }
    })
    .await;
}

#[tokio::test]
async fn tokens_that_are_not_for_us_are_refused() {
    each(async |app| {
        let now = app.idp.now();
        for (wrong, why) in [
            (json!({ "nonce": "another" }), "nonce"),
            (json!({ "nonce": null }), "nonce"),
            (json!({ "aud": "another-application" }), "audience"),
            (json!({ "aud": ["causeway", "another-application"] }), "audience"),
            (json!({ "iss": "https://evil.example" }), "issuer"),
            (json!({ "exp": now - 200 }), "Expired"),
            (json!({ "iat": now + 200 }), "future"),
        ] {
            app.idp.says(wrong.clone());
            let mut browser = Browser::new(app);
            browser.sign_in(app).await.expect(403).says("You are not signed in");
            assert!(!browser.is_signed_in().await, "{wrong}");
            let detail = app.record().await.pop().unwrap().detail;
            assert!(detail.contains(why), "{wrong}: {detail}");
        }
    })
    .await;
}

#[tokio::test]
async fn clocks_may_differ_by_two_minutes() {
    each(async |app| {
        let now = app.idp.now();
        for fine in [json!({ "iat": now + 100 }), json!({ "exp": now - 100 })] {
            app.idp.says(fine.clone());
            let mut browser = Browser::new(app);
            browser.sign_in(app).await.expect(303);
            assert!(browser.is_signed_in().await, "{fine}");
        }
    })
    .await;
}

#[tokio::test]
async fn keys_rotate_without_a_restart_and_strangers_cannot_make_us_fetch() {
    each(async |app| {
        Browser::new(app).sign_in(app).await.expect(303);
        app.idp.rotate();
        Browser::new(app).sign_in(app).await.expect(303);
        let fetched = app.idp.desk().key_fetches;
        app.idp.desk().foreign_key = true;
        for _ in 0..4 {
            Browser::new(app).sign_in(app).await.expect(403);
        }
        assert_eq!(app.idp.desk().key_fetches, fetched, "within the floor nothing is fetched");
        app.clock.advance(TimeDelta::seconds(11));
        Browser::new(app).sign_in(app).await.expect(403);
        assert_eq!(app.idp.desk().key_fetches, fetched + 1);
    })
    .await;
}

#[tokio::test]
async fn a_provider_that_is_away_or_slow_gets_a_page_with_a_way_on() {
    let quick = |config: &mut causeway_server::config::Config| config.sign_in.timeout = Span::seconds(1);
    each_with(quick, async |app| {
        app.idp.desk().down = true;
        let page = Browser::new(app).get("/sign-in?return_to=/requests").await.expect(503);
        page.says("Sign-in is not possible right now");
        page.says("href=\"/sign-in?return_to=%2Frequests\"");
        assert_eq!(page.header("retry-after"), "30");
        app.idp.desk().down = false;
        app.clock.advance(TimeDelta::seconds(3));
        let mut browser = Browser::new(app);
        // Gone while the person was there: it is not their fault, and nobody is refused.
        for odd in [Odd::Down, Odd::Page, Odd::Busy] {
            let address = browser.begin("/requests").await;
            app.idp.desk().odd = Some(odd);
            let page = browser.come_back(app, &address).await.expect(503);
            page.says("Sign-in is not possible right now");
            page.says("href=\"/sign-in?return_to=%2Frequests\"");
            app.idp.desk().odd = None;
        }
        assert!(app.record().await.is_empty());
        let address = browser.begin("/requests").await;
        app.idp.desk().delay = Duration::from_secs(3);
        browser.come_back(app, &address).await.expect(503).says("Try again");
        app.idp.desk().delay = Duration::ZERO;
        let again = browser.begin("/requests").await;
        browser.come_back(app, &again).await.expect(303);
    })
    .await;
}

#[tokio::test]
async fn what_the_provider_refuses_is_said_and_recorded() {
    each(async |app| {
        let mut browser = Browser::new(app);
        let address = browser.begin("/").await;
        let back = format!(
            "/sign-in/callback?error=access_denied&error_description=%3Cb%3Eno%3C%2Fb%3E&state={}",
            state(&address)
        );
        let page = browser.get(&back).await.expect(403);
        page.says("cancelled or refused");
        assert!(!page.body.contains("<b>"), "what the provider writes never becomes markup");
        assert!(app.record().await.pop().unwrap().detail.contains("access_denied"));
        // Mix-up: the answer names another issuer.
        let address = browser.begin("/").await;
        let code = app.idp.code_for(&address);
        let mixed = format!("/sign-in/callback?code={code}&state={}&iss=https%3A%2F%2Fevil.example", state(&address));
        browser.get(&mixed).await.expect(403);
    })
    .await;
}

#[tokio::test]
async fn without_a_second_factor_people_are_asked_once_and_then_told() {
    let strict = |config: &mut causeway_server::config::Config| {
        config.sign_in.require_mfa = true;
        config.sign_in.mfa_acr = vec!["loa2".into()];
    };
    each_with(strict, async |app| {
        app.idp.says(json!({ "amr": ["pwd"] }));
        let mut browser = Browser::new(app);
        let first = browser.begin("/requests").await;
        assert!(!first.contains("acr_values"));
        let step_up = browser.come_back(app, &first).await.expect(303).location().to_owned();
        assert!(step_up.contains("acr_values=loa2") && step_up.contains("max_age=0"), "{step_up}");
        assert!(!browser.is_signed_in().await);
        browser.come_back(app, &step_up).await.expect(403).says("second factor");
        assert!(app.record().await.pop().unwrap().detail.contains("second_factor"));

        app.idp.says(json!({ "amr": ["pwd"] }));
        let first = browser.begin("/requests").await;
        let step_up = browser.come_back(app, &first).await.expect(303).location().to_owned();
        app.idp.says(json!({ "acr": "loa2" }));
        assert_eq!(browser.come_back(app, &step_up).await.expect(303).location(), "/requests");
        assert!(browser.is_signed_in().await);
    })
    .await;
}
