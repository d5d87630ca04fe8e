//! How sessions end.

use crate::kit::{Auditor, Browser, Engineer, Stranger, TestApp, each, each_with, state};
use causeway_portal::Portal;
use causeway_portal::access::{
    Actor,
    sessions::{SignIn, Standing, TokenHash},
};
use causeway_store::sessions;
use chrono::TimeDelta;
use serde_json::json;
use sha2::{Digest, Sha256};

async fn actor(portal: &Portal, browser: &Browser) -> Actor {
    let token = browser.cookies.values().next().unwrap();
    match portal.standing(&TokenHash::of(token)).await.unwrap() {
        Standing::SignedIn { actor, .. } => *actor,
        Standing::Nobody => panic!("nobody is signed in"),
    }
}

fn long_roles(config: &mut causeway_server::config::Config) {
    config.sign_in.roles_max_age = "7d".parse().unwrap();
}

#[tokio::test]
async fn an_unused_session_ends_and_a_used_one_goes_on() {
    each_with(long_roles, async |app| {
        let mut engineer = Engineer::of(app).await;
        for _ in 0..4 {
            app.clock.advance(TimeDelta::minutes(100));
            assert!(engineer.is_signed_in().await, "use keeps it");
        }
        app.clock.advance(TimeDelta::minutes(121));
        assert!(!engineer.is_signed_in().await);
        let page = engineer.get("/").await.expect(303);
        assert_eq!(page.location(), "/sign-in?return_to=%2F");
    })
    .await;
}

#[tokio::test]
async fn no_use_keeps_a_session_beyond_its_absolute_end() {
    each_with(long_roles, async |app| {
        let mut engineer = Engineer::of(app).await;
        for _ in 0..11 {
            app.clock.advance(TimeDelta::minutes(65));
            assert!(engineer.is_signed_in().await);
        }
        app.clock.advance(TimeDelta::minutes(6));
        assert!(!engineer.is_signed_in().await);
    })
    .await;
}

#[tokio::test]
async fn old_roles_are_renewed_without_a_word_or_with_a_sign_in() {
    each(async |app| {
        let mut auditor = Auditor::of(app).await;
        auditor.fetch("/audit/export?format=csv").await.expect(200);
        app.clock.advance(TimeDelta::minutes(61));
        let refused = auditor.fetch("/audit/export?format=csv").await.expect(401);
        assert!(refused.body.contains("\"signed_out\""), "{}", refused.body);
        let to = auditor.get("/audit/export?format=csv").await.expect(303).location().to_owned();
        let silent = auditor.get(&to).await.expect(303).location().to_owned();
        assert!(silent.contains("prompt=none"), "{silent}");
        // The provider knows nobody any more: now it may show its page.
        let back = format!("/sign-in/callback?error=login_required&state={}", state(&silent));
        let plain = auditor.get(&back).await.expect(303).location().to_owned();
        assert!(!plain.contains("prompt=none"), "{plain}");
        // Meanwhile the person has lost the role.
        app.idp.says(serde_json::json!({ "sub": "Auditor", "groups": [] }));
        auditor.come_back(app, &plain).await.expect(303);
        auditor.fetch("/audit/export?format=csv").await.expect(403);
    })
    .await;
}

/// What an open page does each hour: to the provider and back, without a word.
async fn renew(app: &TestApp, browser: &mut Browser) -> String {
    let silent = browser.begin("/").await;
    assert!(silent.contains("prompt=none"), "{silent}");
    browser.come_back(app, &silent).await.expect(303).location().to_owned()
}

#[tokio::test]
async fn renewing_roles_does_not_put_the_end_off() {
    each(async |app| {
        let mut engineer = Engineer::of(app).await;
        let begun = actor(&app.portal, &engineer).await;
        let begun = app.portal.sessions(&begun).await.unwrap()[0].signed_in_at;
        for _ in 0..11 {
            app.clock.advance(TimeDelta::minutes(61));
            assert!(!engineer.is_signed_in().await, "the roles are old");
            assert_eq!(renew(app, &mut engineer).await, "/");
            assert!(engineer.is_signed_in().await);
        }
        let now = actor(&app.portal, &engineer).await;
        assert_eq!(app.portal.sessions(&now).await.unwrap()[0].signed_in_at, begun);
        let actions: Vec<String> = app.record().await.into_iter().map(|e| e.action).collect();
        assert_eq!((actions[0].as_str(), actions[11].as_str()), ("session.signed_in", "session.renewed"));
        // The twelfth hour ends it: the provider is asked as it asks strangers.
        app.clock.advance(TimeDelta::minutes(61));
        assert!(!engineer.begin("/").await.contains("prompt=none"));
    })
    .await;
}

