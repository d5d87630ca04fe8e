//! What becomes of a pull request, and of the request and environment with it.

use crate::world::World;
use causeway_contract::{
    actions::Action,
    environments::{EnvironmentFilter, EnvironmentState},
    requests::{RequestKind, RequestState},
};
use causeway_store::testing::each_engine;
use chrono::TimeDelta;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn merged_it_lives_then_changes_then_goes() {
    for db in each_engine().await {
        let world = World::start(db).await;
        let engineer = world.engineer().await;
        let id = world.delivered(&engineer, "receipts").await;
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

        world.close(world.pull_request(&engineer, id).await, "merge").await;
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
        world.close(world.pull_request(&engineer, change).await, "merge").await;
        world.run().await;

        let gone = world.send(&engineer, blocked, Default::default()).await.unwrap();
        world.run().await;
        world.close(world.pull_request(&engineer, gone).await, "merge").await;
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
        let id = world.delivered(&engineer, "receipts").await;
        world.close(world.pull_request(&engineer, id).await, "decline").await;
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
        let id = world.delivered(&engineer, "receipts").await;
        let delivery = world.view(&engineer, id).await.delivery.unwrap();
        world.push(Some(&world.foreign_commit(&delivery.branch, &[("more.tf", "# more\n")])), &delivery.branch);
        world.run().await;
        let view = world.view(&engineer, id).await;
        let now = view.delivery.unwrap();
        assert_eq!(now.approval_status.as_deref(), Some("FAILED"));
        assert!(now.problem.unwrap().contains("Somebody pushed"));
        let head = world.git(&["rev-parse", &delivery.branch]);
        assert_eq!(world.status(&head).await, "FAILED");

        // The extra commit is taken off again.
        let ours = delivery.commit.unwrap();
        world.push(Some(&ours), &delivery.branch);
        world.clock.advance(TimeDelta::minutes(2));
        world.run().await;
        let healed = world.view(&engineer, id).await.delivery.unwrap();
        assert_eq!((healed.approval_status.as_deref(), healed.problem), (Some("SUCCESSFUL"), None));
        world.sandbox.shutdown().await;
        world.db.remove().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_folder_changed_since_the_approval_and_delivery_stops_before_it_writes() {
    for db in each_engine().await {
        let world = World::start(db).await;
        let engineer = world.engineer().await;
        let id = world.submit(&engineer, "receipts", "development").await;
        let path = "environments/development/payments/receipts/main.tf";
        let commit = world.foreign_commit("main", &[(path, "")]);
        world.push(Some(&commit), "main");

        world.run().await;
        let view = world.view(&engineer, id).await;
        assert_eq!(view.summary.state, RequestState::Stuck);
        let problem = view.delivery.unwrap().problem.unwrap();
        assert!(
            problem.contains("changed them since") && problem.contains("Withdraw this request and clone it"),
            "{problem}"
        );
        assert_eq!(world.git(&["for-each-ref", "refs/heads/causeway"]), "");
        assert!(view.actions.iter().find(|a| a.0 == Action::RetryDelivery).unwrap().1.is_ok());
        // Put right by hand, then tried again.
        world.push(Some(&world.git(&["rev-parse", &format!("{commit}^")])), "main");
        world.portal.retry_delivery(&engineer, id).await.unwrap();
        world.run().await;
        assert_eq!(world.state(&engineer, id).await, RequestState::InReview);
        world.sandbox.shutdown().await;
        world.db.remove().await;
    }
}
