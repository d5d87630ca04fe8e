//! How sessions end.

use crate::kit::{Auditor, Browser, Engineer, Stranger, each, each_with, state};
use causeway_portal::Portal;
use causeway_portal::access::{
    Actor,
    sessions::{Standing, TokenHash},
};
use chrono::TimeDelta;

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
        engineer.post("/sign-out", "").await.expect(303);
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
