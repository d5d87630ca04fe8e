//! Bitbucket away, slow, archived, in conflict; answers that are lost.

use crate::world::World;
use causeway_contract::requests::RequestState;
use causeway_portal::delivery::{Heeded, HostHint};
use causeway_store::testing::each_engine;
use chrono::TimeDelta;
use reqwest::Method;
use serde_json::json;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pages_of_a_proxy_are_waited_out_and_said_once() {
    for db in each_engine().await {
        let world = World::start(db).await;
        let engineer = world.engineer().await;
        let id = world.delivered(&engineer, "receipts").await;
        let delivery = world.view(&engineer, id).await.delivery.unwrap();
        world.push(Some(&world.foreign_commit(&delivery.branch, &[("more.tf", "# more\n")])), &delivery.branch);
        world.later(2).await;
        assert_eq!(world.told(id, "delivery.branch_moved").await, 1);
        for (status, page) in [(404, "<html><title>404 Not Found</title></html>"), (503, "<h1>Bitbucket is down</h1>")]
        {
            world
                .fault("GET", "/pull-requests", json!({ "status": status, "body": page, "content_type": "text/html" }))
                .await;
            for _ in 0..6 {
                world.later(5).await;
            }
            let view = world.view(&engineer, id).await;
            assert_eq!(view.summary.state, RequestState::InReview, "a page of {status} is no verdict");
            let now = view.delivery.unwrap();
            assert!(now.trouble.unwrap().contains("keeps trying; nothing is needed from you"), "{status}");
            assert!(now.problem.unwrap().contains("Somebody pushed"), "what was seen last stays");
            world.heal().await;
            world.later(6).await;
            let now = world.view(&engineer, id).await.delivery.unwrap();
            assert_eq!(now.trouble, None);
        }
        assert_eq!(world.told(id, "delivery.delayed").await, 2, "once for each time that it was away");
        assert_eq!(world.told(id, "delivery.resumed").await, 2);
        assert_eq!(world.told(id, "delivery.branch_moved").await, 1);
        world.end().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_busy_bitbucket_has_the_time_it_asks_for_whoever_is_in_a_hurry() {
    for db in each_engine().await {
        let world = World::start(db).await;
        let engineer = world.engineer().await;
        let id = world.delivered(&engineer, "receipts").await;
        let number = world.pull_request(&engineer, id).await;
        let slow = json!({ "status": 429, "body": "", "headers": { "Retry-After": "600" }, "times": 1 });
        world.fault("GET", "/pull-requests", slow).await;
        world.later(2).await;
        world.close(number, "merge").await;
        world.clock.advance(TimeDelta::seconds(500));
        let hint = [HostHint { pull_request: Some(number), branch: None }];
        let heard = world.portal.bitbucket_hints("m1", "CLOUD/infrastructure", &hint).await.unwrap();
        assert_eq!(heard, Heeded::Taken);
        assert_eq!(world.portal.run_due_jobs().await.unwrap(), 0, "it was asked to wait for ten minutes");
        assert_eq!(world.state(&engineer, id).await, RequestState::InReview);
        world.clock.advance(TimeDelta::seconds(101));
        world.portal.run_due_jobs().await.unwrap();
        assert_eq!(world.state(&engineer, id).await, RequestState::Merged);
        world.end().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_conflict_is_said_and_gone_when_it_is_gone() {
    for db in each_engine().await {
        let world = World::start(db).await;
        let engineer = world.engineer().await;
        let id = world.delivered(&engineer, "receipts").await;
        let main = world.git(&["rev-parse", "main"]);
        let other = [("environments/development/payments/receipts/README.md", "# somebody else's\n")];
        world.push(Some(&world.foreign_commit("main", &other)), "main");
        world.later(2).await;
        let view = world.view(&engineer, id).await;
        assert_eq!(view.summary.state, RequestState::InReview);
        let delivery = view.delivery.unwrap();
        assert!(delivery.problem.unwrap().contains("conflicts with the default branch"));
        assert_eq!(delivery.approval_status.as_deref(), Some("SUCCESSFUL"), "it holds what was approved all the same");
        let number = world.pull_request(&engineer, id).await;
        assert_eq!(world.try_close(number, "merge").await.unwrap_err().0, 409);
        world.later(2).await;
        assert_eq!(world.told(id, "delivery.conflicted").await, 1);
        world.push(Some(&main), "main");
        world.later(2).await;
        assert_eq!(world.view(&engineer, id).await.delivery.unwrap().problem, None);
        assert_eq!(world.told(id, "delivery.recovered").await, 1);
        world.end().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_archived_repository_is_called_archived_before_the_push_and_during_the_review() {
    for db in each_engine().await {
        let world = World::start(db).await;
        let engineer = world.engineer().await;
        world.archive(true).await;
        let id = world.delivered(&engineer, "receipts").await;
        let view = world.view(&engineer, id).await;
        assert_eq!(view.summary.state, RequestState::Stuck);
        let problem = view.delivery.unwrap().problem.unwrap();
        assert!(problem.contains("archived") && problem.contains("try delivery again"), "{problem}");
        world.archive(false).await;
        world.portal.retry_delivery(&engineer, id).await.unwrap();
        world.run().await;
        assert_eq!(world.state(&engineer, id).await, RequestState::InReview);

        world.archive(true).await;
        world.later(2).await;
        let view = world.view(&engineer, id).await;
        assert_eq!(view.summary.state, RequestState::Stuck);
        let trouble = view.delivery.unwrap().trouble.unwrap();
        assert!(trouble.contains("archived") && trouble.contains("looks again"), "{trouble}");
        world.archive(false).await;
        world.later(6).await;
        assert_eq!(world.state(&engineer, id).await, RequestState::InReview);
        world.end().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn merged_with_commits_that_nobody_approved_it_is_called_that() {
    for db in each_engine().await {
        let world = World::start(db).await;
        let engineer = world.engineer().await;
        world.steer(Method::PUT, "/sandbox/repos/CLOUD/infrastructure/required-build-keys", json!([])).await;
        let id = world.delivered(&engineer, "receipts").await;
        let branch = world.view(&engineer, id).await.delivery.unwrap().branch;
        world.push(Some(&world.foreign_commit(&branch, &[("more.tf", "# more\n")])), &branch);
        world.close(world.pull_request(&engineer, id).await, "merge").await;
        world.later(2).await;
        let view = world.view(&engineer, id).await;
        assert_eq!(view.summary.state, RequestState::Merged);
        assert!(view.delivery.unwrap().problem.unwrap().contains("nobody approved here"));
        assert_eq!(
            (world.told(id, "delivery.merged_unapproved").await, world.told(id, "delivery.merged").await),
            (1, 0)
        );
        world.end().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn answers_that_are_lost_do_not_make_anything_twice() {
    for db in each_engine().await {
        let world = World::start(db).await;
        let engineer = world.engineer().await;
        let lost = json!({ "status": 502, "body": "<h1>Bad gateway</h1>", "content_type": "text/html", "after": true, "times": 1 });
        world.fault("POST", "/pull-requests", lost.clone()).await;
        world.fault("POST", "/commits", lost).await;
        let id = world.submit(&engineer, "receipts", "development").await;
        for _ in 0..4 {
            world.later(1).await;
        }
        let view = world.view(&engineer, id).await;
        assert_eq!(view.summary.state, RequestState::InReview, "{:?}", view.delivery);
        let found = world.bitbucket(Method::GET, "/pull-requests?state=ALL", "farah.haddad", None).await;
        assert_eq!(found["values"].as_array().unwrap().len(), 1);
        assert_eq!(world.status(&view.delivery.unwrap().commit.unwrap()).await, "SUCCESSFUL");
        for action in ["started", "prepared", "committed", "pushed", "opened", "published"] {
            assert_eq!(world.told(id, &format!("delivery.{action}")).await, 1, "{action}");
        }
        let posted =
            reqwest_log(&world).await.into_iter().filter(|act| act.starts_with("POST") && act.ends_with("/builds"));
        assert_eq!(posted.count(), 1, "a status that stands is not posted again");
        world.end().await;
    }
}

/// What Bitbucket was asked: `METHOD path`.
async fn reqwest_log(world: &World) -> Vec<String> {
    let client = causeway_connect::http::client(None).unwrap();
    let url = format!("{}/sandbox/requests", world.sandbox.bitbucket_url());
    let seen: serde_json::Value = client.get(url).send().await.unwrap().json().await.unwrap();
    let text = |entry: &serde_json::Value, key: &str| entry[key].as_str().unwrap_or_default().to_owned();
    seen.as_array().unwrap().iter().map(|e| format!("{} {}", text(e, "method"), text(e, "path"))).collect()
}
