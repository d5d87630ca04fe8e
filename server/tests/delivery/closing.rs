//! No end is a dead end: whatever closes a pull request, or keeps it from being made, the name can be had again; and what is
//! closed here cannot be merged there.

use crate::world::{World, payments};
use causeway_contract::{
    Answers, ErrorKind,
    actions::Action,
    environments::{EnvironmentFilter, EnvironmentState},
    ids::RequestId,
    people::{Role, Scope},
    requests::{RequestKind, RequestState},
};
use causeway_portal::access::Actor;
use causeway_store::testing::each_engine;
use chrono::TimeDelta;
use reqwest::Method;
use serde_json::json;

/// Cloned and submitted under the same name.
async fn again(world: &World, actor: &Actor, id: RequestId) -> RequestId {
    let draft = world.portal.clone_request(actor, id).await.unwrap();
    match world.send(actor, draft, Answers::new()).await {
        Ok(id) => id,
        Err(error) => panic!("{error:?}"),
    }
}

async fn why_not_withdraw(world: &World, actor: &Actor, id: RequestId) -> Result<(), String> {
    let page = world.view(actor, id).await.actions;
    let said = page.into_iter().find(|(action, _)| *action == Action::Withdraw).unwrap().1;
    if let Err(why) = &said {
        let refused = world.portal.withdraw(actor, id).await.unwrap_err();
        assert_eq!((refused.kind, &refused.message), (ErrorKind::Conflict, why), "the page and the service disagree");
    }
    said
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn deleted_in_bitbucket_the_name_is_free_again() {
    for db in each_engine().await {
        let world = World::start(db).await;
        let engineer = world.engineer().await;
        let id = world.delivered(&engineer, "receipts").await;
        let commit = world.view(&engineer, id).await.delivery.unwrap().commit.unwrap();
        assert_eq!(world.status(&commit).await, "SUCCESSFUL");
        world.delete_pull_request(world.pull_request(&engineer, id).await).await;
        world.run().await;
        let view = world.view(&engineer, id).await;
        assert_eq!(view.summary.state, RequestState::Declined);
        let delivery = view.delivery.unwrap();
        assert!(delivery.problem.unwrap().contains("deleted in Bitbucket. Clone this request"));
        assert_eq!(delivery.pull_request.unwrap().state, "DELETED");
        assert_eq!(world.told(id, "delivery.deleted").await, 1);
        assert_eq!(world.status(&commit).await, "FAILED", "another pull request from this branch could be merged");
        let next = again(&world, &engineer, id).await;
        world.run().await;
        assert_eq!(world.state(&engineer, next).await, RequestState::InReview);
        world.end().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_folder_changed_since_the_approval_the_request_is_withdrawn_and_cloned() {
    for db in each_engine().await {
        let world = World::start(db).await;
        let engineer = world.engineer().await;
        let environment = world.live(&engineer, "receipts").await;
        let draft = world.portal.request_update(&engineer, environment).await.unwrap();
        let more = Answers::from([("versions".to_owned(), "false".to_owned())]);
        let id = world.send(&engineer, draft, more).await.unwrap();
        let note = [("environments/development/payments/receipts/NOTE.tf", "# by hand\n")];
        world.push(Some(&world.foreign_commit("main", &note)), "main");
        world.run().await;
        assert_eq!(world.state(&engineer, id).await, RequestState::Stuck);
        let blocked = world.portal.clone_request(&engineer, id).await.unwrap();
        assert!(world.send(&engineer, blocked, Answers::new()).await.is_err(), "it still has the environment");

        assert_eq!(why_not_withdraw(&world, &engineer, id).await, Ok(()));
        world.portal.withdraw(&engineer, id).await.unwrap();
        assert_eq!(world.state(&engineer, id).await, RequestState::Withdrawn);
        assert_eq!(world.portal.run_due_jobs().await.unwrap(), 0);
        let next = again(&world, &engineer, id).await;
        assert_eq!(world.view(&engineer, next).await.summary.kind, RequestKind::Update);
        world.run().await;
        assert_eq!(world.state(&engineer, next).await, RequestState::InReview);

        // Of a creation, the name is free.
        let made = world.submit(&engineer, "ledger", "development").await;
        let file = [("environments/development/payments/ledger/main.tf", "")];
        world.push(Some(&world.foreign_commit("main", &file)), "main");
        world.run().await;
        assert_eq!(world.state(&engineer, made).await, RequestState::Stuck);
        world.portal.withdraw(&engineer, made).await.unwrap();
        world.push(Some(&world.git(&["rev-parse", "main^"])), "main");
        world.portal.sync_repository().await;
        let next = again(&world, &engineer, made).await;
        assert_eq!(world.view(&engineer, next).await.summary.environment, "ledger");
        world.end().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn with_a_pull_request_open_it_is_not_withdrawn_and_followed_again_when_bitbucket_answers() {
    for db in each_engine().await {
        let world = World::start(db).await;
        let engineer = world.engineer().await;
        let id = world.delivered(&engineer, "receipts").await;
        let number = world.pull_request(&engineer, id).await;
        assert!(why_not_withdraw(&world, &engineer, id).await.unwrap_err().contains("Delivery has started"));
        world.fault("GET", "/pull-requests", json!({ "status": 401, "body": "" })).await;
        world.run().await;
        let view = world.view(&engineer, id).await;
        assert_eq!(view.summary.state, RequestState::Stuck);
        let delivery = view.delivery.unwrap();
        let trouble = delivery.trouble.unwrap();
        assert!(trouble.contains("access token") && trouble.contains("looks again every five minutes"), "{trouble}");
        assert_eq!(delivery.problem, None);
        let why = why_not_withdraw(&world, &engineer, id).await.unwrap_err();
        assert!(why.contains("Decline the pull request first"), "{why}");
        // Still so at the next look: told once.
        world.later(6).await;
        assert_eq!(
            (world.state(&engineer, id).await, world.told(id, "delivery.stuck").await),
            (RequestState::Stuck, 1)
        );

        world.heal().await;
        world.later(6).await;
        let view = world.view(&engineer, id).await;
        assert_eq!(view.summary.state, RequestState::InReview);
        assert_eq!(view.delivery.unwrap().trouble, None);
        assert_eq!(world.told(id, "delivery.resumed").await, 1);
        world.close(number, "merge").await;
        world.later(2).await;
        assert_eq!(world.state(&engineer, id).await, RequestState::Merged);
        world.end().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_merge_while_it_was_stuck_is_seen_and_so_is_a_decline_before_the_status_was_published() {
    for db in each_engine().await {
        let world = World::start(db).await;
        let engineer = world.engineer().await;
        let merged = world.delivered(&engineer, "receipts").await;
        world.fault("GET", "/pull-requests", json!({ "status": 403, "body": "" })).await;
        world.run().await;
        assert_eq!(world.state(&engineer, merged).await, RequestState::Stuck);
        world.heal().await;
        world.close(world.pull_request(&engineer, merged).await, "merge").await;
        world.later(6).await;
        assert_eq!(world.state(&engineer, merged).await, RequestState::Merged);

        world.fault("POST", "/commits", json!({ "status": 403, "body": "" })).await;
        let declined = world.delivered(&engineer, "ledger").await;
        assert_eq!(world.state(&engineer, declined).await, RequestState::Stuck);
        world.close(world.pull_request(&engineer, declined).await, "decline").await;
        world.later(6).await;
        // The status cannot be made FAILED either; but nothing is open, so it may be let go.
        assert_eq!(world.state(&engineer, declined).await, RequestState::Stuck);
        assert_eq!(why_not_withdraw(&world, &engineer, declined).await, Ok(()));
        world.heal().await;
        world.later(6).await;
        assert_eq!(world.state(&engineer, declined).await, RequestState::Declined);
        world.end().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn declined_then_reopened_it_cannot_be_merged() {
    for db in each_engine().await {
        let world = World::start(db).await;
        let engineer = world.engineer().await;
        let id = world.delivered(&engineer, "receipts").await;
        let number = world.pull_request(&engineer, id).await;
        world.close(number, "decline").await;
        world.run().await;
        let delivery = world.view(&engineer, id).await.delivery.unwrap();
        assert_eq!(delivery.approval_status.as_deref(), Some("FAILED"));
        world.close(number, "reopen").await;
        let (status, words) = world.try_close(number, "merge").await.unwrap_err();
        assert_eq!(status, 409, "{words}");
        assert!(words.contains("causeway/approval"), "{words}");
        world.end().await;
    }
}

/// Points the pull request at another branch, as a person does.
async fn retarget(world: &World, number: i64, branch: &str) {
    let path = format!("/pull-requests/{number}");
    let now = world.bitbucket(Method::GET, &path, "farah.haddad", None).await;
    let repository = json!({ "slug": "infrastructure", "project": { "key": "CLOUD" } });
    let target = json!({ "id": format!("refs/heads/{branch}"), "repository": repository });
    let reviewers =
        now["reviewers"].as_array().unwrap().iter().map(|r| json!({ "user": { "name": r["user"]["name"] } }));
    let body = json!({ "version": now["version"], "title": now["title"], "toRef": target, "reviewers": reviewers.collect::<Vec<_>>() });
    world.bitbucket(Method::PUT, &path, "farah.haddad", Some(body)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_pull_request_that_points_elsewhere_fails_and_merged_there_it_is_not_as_approved() {
    for db in each_engine().await {
        let world = World::start(db).await;
        let engineer = world.engineer().await;
        world.push(Some(&world.git(&["rev-parse", "main"])), "release");
        let id = world.delivered(&engineer, "receipts").await;
        let number = world.pull_request(&engineer, id).await;
        let commit = world.view(&engineer, id).await.delivery.unwrap().commit.unwrap();
        retarget(&world, number, "release").await;
        world.later(2).await;
        let delivery = world.view(&engineer, id).await.delivery.unwrap();
        let problem = delivery.problem.unwrap();
        assert!(problem.contains("from main to release") && problem.contains("Set it back to main"), "{problem}");
        assert_eq!(
            (delivery.approval_status.as_deref(), world.status(&commit).await.as_str()),
            (Some("FAILED"), "FAILED")
        );
        assert_eq!(world.told(id, "delivery.retargeted").await, 1);

        retarget(&world, number, "main").await;
        world.later(2).await;
        let delivery = world.view(&engineer, id).await.delivery.unwrap();
        assert_eq!((delivery.problem, world.status(&commit).await.as_str()), (None, "SUCCESSFUL"));

        retarget(&world, number, "release").await;
        world.close(number, "merge").await;
        world.later(2).await;
        let view = world.view(&engineer, id).await;
        assert_eq!(view.summary.state, RequestState::Merged);
        assert!(view.delivery.unwrap().problem.unwrap().contains("merged into release, and the approval was for main"));
        assert_eq!(
            (world.told(id, "delivery.merged_elsewhere").await, world.told(id, "delivery.merged").await),
            (1, 0)
        );
        let page = world.portal.environment(&engineer, view.environment_id.unwrap()).await.unwrap();
        assert_ne!(page.summary.state, EnvironmentState::Live);
        again(&world, &engineer, id).await;
        world.end().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_clone_of_a_change_is_a_change_of_the_same_environment() {
    for db in each_engine().await {
        let world = World::start(db).await;
        let engineer = world.engineer().await;
        let environment = world.live(&engineer, "receipts").await;
        let draft = world.portal.request_update(&engineer, environment).await.unwrap();
        let more = Answers::from([("versions".to_owned(), "false".to_owned())]);
        let change = world.send(&engineer, draft, more).await.unwrap();
        world.portal.run_due_jobs().await.unwrap();
        world.close(world.pull_request(&engineer, change).await, "decline").await;
        world.run().await;
        let draft = world.portal.clone_request(&engineer, change).await.unwrap();
        let opened = world.portal.draft(&engineer, draft).await.unwrap();
        assert_eq!((opened.kind, opened.answers["environment_name"].as_str()), (RequestKind::Update, "receipts"));
        assert_eq!(opened.answers["versions"], "false");
        let change = world.send(&engineer, draft, Answers::new()).await.unwrap();
        let view = world.view(&engineer, change).await;
        assert_eq!((view.summary.kind, view.environment_id), (RequestKind::Update, Some(environment)));
        world.run().await;
        world.close(world.pull_request(&engineer, change).await, "decline").await;
        world.run().await;

        let draft = world.portal.request_deletion(&engineer, environment).await.unwrap();
        let removal = world.send(&engineer, draft, Answers::new()).await.unwrap();
        world.run().await;
        world.close(world.pull_request(&engineer, removal).await, "decline").await;
        world.run().await;
        let removal = again(&world, &engineer, removal).await;
        assert_eq!(world.view(&engineer, removal).await.summary.kind, RequestKind::Delete);
        // Somebody who may see it, and ask for other teams, may not change this one's environment.
        let reader = [(Role::Security, Scope::Everything), (Role::Engineer, Scope::Team("search".into()))];
        let reader = world.person("Ben Fischer", &reader).await;
        let refused = world.portal.clone_request(&reader, removal).await.unwrap_err();
        assert!(refused.message.contains("Only people of team payments"), "{refused:?}");
        world.run().await;
        world.close(world.pull_request(&engineer, removal).await, "merge").await;
        world.run().await;
        let gone = world.portal.clone_request(&engineer, removal).await.unwrap_err();
        assert!(gone.message.contains("does not exist any more"), "{gone:?}");
        // A change of what is gone is a good start for a new one.
        let draft = world.portal.clone_request(&engineer, change).await.unwrap();
        assert_eq!(world.portal.draft(&engineer, draft).await.unwrap().kind, RequestKind::Create);
        let shown = world.portal.environments(&engineer, EnvironmentFilter::default()).await.unwrap();
        assert!(shown.items.is_empty());
        world.end().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_branch_that_was_deleted_before_the_pull_request_is_pushed_again() {
    for db in each_engine().await {
        let world = World::start(db).await;
        let engineer = world.engineer().await;
        world.fault("POST", "/pull-requests", json!({ "status": 403, "body": "" })).await;
        let id = world.delivered(&engineer, "receipts").await;
        assert_eq!(world.state(&engineer, id).await, RequestState::Stuck);
        let branch = world.view(&engineer, id).await.delivery.unwrap().branch;
        world.push(None, &branch);
        world.heal().await;
        world.portal.retry_delivery(&engineer, id).await.unwrap();
        world.run().await;
        assert_eq!(world.state(&engineer, id).await, RequestState::InReview);
        assert_eq!(
            world.git(&["rev-parse", &branch]),
            world.view(&engineer, id).await.delivery.unwrap().commit.unwrap()
        );
        world.end().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn closed_before_it_was_known_here_there_is_no_second_pull_request() {
    for db in each_engine().await {
        let world = World::start(db).await;
        let engineer = world.engineer().await;
        world.fault("POST", "/pull-requests", json!({ "status": 502, "body": "", "after": true, "times": 1 })).await;
        let id = world.submit(&engineer, "receipts", "development").await;
        world.portal.run_due_jobs().await.unwrap();
        assert_eq!(world.state(&engineer, id).await, RequestState::Delivering);
        world.close(1, "decline").await;
        world.clock.advance(TimeDelta::minutes(1));
        world.run().await;
        let view = world.view(&engineer, id).await;
        assert_eq!(view.summary.state, RequestState::Declined, "{:?}", view.delivery);
        let found = world.bitbucket(Method::GET, "/pull-requests?state=ALL", "farah.haddad", None).await;
        assert_eq!(found["values"].as_array().unwrap().len(), 1);
        assert_eq!(world.status(&view.delivery.unwrap().commit.unwrap()).await, "FAILED");
        again(&world, &engineer, id).await;
        world.end().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_withdrawal_beside_the_worker_ends_in_one_of_two_ways() {
    for db in each_engine().await {
        let world = World::start(db).await;
        let (engineer, manager) =
            (world.engineer().await, world.person("Mo Said", &[(Role::Manager, payments())]).await);
        let mut withdrawn = 0;
        for round in 0..25 {
            let id = world.submit(&engineer, &format!("race-{round}"), "staging").await;
            let verdict = causeway_contract::requests::Verdict::Approve;
            world.decide(&manager, id, 1, verdict, "").await.unwrap();
            // Who comes first differs from round to round.
            let patience = std::time::Duration::from_millis(round % 5);
            let (taken, runs) = tokio::join!(
                async {
                    tokio::time::sleep(patience).await;
                    world.portal.withdraw(&engineer, id).await
                },
                world.portal.run_due_jobs()
            );
            runs.unwrap();
            let view = world.view(&engineer, id).await;
            match taken {
                Ok(()) => {
                    withdrawn += 1;
                    assert_eq!((view.summary.state, view.delivery), (RequestState::Withdrawn, None), "round {round}");
                    assert_eq!(world.told(id, "delivery.started").await, 0);
                    let refs = world.git(&["for-each-ref", "--format=%(refname)", "refs/heads/causeway"]);
                    assert!(
                        !refs.lines().any(|name| name.ends_with(&format!("race-{round}"))),
                        "round {round}: {refs}"
                    );
                }
                Err(late) => {
                    assert_eq!(late.kind, ErrorKind::Conflict, "{late:?}");
                    assert_eq!(view.summary.state, RequestState::InReview, "round {round}");
                    assert_eq!(world.told(id, "request.withdrawn").await, 0);
                }
            }
        }
        tracing::info!(withdrawn, "of 25");
        let mut conn = world.db.db.read().await.unwrap();
        let left = causeway_store::jobs::all(&mut conn).await.unwrap();
        assert_eq!(left.len(), 25 - withdrawn, "a job is left for each that is followed");
        drop(conn);
        world.end().await;
    }
}
