//! A restart goes on where it stopped.

use crate::kit::{World, config, expect};
use causeway_sandbox::{Sandbox, SandboxError, SeedRepository};
use serde_json::json;

#[tokio::test]
async fn everything_is_still_there() {
    let world = World::start().await;
    let clone = world.clone_infrastructure("a").await;
    let commit = world.push_branch(&clone, "x", "x.tf", "x\n").await;
    world.open("x").await;
    world.approve_build(&commit, "x").await;
    let (secret, token) = (world.sandbox.client_secret(), world.sandbox.bot_token());
    let keys = world.http.get(format!("{}/jwks", world.sandbox.issuer())).send().await.unwrap();
    let keys = expect(keys, 200).await;
    let World { sandbox, http, dir } = world;
    sandbox.shutdown().await;

    // Pushed while nobody was looking, as after a crash between git and the state file.
    let bare = dir.path().join("sandbox/repositories/cloud/infrastructure.git");
    let main =
        std::process::Command::new("git").arg("--git-dir").arg(&bare).args(["rev-parse", "main"]).output().unwrap();
    let main = String::from_utf8(main.stdout).unwrap().trim().to_owned();
    let moved = std::process::Command::new("git")
        .arg("--git-dir")
        .arg(&bare)
        .args(["update-ref", "refs/heads/late", &main])
        .status();
    assert!(moved.unwrap().success());

    let sandbox = Sandbox::start(config(dir.path())).await.unwrap();
    let world = World { sandbox, http, dir };
    assert_eq!((world.sandbox.client_secret(), world.sandbox.bot_token()), (secret, token));
    let after = world.http.get(format!("{}/jwks", world.sandbox.issuer())).send().await.unwrap();
    assert_eq!(expect(after, 200).await, keys);
    let pr = expect(world.get("P/pull-requests/1").send().await.unwrap(), 200).await;
    assert_eq!(pr["fromRef"]["latestCommit"], json!(commit));
    let branches = expect(world.get("P/branches?filterText=late").send().await.unwrap(), 200).await;
    assert_eq!(branches["size"], 1);
    let merged = expect(world.post("P/pull-requests/1/merge?version=0").send().await.unwrap(), 200).await;
    assert_eq!(merged["state"], "MERGED");
    // Numbers go on.
    let clone = world.clone_infrastructure("b").await;
    world.push_branch(&clone, "z", "z.tf", "z\n").await;
    assert_eq!(world.open("z").await["id"], 2);
}

#[tokio::test]
async fn what_cannot_start_says_why() {
    let dir = tempfile::tempdir().unwrap();
    crate::kit::client();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let mut wrong = config(dir.path());
    wrong.oidc_port = taken.local_addr().unwrap().port();
    assert!(matches!(Sandbox::start(wrong).await, Err(SandboxError::Port { .. })));

    let mut wrong = config(dir.path());
    wrong.portal_url = "http://localhost:3000/portal".into();
    assert!(matches!(Sandbox::start(wrong).await, Err(SandboxError::PortalUrl(_))));

    for path in ["../out", ".git/config", "", "a//b", "/abs"] {
        let mut wrong = config(dir.path());
        let files = [(path.to_owned(), Vec::new())].into();
        wrong.repositories =
            vec![SeedRepository { project: "X".into(), slug: "y".into(), files, ..SeedRepository::default() }];
        assert!(matches!(Sandbox::start(wrong).await, Err(SandboxError::Seed { .. })), "{path:?}");
    }

    std::fs::create_dir_all(dir.path().join("sandbox")).unwrap();
    std::fs::write(dir.path().join("sandbox/bitbucket.json"), "{").unwrap();
    let error = Sandbox::start(config(dir.path())).await.err().unwrap();
    assert!(error.to_string().contains("bitbucket.json"), "{error}");
}
