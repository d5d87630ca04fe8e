//! From draft to request: what was shown is what is submitted, once, and on the environment that it was begun for.

use crate::world::{World, answers};
use causeway_contract::{
    Answers, ErrorKind,
    requests::{NewDecision, RequestFilter, RequestState, Submission, Verdict},
};
use causeway_store::testing::each_engine;

fn one(name: &str, value: &str) -> Answers {
    [(name.to_owned(), value.to_owned())].into()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_draft_of_an_environment_that_is_gone_touches_nothing_not_even_its_namesake() {
    for db in each_engine().await {
        let world = World::start(db).await;
        let portal = &world.portal;
        let engineer = world.engineer().await;
        let old = world.live(&engineer, "receipts").await;
        let first = portal.request_deletion(&engineer, old).await.unwrap();
        let second = portal.request_deletion(&engineer, old).await.unwrap();
        let change = portal.request_update(&engineer, old).await.unwrap();
        let looked = world.looked(&engineer, change, one("versions", "false")).await.unwrap();
        let gone = world.send(&engineer, first, Answers::new()).await.unwrap();
        world.merge(&engineer, gone).await;
        let files = || world.git(&["ls-tree", "-r", "main", "environments/"]);
        assert_eq!(files(), "");

        let refused = async |why: &str| {
            for draft in [second, change] {
                let page = portal.draft(&engineer, draft).await.unwrap().check.preview;
                assert!(
                    page.conflicts.iter().any(|c| c.blocking && c.message.contains("does not exist any more")),
                    "{why}"
                );
                let error = world.send(&engineer, draft, Answers::new()).await.unwrap_err();
                assert!(error.fields.iter().any(|f| f.message.contains("does not exist any more")), "{why}: {error:?}");
            }
            assert!(portal.submit_draft(&engineer, change, looked.clone()).await.is_err(), "{why}");
        };
        refused("removed").await;
        let new = world.live(&engineer, "receipts").await;
        assert_ne!(new, old);
        let before = files();
        refused("the name is used again").await;
        let open = portal.requests(&engineer, RequestFilter::default()).await.unwrap().items;
        assert!(open.iter().all(|r| r.state == RequestState::Merged), "{open:?}");
        assert_eq!(files(), before);
        world.sandbox.shutdown().await;
        world.db.remove().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_submits_at_once_are_one_request_also_of_a_revision() {
    for db in each_engine().await {
        let world = World::start(db).await;
        let portal = &world.portal;
        let (engineer, manager) = (world.engineer().await, world.manager().await);
        for round in 0..10 {
            let name = format!("pressed-{round}");
            let draft = portal.start_draft(&engineer, "object-store", answers(&name, "staging")).await.unwrap();
            let once = world.looked(&engineer, draft, Answers::new()).await.unwrap();
            let press = || portal.submit_draft(&engineer, draft, once.clone());
            let (a, b, c) = tokio::join!(press(), press(), press());
            let id = a.unwrap();
            assert_eq!((b.unwrap(), c.unwrap()), (id, id));
            assert_eq!(press().await.unwrap(), id, "and later");

            world.decide(&manager, id, 1, Verdict::AskForChanges, "Why?").await.unwrap();
            assert_eq!(
                press().await.unwrap_err().kind,
                ErrorKind::Conflict,
                "the page of the first draft is not the second"
            );
            let reopened = world.view(&engineer, id).await.draft.unwrap();
            let again = world.looked(&engineer, reopened, one("justification", "Because.")).await.unwrap();
            let press = || portal.submit_draft(&engineer, reopened, again.clone());
            let (a, b) = tokio::join!(press(), press());
            assert_eq!((a.unwrap(), b.unwrap()), (id, id));
            assert_eq!(press().await.unwrap(), id, "and later");
            assert_eq!(world.view(&engineer, id).await.revision, 2);
        }
        let all = portal.requests(&engineer, RequestFilter::default()).await.unwrap().items;
        assert_eq!(all.len(), 10);
        world.sandbox.shutdown().await;
        world.db.remove().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_submit_does_not_overwrite_what_another_tab_saved() {
    for db in each_engine().await {
        let world = World::start(db).await;
        let portal = &world.portal;
        let engineer = world.engineer().await;
        let draft = portal.start_draft(&engineer, "object-store", answers("tabs", "staging")).await.unwrap();
        let here = world.looked(&engineer, draft, Answers::new()).await.unwrap();
        portal.save_draft(&engineer, draft, here.version, one("expected_gb", "400")).await.unwrap();
        for mine in [Answers::new(), one("expected_gb", "7")] {
            let stale = Submission { answers: mine, ..here.clone() };
            let error = portal.submit_draft(&engineer, draft, stale).await.unwrap_err();
            assert_eq!(error.kind, ErrorKind::Conflict);
            assert!(error.message.contains("another tab") && !error.must_look(), "{error:?}");
        }
        assert_eq!(portal.draft(&engineer, draft).await.unwrap().answers["expected_gb"], "400");
        // Two tabs with different words at once: one is saved, the other is told.
        let version = portal.draft(&engineer, draft).await.unwrap().version;
        let save = |words: &str| portal.save_draft(&engineer, draft, version, one("justification", words));
        let (a, b) = tokio::join!(save("One."), save("Two."));
        assert!(a.is_ok() != b.is_ok(), "{a:?} {b:?}");
        world.sandbox.shutdown().await;
        world.db.remove().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_submitted_but_what_was_looked_at() {
    for db in each_engine().await {
        let world = World::start(db).await;
        let portal = &world.portal;
        let engineer = world.engineer().await;
        let draft = portal.start_draft(&engineer, "object-store", answers("looked", "staging")).await.unwrap();
        let seen = world.looked(&engineer, draft, Answers::new()).await.unwrap();
        let blind = Submission { seen: String::new(), ..seen.clone() };
        let error = portal.submit_draft(&engineer, draft, blind).await.unwrap_err();
        assert!(error.must_look() && error.message.contains("first"), "{error:?}");

        // Answers that nobody has looked at are saved, not submitted.
        let unseen = Submission { answers: one("expected_gb", "400"), ..seen.clone() };
        let error = portal.submit_draft(&engineer, draft, unseen).await.unwrap_err();
        assert!(error.must_look() && error.message.contains("has changed since you looked"), "{error:?}");
        let now = portal.draft(&engineer, draft).await.unwrap();
        assert_eq!(now.answers["expected_gb"], "400");
        assert_ne!(now.check.preview.digest, seen.seen);

        // The template writes other files by now.
        let seen = world.looked(&engineer, draft, Answers::new()).await.unwrap();
        world.catalogue.change(|files| files.get_mut("templates/object-store/aws.tf").unwrap().extend(b"# more\n"));
        portal.sync_catalogue().await.unwrap();
        let error = portal.submit_draft(&engineer, draft, seen).await.unwrap_err();
        assert!(error.must_look(), "{error:?}");
        // Another template's change is none of ours.
        let seen = world.looked(&engineer, draft, Answers::new()).await.unwrap();
        world.catalogue.change(|files| files.get_mut("templates/sandbox-vm/aws.tf").unwrap().extend(b"# more\n"));
        portal.sync_catalogue().await.unwrap();
        let id = portal.submit_draft(&engineer, draft, seen).await.unwrap();
        assert_eq!(world.view(&engineer, id).await.answers["expected_gb"], "400");
        world.sandbox.shutdown().await;
        world.db.remove().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_decision_counts_for_the_stage_that_was_on_the_screen_and_for_no_other() {
    for db in each_engine().await {
        let world = World::start(db).await;
        let portal = &world.portal;
        let engineer = world.engineer().await;
        let first = world.manager().await;
        let second =
            world.person("Chen Wei", &[(causeway_contract::people::Role::Manager, crate::world::payments())]).await;
        let both = world
            .person(
                "Farah Haddad",
                &[
                    (causeway_contract::people::Role::Manager, crate::world::payments()),
                    (
                        causeway_contract::people::Role::InfrastructureAdmin,
                        causeway_contract::people::Scope::Everything,
                    ),
                ],
            )
            .await;
        let id = world.submit(&engineer, "ledger", "production").await;
        let stage = world.stage(id).await;
        let approve =
            || NewDecision { revision: 1, stage, verdict: Verdict::Approve, comment: String::new(), field: None };
        portal.decide(&first, id, approve()).await.unwrap();
        for slower in [&second, &both] {
            let told = portal.decide(slower, id, approve()).await.unwrap_err();
            assert_eq!(told.kind, ErrorKind::Conflict, "{told:?}");
            assert!(told.message.contains("Dana Levi approved just before you."), "{}", told.message);
        }
        let view = world.view(&engineer, id).await;
        assert!(view.stages[1].decisions.is_empty(), "nobody approved the second stage");
        assert_eq!(view.summary.state, RequestState::Pending);

        world.clock.advance(chrono::TimeDelta::hours(3));
        let later = portal.decide(&second, id, approve()).await.unwrap_err();
        assert!(!later.message.contains("just before you"), "{}", later.message);
        assert!(
            later.message.contains("Dana Levi approved on ") && later.message.contains(" UTC."),
            "{}",
            later.message
        );
        // Whoever looks at the second stage may decide it.
        world.decide(&both, id, 1, Verdict::Approve, "").await.unwrap();
        assert_eq!(world.state(&engineer, id).await, RequestState::Approved);
        world.sandbox.shutdown().await;
        world.db.remove().await;
    }
}
