//! The way in through the sandbox's OpenID provider, over real HTTP.

use crate::kit::{Browser, each_with, state};
use causeway_sandbox::{Sandbox, SandboxConfig, catalogue_repository, infrastructure_repository, people};
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
        config.roles.map = vec![RoleRule {
            group: people::AUDITORS.into(),
            role: "auditor".parse().unwrap(),
            scope: "everything".into(),
        }];
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

#[tokio::test]
async fn the_online_check_asks_everybody_and_says_what_is_wrong() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let dir = tempfile::tempdir().unwrap();
    let files = causeway_portal::catalogue::shipped().into_iter().map(|(path, bytes)| (path, bytes.to_vec())).collect();
    let config = SandboxConfig {
        repositories: vec![infrastructure_repository(), catalogue_repository(files)],
        ..SandboxConfig::new(dir.path().join("world"), "http://localhost:3000")
    };
    let sandbox = Sandbox::start(config).await.unwrap();
    let check = async |token: String, email: &str| {
        let output = tokio::process::Command::new(env!("CARGO_BIN_EXE_causeway"))
            .current_dir(dir.path())
            .args(["check-config", "--online", "--data", "data"])
            .env("CAUSEWAY_SERVER__PUBLIC_URL", "http://localhost:3000")
            .env("CAUSEWAY_SIGN_IN__ISSUER", sandbox.issuer())
            .env("CAUSEWAY_SIGN_IN__CLIENT_ID", sandbox.client_id())
            .env("CAUSEWAY_BITBUCKET__URL", sandbox.bitbucket_url())
            .env("CAUSEWAY_BITBUCKET__PROJECT", "CLOUD")
            .env("CAUSEWAY_BITBUCKET__REPOSITORY", "infrastructure")
            .env("CAUSEWAY_BITBUCKET__TOKEN", &token)
            .env("CAUSEWAY_BITBUCKET__BOT_EMAIL", email)
            .env("CAUSEWAY_CATALOGUE__LOCATION", sandbox.catalogue_git_url())
            .env("CAUSEWAY_ROLES__MAP", r#"[{"group":"g","role":"auditor"}]"#)
            .output()
            .await
            .unwrap();
        assert!(output.stdout.is_empty());
        (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    let (code, said) = check(sandbox.bot_token(), "causeway-bot@causeway.example").await;
    assert_eq!(code, Some(0), "{said}");
    for part in ["ok     database: not there yet", "ok     sign_in:", "ok     catalogue:"] {
        assert!(said.contains(part), "{part} is not in\n{said}");
    }
    let (code, said) = check(sandbox.bot_token(), "another@causeway.example").await;
    assert_eq!(code, Some(2), "{said}");
    assert!(said.contains("another@causeway.example") && said.contains("causeway-bot@causeway.example"), "{said}");
    let (code, said) = check("a-token-nobody-gave".into(), "causeway-bot@causeway.example").await;
    assert_eq!(code, Some(2), "{said}");
    assert!(said.contains("wrong  ") && !said.contains("a-token-nobody-gave"), "{said}");
    sandbox.shutdown().await;
}