#[tokio::test]
async fn without_a_word_only_the_same_person_goes_on() {
    each(async |app| {
        let mut engineer = Engineer::of(app).await;
        app.clock.advance(TimeDelta::minutes(61));
        app.idp.says(json!({ "sub": "Auditor", "name": "Auditor", "groups": ["auditors"] }));
        let plain = renew(app, &mut engineer).await;
        assert!(plain.starts_with(&app.idp.issuer) && !plain.contains("prompt=none"), "{plain}");
        assert!(!engineer.is_signed_in().await, "nobody is signed in in their place");
        engineer.come_back(app, &plain).await.expect(303);
        assert_eq!(actor(&app.portal, &engineer).await.person.name, "Auditor");
        assert_eq!(app.record().await.pop().unwrap().action, "session.signed_in");
    })
    .await;
}

#[tokio::test]
async fn a_second_factor_that_is_asked_for_later_is_asked_of_everybody() {
    let strict = |config: &mut causeway_server::config::Config| config.sign_in.require_mfa = true;
    each_with(strict, async |app| {
        // A session from before.
        let token = "AAECAwQFBgcICQoLDA0ODw";
        let facts = SignIn {
            issuer: app.idp.issuer.clone(),
            subject: "someone".into(),
            name: "Some One".into(),
            email: String::new(),
            groups: Vec::new(),
            groups_note: None,
            grants: Vec::new(),
            provider_sid: None,
            id_token: None,
            mfa: false,
            since: None,
            data: "{}".into(),
            browser: Default::default(),
        };
        app.portal.sign_in(&TokenHash::of(token), &facts).await.unwrap();
        let mut browser = Browser::new(app);
        browser.cookies.insert(app.cookie.into(), token.into());
        assert!(!browser.is_signed_in().await);
        app.idp.says(json!({ "amr": ["pwd", "otp"] }));
        assert_eq!(renew(app, &mut browser).await, "/");
        assert!(browser.is_signed_in().await);
    })
    .await;
}

#[tokio::test]
async fn a_way_to_the_provider_has_its_own_time() {
    let short = |config: &mut causeway_server::config::Config| config.sign_in.session_idle = "2m".parse().unwrap();
    each_with(short, async |app| {
        let mut browser = Browser::new(app);
        let address = browser.begin("/").await;
        app.clock.advance(TimeDelta::minutes(14));
        let mut conn = app.portal.db().begin().await.unwrap();
        let now = causeway_store::micros(app.portal.now());
        sessions::sweep(&mut conn, now, now - 120_000_000).await.unwrap();
        conn.commit().await.unwrap();
        browser.come_back(app, &address).await.expect(303);
        let mut late = Browser::new(app);
        let address = late.begin("/").await;
        app.clock.advance(TimeDelta::minutes(16));
        late.come_back(app, &address).await.expect(400);
    })
    .await;
}

