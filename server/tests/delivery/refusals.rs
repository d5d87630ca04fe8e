//! What somebody tried and may not is on the record, whatever it was; and what no database can hold is not asked of one.

use crate::world::{World, answers};
use causeway_contract::{
    Answers, ErrorKind,
    audit::AuditFilter,
    environments::EnvironmentFilter,
    ids::DraftId,
    people::{Role, Scope},
    requests::{RequestFilter, Verdict},
};
use causeway_store::testing::each_engine;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_refusal_is_recorded_and_a_slip_is_not() {
    for db in each_engine().await {
        let world = World::start(db).await;
        let portal = &world.portal;
        let engineer = world.engineer().await;
        let auditor = world.person("Ines Moreau", &[(Role::Auditor, Scope::Everything)]).await;
        let other = world.person("Ben Fischer", &[(Role::Engineer, Scope::Team("search".into()))]).await;
        let id = world.submit(&engineer, "receipts", "staging").await;
        let draft = portal.start_draft(&engineer, "object-store", answers("mine", "staging")).await.unwrap();
        let environment = world.view(&engineer, id).await.environment_id.unwrap();

        assert_eq!(portal.audit(&engineer, AuditFilter::default()).await.unwrap_err().kind, ErrorKind::Forbidden);
        assert_eq!(
            portal.start_draft(&auditor, "object-store", Answers::new()).await.unwrap_err().kind,
            ErrorKind::Forbidden
        );
        assert_eq!(portal.clone_request(&auditor, id).await.unwrap_err().kind, ErrorKind::Forbidden);
        assert_eq!(portal.request_deletion(&auditor, environment).await.unwrap_err().kind, ErrorKind::Forbidden);
        assert_eq!(portal.request_update(&other, environment).await.unwrap_err().kind, ErrorKind::NotFound);
        assert_eq!(portal.draft(&other, draft).await.unwrap_err().kind, ErrorKind::NotFound);
        assert_eq!(portal.save_draft(&other, draft, 1, Answers::new()).await.unwrap_err().kind, ErrorKind::NotFound);
        assert_eq!(portal.discard_draft(&other, draft).await.unwrap_err().kind, ErrorKind::NotFound);
        let foreign = portal.start_draft(&other, "object-store", answers("foreign", "staging")).await.unwrap();
        assert!(
            world.send(&other, foreign, Answers::new()).await.unwrap_err().fields.iter().any(|f| f.field == "team")
        );
        assert_eq!(
            world.refusals().await,
            [
                "audit.read_refused",
                "request.start_refused",
                "request.clone_refused",
                "environment.change_refused",
                "environment.change_refused",
                "draft.refused",
                "draft.refused",
                "draft.refused",
                "request.submit_refused",
            ]
        );
        // What is not there is nobody's, and a form with gaps is no trespass.
        let nowhere: DraftId = "0198c0de-0000-7000-8000-000000000001".parse().unwrap();
        assert_eq!(portal.draft(&other, nowhere).await.unwrap_err().kind, ErrorKind::NotFound);
        let empty = portal.start_draft(&engineer, "object-store", Answers::new()).await.unwrap();
        assert_eq!(world.send(&engineer, empty, Answers::new()).await.unwrap_err().kind, ErrorKind::Invalid);
        assert_eq!(world.refusals().await.len(), 9);
        world.sandbox.shutdown().await;
        world.db.remove().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_nul_finds_nothing_and_breaks_nothing() {
    for db in each_engine().await {
        let world = World::start(db).await;
        let portal = &world.portal;
        let (engineer, manager) = (world.engineer().await, world.manager().await);
        let auditor = world.person("Ines Moreau", &[(Role::Auditor, Scope::Everything)]).await;
        let id = world.submit(&engineer, "receipts", "staging").await;
        let odd = || "recei\0pts".to_owned();
        let requests = RequestFilter { q: odd(), team: Some("\0payments".into()), ..Default::default() };
        assert_eq!(portal.requests(&engineer, requests).await.unwrap().items.len(), 1, "as if it were not typed");
        let environments = EnvironmentFilter { q: odd(), team: Some("\0".into()), ..Default::default() };
        portal.environments(&engineer, environments).await.unwrap();
        let audit = AuditFilter { q: odd(), action: "\0".into(), outcome: "\0".into(), ..Default::default() };
        portal.audit(&auditor, audit).await.unwrap();
        for text in ["a\0b", "\u{202e}b"] {
            let comment = portal.comment(&engineer, id, text.into()).await.unwrap_err();
            assert_eq!((comment.kind, comment.fields[0].field.as_str()), (ErrorKind::Invalid, "comment"));
            let decision = world.decide(&manager, id, 1, Verdict::Deny, text).await.unwrap_err();
            assert_eq!((decision.kind, decision.fields[0].field.as_str()), (ErrorKind::Invalid, "comment"));
        }
        let started = portal.start_draft(&engineer, "object\0store", Answers::new()).await.unwrap_err();
        assert_eq!(started.kind, ErrorKind::NotFound);
        let mut typed = answers("o\0dd", "staging");
        typed.insert("justification".into(), "a\0b".into());
        let draft = portal.start_draft(&engineer, "object-store", typed).await.unwrap();
        assert_eq!(world.send(&engineer, draft, Answers::new()).await.unwrap_err().kind, ErrorKind::Invalid);
        world.sandbox.shutdown().await;
        world.db.remove().await;
    }
}
