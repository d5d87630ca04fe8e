//! Who decides, how often, on what.

use crate::world::{World, answers, payments};
use causeway_contract::{
    Answers, ErrorKind,
    actions::Action,
    audit::AuditFilter,
    people::{Role, Scope},
    places::Tier,
    requests::{NewDecision, RequestState, StageState, Verdict},
};
use causeway_store::testing::each_engine;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn production_takes_two_different_people_and_never_the_requester() {
    for db in each_engine().await {
        let world = World::start(db).await;
        let portal = &world.portal;
        let all = [
            (Role::Engineer, payments()),
            (Role::Manager, payments()),
            (Role::SeniorEngineer, Scope::Everything),
            (Role::InfrastructureAdmin, Scope::Everything),
            (Role::Security, Scope::Everything),
        ];
        let requester = world.person("Lena Novak", &all).await;
        let (manager, admin) = (world.manager().await, world.admin().await);
        let stranger = world.person("Egil Berg", &[(Role::Manager, Scope::Team("search".into()))]).await;
        let id = world.submit(&requester, "ledger", "production").await;

        for verdict in [Verdict::Approve, Verdict::Deny, Verdict::AskForChanges] {
            let refused = world.decide(&requester, id, 1, verdict, "mine").await.unwrap_err();
            assert_eq!(refused.kind, ErrorKind::Forbidden, "{refused:?}");
        }
        assert!(portal.inbox(&requester, None).await.unwrap().items.is_empty());
        let view = world.view(&requester, id).await;
        assert!(view.stages.iter().all(|s| s.deciders.iter().all(|d| d.id != requester.id())));
        assert!(view.actions.iter().find(|a| a.0 == Action::Approve).unwrap().1.is_err());

        let unknown = world.decide(&stranger, id, 1, Verdict::Approve, "").await.unwrap_err();
        assert_eq!(unknown.kind, ErrorKind::NotFound, "what one may not know of is not there");
        let early = world.decide(&admin, id, 1, Verdict::Approve, "").await.unwrap_err();
        assert_eq!(early.kind, ErrorKind::Forbidden, "the second stage is not open yet");

        world.decide(&manager, id, 1, Verdict::Approve, "").await.unwrap();
        let twice = world.decide(&manager, id, 1, Verdict::Approve, "").await.unwrap_err();
        assert_eq!(twice.kind, ErrorKind::Conflict, "{twice:?}");
        assert_eq!(world.state(&requester, id).await, RequestState::Pending);
        world.decide(&admin, id, 1, Verdict::Approve, "Fine.").await.unwrap();
        let view = world.view(&requester, id).await;
        assert_eq!(view.summary.state, RequestState::Approved);
        assert!(view.stages.iter().all(|s| s.state == StageState::Approved));
        for decision in view.stages.iter().flat_map(|s| &s.decisions) {
            assert_eq!(decision.evidence, view.evidence, "an approval holds what it was given on");
        }
        let late = world.decide(&admin, id, 1, Verdict::Deny, "No.").await.unwrap_err();
        assert_eq!(late.kind, ErrorKind::Conflict);

        let auditor = world.person("Ines Moreau", &[(Role::Auditor, Scope::Everything)]).await;
        let filter = AuditFilter { outcome: "refused".into(), action: "request".into(), ..Default::default() };
        let refusals = portal.audit(&auditor, filter).await.unwrap().items;
        assert_eq!(refusals.len(), 7, "{refusals:#?}");
        world.sandbox.shutdown().await;
        world.db.remove().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_people_at_once_end_in_one_valid_state_and_the_slower_is_told() {
    for db in each_engine().await {
        let world = World::start(db).await;
        let engineer = world.engineer().await;
        let (one, two) = (world.manager().await, world.person("Mo Said", &[(Role::Manager, payments())]).await);
        for round in 0..25 {
            let id = world.submit(&engineer, &format!("race-{round}"), "staging").await;
            let other = if round % 2 == 0 { Verdict::Deny } else { Verdict::Approve };
            let (a, b) = tokio::join!(
                world.decide(&one, id, 1, Verdict::Approve, "yes"),
                world.decide(&two, id, 1, other, "no"),
            );
            let slower = match (a, b) {
                (Ok(()), Err(slower)) | (Err(slower), Ok(())) => slower,
                other => panic!("one of two must win: {other:?}"),
            };
            assert_eq!(slower.kind, ErrorKind::Conflict);
            assert!(slower.message.contains("just before you"), "{}", slower.message);
            let view = world.view(&engineer, id).await;
            assert_eq!(view.stages[0].decisions.len(), 1);
            assert!(matches!(view.summary.state, RequestState::Approved | RequestState::Denied));
        }
        world.sandbox.shutdown().await;
        world.db.remove().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn asked_for_changes_the_form_reopens_and_an_old_page_cannot_decide_the_new_version() {
    for db in each_engine().await {
        let world = World::start(db).await;
        let portal = &world.portal;
        let (engineer, manager) = (world.engineer().await, world.manager().await);
        let id = world.submit(&engineer, "receipts", "staging").await;
        let unsaid = world.decide(&manager, id, 1, Verdict::AskForChanges, "  ").await.unwrap_err();
        assert_eq!((unsaid.kind, unsaid.fields[0].field.as_str()), (ErrorKind::Invalid, "comment"));
        let field = Some("expected_gb".to_owned());
        let wish = NewDecision {
            revision: 1,
            stage: world.stage(id).await,
            verdict: Verdict::AskForChanges,
            comment: "Is 100 GB enough?".into(),
            field: Some("no_such_field".into()),
        };
        let nowhere = portal.decide(&manager, id, wish.clone()).await.unwrap_err();
        assert_eq!((nowhere.kind, nowhere.fields[0].field.as_str()), (ErrorKind::Invalid, "field"));
        portal.decide(&manager, id, NewDecision { field, ..wish }).await.unwrap();
        let view = world.view(&engineer, id).await;
        assert_eq!(view.summary.state, RequestState::ChangesRequested);
        assert!(world.view(&manager, id).await.draft.is_none(), "the draft is the requester's alone");

        let draft = view.draft.unwrap();
        let reopened = portal.draft(&engineer, draft).await.unwrap().reopens.unwrap();
        assert_eq!((reopened.field.as_deref(), reopened.comment.as_str()), (Some("expected_gb"), "Is 100 GB enough?"));
        assert!(portal.draft(&manager, draft).await.is_err());
        let more = Answers::from([("expected_gb".to_owned(), "400".to_owned())]);
        assert_eq!(world.send(&engineer, draft, more).await.unwrap(), id);

        let stale = world.decide(&manager, id, 1, Verdict::Approve, "").await.unwrap_err();
        assert_eq!(stale.kind, ErrorKind::Conflict, "{stale:?}");
        let revised = world.view(&engineer, id).await;
        assert_eq!((revised.revision, revised.summary.state), (2, RequestState::Pending));
        assert_ne!(revised.evidence.request_digest, view.evidence.request_digest);
        world.decide(&manager, id, 2, Verdict::Approve, "").await.unwrap();
        world.run().await;
        assert_eq!(world.state(&engineer, id).await, RequestState::InReview);
        world.sandbox.shutdown().await;
        world.db.remove().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn drafts_keep_what_was_typed_and_submitting_twice_is_one_request() {
    for db in each_engine().await {
        let world = World::start(db).await;
        let portal = &world.portal;
        let engineer = world.engineer().await;
        let draft = portal.start_draft(&engineer, "object-store", Answers::new()).await.unwrap();
        let odd = "\u{5e9}\u{5dc}\u{5d5}\u{5dd} \u{1f680} \u{202e}x".to_owned();
        let typed = Answers::from([("justification".into(), odd.clone()), ("no_such_field".into(), "x".into())]);
        let check = portal.save_draft(&engineer, draft, 1, typed).await.unwrap();
        assert!(!check.errors.is_empty() && check.preview.problem.is_some());
        let stale = portal.save_draft(&engineer, draft, 1, Answers::new()).await.unwrap_err();
        assert_eq!(stale.kind, ErrorKind::Conflict);
        let again = portal.draft(&engineer, draft).await.unwrap();
        assert_eq!(again.answers.get("justification"), Some(&odd));
        assert!(!again.answers.contains_key("no_such_field"));

        let long = Answers::from([("environment_name".to_owned(), "n".repeat(10_000))]);
        let error = world.send(&engineer, draft, long).await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::Invalid);
        assert!(error.fields.iter().any(|f| f.field == "environment_name"), "{error:?}");
        assert_eq!(
            portal.draft(&engineer, draft).await.unwrap().answers["environment_name"].len(),
            10_000,
            "nothing is lost"
        );

        let once = world.looked(&engineer, draft, answers("twice", "staging")).await.unwrap();
        let first = portal.submit_draft(&engineer, draft, once.clone()).await.unwrap();
        let second = portal.submit_draft(&engineer, draft, once).await.unwrap();
        assert_eq!(first, second);
        let taken = portal.start_draft(&engineer, "object-store", answers("twice", "staging")).await.unwrap();
        let conflict = world.send(&engineer, taken, Answers::new()).await.unwrap_err();
        assert_eq!(conflict.fields[0].field, "environment_name", "{conflict:?}");

        let preview = portal.draft(&engineer, taken).await.unwrap().check.preview;
        assert!(preview.conflicts[0].blocking && preview.price.monthly.is_some() && preview.price.unpriced > 0);
        assert_eq!(preview.stages.len(), 1);
        portal.withdraw(&engineer, first).await.unwrap();
        world.send(&engineer, taken, Answers::new()).await.unwrap();
        let other = world.person("Ben Fischer", &[(Role::Engineer, Scope::Team("search".into()))]).await;
        let foreign = portal.start_draft(&other, "object-store", answers("foreign", "development")).await.unwrap();
        let refused = world.send(&other, foreign, Answers::new()).await.unwrap_err();
        assert!(refused.fields.iter().any(|f| f.field == "team"), "{refused:?}");
        assert_eq!(world.view(&engineer, first).await.summary.tier, Tier::Staging);
        world.sandbox.shutdown().await;
        world.db.remove().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_refuses_the_submit_in_words_and_loses_nothing() {
    let world = World::start(causeway_store::testing::sqlite().await).await;
    let portal = &world.portal;
    let engineer = world.engineer().await;
    let draft = portal.start_draft(&engineer, "object-store", answers("full", "staging")).await.unwrap();
    assert!(world.db.fill_disk(true).await);
    let mut refused = None;
    // The first submits may still fit into pages that are allocated already.
    for n in 0..40 {
        let name = [("environment_name".to_owned(), format!("full-{n}"))].into();
        let another = match portal.start_draft(&engineer, "object-store", answers("x-x", "staging")).await {
            Ok(another) => another,
            Err(error) => {
                refused = Some(error);
                break;
            }
        };
        if let Err(error) = world.send(&engineer, another, name).await {
            refused = Some(error);
            break;
        }
    }
    let refused = refused.expect("forty requests do not fit into a full disk");
    assert_eq!(refused.kind, ErrorKind::Unavailable, "{refused:?}");
    assert!(refused.message.contains("disk"), "{}", refused.message);
    assert!(world.db.fill_disk(false).await);
    let kept = portal.draft(&engineer, draft).await.unwrap();
    assert_eq!(kept.answers["environment_name"], "full");
    world.send(&engineer, draft, Answers::new()).await.unwrap();
    let verdict = portal.verify_audit().await.unwrap();
    assert!(matches!(verdict, causeway_portal::AuditVerdict::Whole(_)), "{verdict:?}");
    world.sandbox.shutdown().await;
}