#[tokio::test]
async fn a_session_that_ends_while_a_flow_is_saved_stays_ended() {
    each(async |app| {
        let token = TokenHash::of("a-browser");
        app.portal.begin_flow(&token, "{}".into(), &Default::default()).await.unwrap();
        let mut ending = app.portal.db().begin().await.unwrap();
        let hash = hex::encode(Sha256::digest("a-browser"));
        sessions::remove_by_token(&mut ending, &hash).await.unwrap().expect("it is there");
        let (portal, saved) = (app.portal.clone(), token.clone());
        let saving = tokio::spawn(async move { portal.save_flow(&saved, "{\"late\":1}".into()).await });
        // Far enough to have read the row that is about to go.
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        ending.commit().await.unwrap();
        saving.await.unwrap().unwrap();
        assert_eq!(app.portal.flow(&token).await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn a_form_after_the_end_of_its_session_keeps_what_was_typed() {
    each(async |app| {
        let mut engineer = Engineer::of(app).await;
        let kept = engineer.cookies.clone();
        engineer.cookies.clear();
        let path = "/api/requests/comment";
        let form = |to: &str, referer: &str| {
            http::Request::post(to)
                .header("accept", "text/html")
                .header("sec-fetch-site", "same-origin")
                .header("referer", format!("http://localhost:3000{referer}"))
                .header("content-type", "application/x-www-form-urlencoded")
                .body(axum::body::Body::from("id=7&comment=%22No%22%0D%0A%3Cscript%3E"))
                .unwrap()
        };
        let page = engineer.send(form(path, "/requests/7?tab=price")).await.expect(401);
        page.says("You are signed out");
        page.says("href=\"/sign-in?return_to=%2Frequests%2F7%3Ftab%3Dprice\" target=\"_blank\"");
        page.says("name=\"comment\" value=\"&quot;No&quot;\r\n&lt;script&gt;\"");
        let action = "/api/requests/comment?page=%2Frequests%2F7%3Ftab%3Dprice";
        page.says(&format!("<form method=\"post\" action=\"{action}\">"));
        // Pressed too early: the same page again, the way back not lost.
        engineer.send(form(action, action)).await.expect(401).says(&format!("action=\"{action}\""));
        // Signed in in another tab: the answer leads back to the page of the form.
        engineer.cookies = kept;
        let done = engineer.send(form(action, action)).await.expect(302);
        assert!(done.location().starts_with("http://localhost:3000/requests/7?tab=price"), "{}", done.location());
        // Nobody is led elsewhere by an address that somebody made up.
        let crafted = "/api/requests/comment?page=https%3A%2F%2Fevil.example";
        let answer = engineer.send(form(crafted, crafted)).await.expect(302);
        assert!(answer.location().starts_with("http://localhost:3000/"), "{}", answer.location());
    })
    .await;
}

#[tokio::test]
async fn people_see_and_end_their_own_sessions_only() {
    each(async |app| {
        let (mut here, mut there, stranger) =
            (Engineer::of(app).await, Engineer::of(app).await, Stranger::of(app).await);
        let (me, other) = (actor(&app.portal, &here).await, actor(&app.portal, &there).await);
        assert_eq!(me.person.id, other.person.id);
        let list = app.portal.sessions(&me).await.unwrap();
        assert_eq!(list.iter().map(|s| s.current).filter(|c| *c).count(), 1);
        assert_eq!(list.len(), 2);

        let foreign = actor(&app.portal, &stranger).await;
        let refused = app.portal.revoke_session(&foreign, other.session).await.unwrap_err();
        assert_eq!(refused.kind, causeway_contract::ErrorKind::NotFound);
        assert!(there.is_signed_in().await, "somebody else's session stays");
        let event = app.record().await.pop().unwrap();
        assert_eq!(
            (event.action.as_str(), event.actor_name.as_str(), event.outcome.as_str()),
            ("session.revoked", "Stranger", "refused")
        );
        assert_eq!(event.subject_id, other.session.to_string());

        app.portal.revoke_session(&me, other.session).await.unwrap();
        assert!(here.is_signed_in().await && !there.is_signed_in().await);
        let event = app.record().await.pop().unwrap();
        assert_eq!((event.action.as_str(), event.actor_name.as_str()), ("session.revoked", "Engineer"));
    })
    .await;
}

#[tokio::test]
async fn signing_out_ends_it_here_and_leads_on_to_the_provider() {
    each(async |app| {
        let mut engineer = Engineer::of(app).await;
        let copy = engineer.cookies.clone();
        let page = engineer.post("/sign-out", "").await.expect(200);
        page.says("You are signed out of Causeway");
        page.says(&format!("content=\"0;url={}/end-session?", app.idp.issuer));
        page.says("id_token_hint=");
        page.says("post_logout_redirect_uri=http%3A%2F%2Flocalhost%3A3000%2F");
        assert!(engineer.cookies.is_empty(), "the cookie is taken back");
        engineer.cookies = copy;
        assert!(!engineer.is_signed_in().await, "a kept copy of the cookie is worth nothing");
        assert_eq!(app.record().await.pop().unwrap().action, "session.signed_out");
        engineer.post("/sign-out", "").await.expect(200).says("Your session here had ended already");
    })
    .await;
}

#[tokio::test]
async fn the_cookie_is_as_narrow_as_the_address_allows() {
    each(async |app| {
        let set = Browser::new(app).get("/sign-in").await.expect(303);
        let cookie = set.header("set-cookie");
        assert!(
            cookie.starts_with("causeway=") && cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"),
            "{cookie}"
        );
        assert!(cookie.contains("Path=/") && !cookie.contains("Domain") && !cookie.contains("Secure"), "{cookie}");
    })
    .await;
    let public = |config: &mut causeway_server::config::Config| {
        config.server.public_url = "https://portal.example.com".parse().unwrap()
    };
    each_with(public, async |app| {
        let set = Browser::new(app).get("/sign-in").await.expect(303);
        let cookie = set.header("set-cookie");
        assert!(
            cookie.starts_with("__Host-causeway=") && cookie.contains("Secure") && cookie.contains("Path=/"),
            "{cookie}"
        );
        assert!(set.location().contains("redirect_uri=https%3A%2F%2Fportal.example.com%2Fsign-in%2Fcallback"));
    })
    .await;
}

#[tokio::test]
async fn odd_cookies_are_nobody() {
    each(async |app| {
        for odd in ["x", "''; DROP TABLE sessions; --", "AAAAAAAAAAAAAAAAAAAAAA", &"a".repeat(5_000)] {
            let mut browser = Browser::new(app);
            browser.cookies.insert(app.cookie.into(), odd.into());
            assert!(!browser.is_signed_in().await);
            browser.get("/sign-in").await.expect(303);
        }
    })
    .await;
}
