//! The way in through the sandbox's OpenID provider, over real HTTP.

use crate::kit::{Browser, each_with, state};
use causeway_sandbox::{Sandbox, SandboxConfig, people};
use causeway_server::config::{RoleRule, Secret};

#[tokio::test]
async fn people_of_the_sandbox_sign_in_and_are_signed_out_by_it() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let dir = tempfile::tempdir().unwrap();
    let sandbox = Sandbox::start(SandboxConfig::new(dir.path(), "http://localhost:3000")).await.unwrap();
    let configure = |config: &mut causeway_server::config::Config| {
        config.sign_in.issuer = sandbox.issuer().parse().unwrap();
        config.sign_in.client_id = sandbox.client_id().into();
        config.sign_in.client_secret = Secret::new(sandbox.client_secret());
        config.roles.map = vec![RoleRule { group: people::AUDITORS.into(), role: "auditor".parse().unwrap(), scope: "everything".into() }];
    };
    each_with(configure, async |app| {
        let http = causeway_connect::http::client(None).unwrap();
        let mut browser = Browser::new(app);
        let address = browser.begin("/").await;
        let query = address.split_once('?').unwrap().1;
        let form: String = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs([("query", query), ("person", "ines-moreau"), ("second_factor", "on")])
            .finish();
        let answer = http
            .post(format!("{}/sign-in", sandbox.issuer()))
            .header("origin", sandbox.issuer())
            .header("sec-fetch-site", "same-origin")
            .header("content-type", "application/x-www-form-urlencoded")
            .body(form)
            .send()
            .await
            .unwrap();
        let status = answer.status();
        let to = answer.headers().get("location").map(|v| v.to_str().unwrap().to_owned()).unwrap_or_default();
        assert!(to.starts_with("http://localhost:3000/sign-in/callback?"), "{status} {to}");
        assert_eq!(state(&to), state(&address));
        browser.get(to.strip_prefix("http://localhost:3000").unwrap()).await.expect(303);
        browser.get("/audit/export?format=csv").await.expect(200);
        let event = app.record().await.pop().unwrap();
        assert_eq!(event.actor_name, "Ines Moreau");
        assert!(event.detail.contains("\"second_factor\":true"), "{}", event.detail);
    })
    .await;
    sandbox.shutdown().await;
}
