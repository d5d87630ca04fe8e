//! What becomes of a pull request, and of the request and environment with it.

use crate::world::World;
use causeway_contract::{
    actions::Action,
    environments::{EnvironmentFilter, EnvironmentState},
    requests::{RequestKind, RequestState},
};
use causeway_store::testing::each_engine;
use chrono::TimeDelta;
use reqwest::Method;
use serde_json::json;

pub(crate) async fn pull_request(
    world: &World,
    actor: &causeway_portal::access::Actor,
    id: causeway_contract::ids::RequestId,
) -> i64 {
    world.view(actor, id).await.delivery.unwrap().pull_request.unwrap().id
}

pub(crate) async fn close(world: &World, number: i64, how: &str) {
    let path = format!("/pull-requests/{number}");
    let version = world.bitbucket(Method::GET, &path, "farah.haddad", None).await["version"].as_i64().unwrap();
    world.bitbucket(Method::POST, &format!("{path}/{how}?version={version}"), "farah.haddad", Some(json!({}))).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn merged_it_lives_then_changes_then_goes() {
    for db in each_engine().await {
        let world = World::start(db).await;
        let engineer = world.engineer().await;
        let id = world.submit(&engineer, "receipts", "development").await;
        world.run().await;
        let view = world.view(&engineer, id).await;
        let delivery = view.delivery.clone().unwrap();
        assert_eq!(delivery.approval_status.as_deref(), Some("SUCCESSFUL"));
        let author = world.git(&["show", "-s", "--format=%an <%ae>|%cn", &delivery.branch]);
        assert_eq!(author, "Amara Okafor <amara.okafor@example.com>|Causeway");
        let trailer =
            world.git(&["show", "-s", "--format=%(trailers:key=Causeway-Request,valueonly)", &delivery.branch]);
        assert_eq!(trailer, id.to_string());
        let pushed = world.git(&["diff", "--name-only", "main", &delivery.branch]);
        let shown: Vec<&str> = view.files.iter().map(|f| f.path.as_str()).collect();
        assert_eq!(pushed.lines().collect::<Vec<_>>(), shown, "the branch holds the files that were shown");
        for file in &view.files {
            let content = world.git(&["show", &format!("{}:{}", delivery.branch, file.path)]);
            let lines: Vec<&str> = file.lines.iter().filter(|l| l.new.is_some()).map(|l| l.text.as_str()).collect();
            assert_eq!(content.lines().collect::<Vec<_>>(), lines, "{}", file.path);
        }

        close(&world, pull_request(&world, &engineer, id).await, "merge").await;
        world.run().await;
        assert_eq!(world.state(&engineer, id).await, RequestState::Merged);
        let environment =
            world.portal.environments(&engineer, EnvironmentFilter::default()).await.unwrap().items.remove(0);
        assert_eq!((environment.name.as_str(), environment.state), ("receipts", EnvironmentState::Live));
        let page = world.portal.environment(&engineer, environment.id).await.unwrap();
        assert_eq!(page.files.len(), view.files.len());

        let draft = world.portal.request_update(&engineer, environment.id).await.unwrap();
        let same = world.send(&engineer, draft, Default::default()).await.unwrap_err();
        assert!(same.fields.iter().any(|f| f.message.contains("change no file")), "{same:?}");
        let more =
            [("versions".to_owned(), "false".to_owned()), ("environment_name".to_owned(), "other".to_owned())].into();
        let change = world.send(&engineer, draft, more).await.unwrap();
        world.run().await;
        let changed = world.view(&engineer, change).await;
        assert_eq!((changed.summary.kind, changed.summary.environment.as_str()), (RequestKind::Update, "receipts"));
        let blocked = world.portal.request_deletion(&engineer, environment.id).await.unwrap();
        assert!(world.send(&engineer, blocked, Default::default()).await.is_err(), "one change at a time");
        close(&world, pull_request(&world, &engineer, change).await, "merge").await;
        world.run().await;

        let gone = world.send(&engineer, blocked, Default::default()).await.unwrap();
        world.run().await;
        close(&world, pull_request(&world, &engineer, gone).await, "merge").await;
        world.run().await;
        assert_eq!(world.state(&engineer, gone).await, RequestState::Merged);
        assert_eq!(world.git(&["ls-tree", "-r", "--name-only", "main", "environments/"]), "");
        let page = world.portal.environment(&engineer, environment.id).await.unwrap();
        assert_eq!(page.summary.state, EnvironmentState::Removed);
        world.sandbox.shutdown().await;
        world.db.remove().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn declined_the_name_is_free_again() {
    for db in each_engine().await {
        let world = World::start(db).await;
        let engineer = world.engineer().await;
        let id = world.submit(&engineer, "receipts", "development").await;
        world.run().await;
        close(&world, pull_request(&world, &engineer, id).await, "decline").await;
        world.run().await;
        let view = world.view(&engineer, id).await;
        assert_eq!(view.summary.state, RequestState::Declined);
        assert!(view.delivery.unwrap().problem.unwrap().contains("Clone this request"));
        let draft = world.portal.clone_request(&engineer, id).await.unwrap();
        let again = world.send(&engineer, draft, Default::default()).await.unwrap();
        world.run().await;
        assert_eq!(world.state(&engineer, again).await, RequestState::InReview);
        world.sandbox.shutdown().await;
        world.db.remove().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn somebody_pushes_to_the_branch_and_the_status_fails() {
    for db in each_engine().await {
        let world = World::start(db).await;
        let engineer = world.engineer().await;
        let id = world.submit(&engineer, "receipts", "development").await;
        world.run().await;
        let delivery = world.view(&engineer, id).await.delivery.unwrap();
        push_to(&world, &delivery.branch);
        world.run().await;
        let view = world.view(&engineer, id).await;
        let now = view.delivery.unwrap();
        assert_eq!(now.approval_status.as_deref(), Some("FAILED"));
        assert!(now.problem.unwrap().contains("Somebody pushed"));
        let head = world.git(&["rev-parse", &delivery.branch]);
        let status = format!("/commits/{head}/builds?key=causeway%2Fapproval");
        let status = world.bitbucket(Method::GET, &status, world.sandbox.bot_user(), None).await;
        assert_eq!(status["state"], "FAILED");

        // The extra commit is taken off again.
        let ours = delivery.commit.unwrap();
        push(&world, &ours, &delivery.branch);
        world.clock.advance(TimeDelta::minutes(2));
        world.run().await;
        let healed = world.view(&engineer, id).await.delivery.unwrap();
        assert_eq!((healed.approval_status.as_deref(), healed.problem), (Some("SUCCESSFUL"), None));
        world.sandbox.shutdown().await;
        world.db.remove().await;
    }
}

/// A commit by somebody else, pushed to the branch.
fn push_to(world: &World, branch: &str) {
    let tree = world.git(&["rev-parse", "main^{tree}"]);
    let commit = world.git(&[
        "-c",
        "user.name=x",
        "-c",
        "user.email=x@example.com",
        "commit-tree",
        &tree,
        "-p",
        branch,
        "-m",
        "more",
    ]);
    push(world, &commit, branch);
}

/// As a person does it: over HTTP, so that Bitbucket hears of it.
fn push(world: &World, commit: &str, branch: &str) {
    let header = format!("http.extraHeader=Authorization: Bearer {}", world.sandbox.token_of("farah.haddad").unwrap());
    let url = world.sandbox.git_url("CLOUD", "infrastructure");
    // From a folder of its own: the objects come from the bare repository beside it.
    let from = world.dir.path().join("clone");
    if !from.exists() {
        world.git(&["clone", "--quiet", "--bare", world.bare().to_str().unwrap(), from.to_str().unwrap()]);
    }
    let git = |arguments: &[&str]| {
        let done = std::process::Command::new("git").arg("--git-dir").arg(&from).args(arguments).output().unwrap();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    };
    std::fs::write(from.join("objects/info/alternates"), format!("{}\n", world.bare().join("objects").display()))
        .unwrap();
    git(&["-c", &header, "push", "--quiet", "--force", &url, &format!("{commit}:refs/heads/{branch}")]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_folder_changed_since_the_approval_and_delivery_stops_before_it_writes() {
    for db in each_engine().await {
        let world = World::start(db).await;
        let engineer = world.engineer().await;
        let id = world.submit(&engineer, "receipts", "development").await;
        let path = "environments/development/payments/receipts/main.tf";
        let blob = world.git(&["hash-object", "-w", "/dev/null"]);
        let index = world.dir.path().join("index");
        let git = |arguments: &[&str]| {
            let done = std::process::Command::new("git")
                .env("GIT_INDEX_FILE", &index)
                .arg("--git-dir")
                .arg(world.bare())
                .args(arguments)
                .output()
                .unwrap();
            assert!(done.status.success(), "{done:?}");
            String::from_utf8(done.stdout).unwrap().trim().to_owned()
        };
        git(&["read-tree", "main"]);
        git(&["update-index", "--add", "--cacheinfo", &format!("100644,{blob},{path}")]);
        let tree = git(&["write-tree"]);
        let commit = git(&[
            "-c",
            "user.name=x",
            "-c",
            "user.email=x@example.com",
            "commit-tree",
            &tree,
            "-p",
            "main",
            "-m",
            "by hand",
        ]);
        git(&["update-ref", "refs/heads/main", &commit]);

        world.run().await;
        let view = world.view(&engineer, id).await;
        assert_eq!(view.summary.state, RequestState::Stuck);
        assert!(view.delivery.unwrap().problem.unwrap().contains("changed them since"));
        assert_eq!(world.git(&["for-each-ref", "refs/heads/causeway"]), "");
        assert!(view.actions.iter().find(|a| a.0 == Action::RetryDelivery).unwrap().1.is_ok());
        // Put right by hand, then tried again.
        git(&["update-ref", "refs/heads/main", &format!("{commit}^")]);
        world.portal.retry_delivery(&engineer, id).await.unwrap();
        world.run().await;
        assert_eq!(world.state(&engineer, id).await, RequestState::InReview);
        world.sandbox.shutdown().await;
        world.db.remove().await;
    }
}
