//! The catalogue as it moves on under drafts and requests, and routes that are not the shipped ones.

use crate::world::{World, answers, payments};
use causeway_contract::{
    Answers, ErrorKind,
    people::Role,
    places::Tier,
    requests::{RequestState, StageState, Verdict},
};
use causeway_portal::approvals::{RouteRule, StageRule};
use causeway_store::testing::each_engine;

const STORE: &str = "templates/object-store/template.yaml";

fn edit(files: &mut std::collections::BTreeMap<String, Vec<u8>>, path: &str, from: &str, to: &str) {
    let text = String::from_utf8(files[path].clone()).unwrap();
    assert!(text.contains(from), "{from} is not in {path}");
    files.insert(path.to_owned(), text.replacen(from, to, 1).into_bytes());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_second_commit_moves_drafts_on_and_a_broken_one_stops_only_its_own() {
    for db in each_engine().await {
        let world = World::start(db).await;
        let portal = &world.portal;
        let (engineer, manager) = (world.engineer().await, world.manager().await);
        let draft = portal.start_draft(&engineer, "object-store", answers("moving", "staging")).await.unwrap();
        let asked = world.submit(&engineer, "asked", "staging").await;
        world.decide(&manager, asked, 1, Verdict::AskForChanges, "Why?").await.unwrap();
        let pinned = portal.draft(&engineer, draft).await.unwrap().commit;

        world.catalogue.change(|files| edit(files, STORE, "title: Object store", "title: Bucket"));
        portal.sync_catalogue().await.unwrap();
        let moved = portal.draft(&engineer, draft).await.unwrap();
        assert_eq!(moved.template_title, "Bucket");
        assert_ne!(moved.commit, pinned);
        assert_eq!(
            world.view(&engineer, asked).await.template_title,
            "Object store",
            "a request stays where it was asked"
        );

        world.catalogue.change(|files| edit(files, STORE, "title: Bucket", "title: ["));
        portal.sync_catalogue().await.unwrap();
        let card = portal.template(&engineer, "object-store").await.unwrap().card;
        assert_eq!(card.title, "Bucket", "the last that was whole");
        assert!(card.error.is_some());
        let revision = world.view(&engineer, asked).await.draft.unwrap();
        for (draft, what) in [(draft, "a draft"), (revision, "a revision")] {
            let error = world.send(&engineer, draft, Answers::new()).await.unwrap_err();
            assert_eq!(error.kind, ErrorKind::Conflict, "{what}: {error:?}");
            assert!(error.message.contains("is broken at the moment"), "{what}: {}", error.message);
        }
        assert_eq!(
            portal.start_draft(&engineer, "object-store", Answers::new()).await.unwrap_err().kind,
            ErrorKind::Conflict
        );
        portal.start_draft(&engineer, "sandbox-vm", Answers::new()).await.unwrap();

        world.catalogue.change(|files| files.retain(|path, _| !path.starts_with("templates/object-store/")));
        portal.sync_catalogue().await.unwrap();
        let listed = portal.catalogue(&engineer).await.unwrap();
        assert!(
            listed.len() == 4 && listed.iter().all(|c| c.name != "object-store" && c.error.is_none()),
            "{listed:?}"
        );
        for gone in [
            portal.template(&engineer, "object-store").await.map(drop),
            world.send(&engineer, draft, Answers::new()).await.map(drop),
        ] {
            assert_eq!(gone.unwrap_err().kind, ErrorKind::NotFound);
        }
        assert_eq!(world.state(&engineer, asked).await, RequestState::ChangesRequested, "its page is there");
        world.sandbox.shutdown().await;
        world.db.remove().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_template_that_was_never_whole_is_shown_with_its_fault() {
    for db in each_engine().await {
        let world = World::start(db).await;
        let engineer = world.engineer().await;
        world.catalogue.change(|files| {
            let text = "title: \"Queue: fast\"\nowner: data-platform\nsummary: [\n";
            files.insert("templates/queue/template.yaml".into(), text.into());
        });
        world.portal.sync_catalogue().await.unwrap();
        let view = world.portal.template(&engineer, "queue").await.unwrap();
        assert_eq!((view.card.title.as_str(), view.card.owner.as_str()), ("Queue: fast", "data-platform"));
        assert!(view.card.error.unwrap().contains("template.yaml, line"));
        assert!(view.files.is_empty() && view.form.steps.is_empty());
        let cards = world.portal.catalogue(&engineer).await.unwrap();
        assert!(cards.iter().any(|c| c.name == "queue" && c.error.is_some()));
        let refused = world.portal.start_draft(&engineer, "queue", Answers::new()).await.unwrap_err();
        assert!(refused.message.contains("data-platform"), "{refused:?}");
        // A name that no engine can look up is not there, and nothing more.
        for odd in ["queue\0", "\0"] {
            assert_eq!(world.portal.template(&engineer, odd).await.unwrap_err().kind, ErrorKind::NotFound);
        }
        world.sandbox.shutdown().await;
        world.db.remove().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_panel_says_what_is_missing_what_is_wrong_and_what_nobody_can_change() {
    let world = World::start(causeway_store::testing::sqlite().await).await;
    let portal = &world.portal;
    let engineer = world.engineer().await;
    let problem = async |draft| portal.draft(&engineer, draft).await.unwrap().check.preview.problem.unwrap();
    let wrong = |name: &str, cost_centre: &str| -> Answers {
        let mut all = answers(name, "staging");
        all.insert("cost_centre".into(), cost_centre.into());
        all
    };
    for (all, words) in [
        (wrong("", ""), "Fill in Name and Cost centre to see the change, its price and who decides."),
        (
            wrong("Not A Name", ""),
            "Fill in Cost centre, and correct Name, to see the change, its price and who decides.",
        ),
        (wrong("Not A Name", "CC-1042"), "Correct Name to see the change, its price and who decides."),
    ] {
        let draft = portal.start_draft(&engineer, "object-store", all).await.unwrap();
        assert_eq!(problem(draft).await, words);
    }
    let id = world.live(&engineer, "stuck-here").await;
    world.catalogue.change(|files| {
        let others = "clouds: [aws, gcp, azure]\nregions: [af-south-1, europe-west1, us-central1, westeurope, eastus]";
        edit(files, STORE, "clouds: [aws, gcp, azure]", others);
    });
    portal.sync_catalogue().await.unwrap();
    let draft = portal.request_update(&engineer, id).await.unwrap();
    let words = "The template is not offered for us-east-1 any more, and the environment cannot be moved. \
        Ask the template's owner, team data-platform, to offer it there again.";
    assert_eq!(problem(draft).await, words);
    let refused = world.send(&engineer, draft, Answers::new()).await.unwrap_err();
    assert_eq!((refused.fields[0].field.as_str(), refused.fields[0].message.as_str()), ("region", words));
    // It can still be deleted, as it was built.
    let deletion = portal.request_deletion(&engineer, id).await.unwrap();
    world.send(&engineer, deletion, Answers::new()).await.unwrap();
    world.sandbox.shutdown().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn development_with_a_template_that_is_not_pre_approved_needs_somebody() {
    for db in each_engine().await {
        let world = World::start(db).await;
        let (engineer, manager) = (world.engineer().await, world.manager().await);
        let mut all = answers("batch", "development");
        all.insert("image".into(), "registry.example.com/shop/worker:1.4.2".into());
        let id = world.submit_from("batch-worker-spot", &engineer, all).await;
        let view = world.view(&engineer, id).await;
        assert_eq!(view.summary.state, RequestState::Pending);
        assert_eq!(view.stages.len(), 1);
        assert_eq!(view.stages[0].title, "Manager of payments or a senior engineer");
        world.decide(&manager, id, 1, Verdict::Approve, "").await.unwrap();
        assert_eq!(world.state(&engineer, id).await, RequestState::Approved);
        world.sandbox.shutdown().await;
        world.db.remove().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_configured_table_decides_and_a_stage_may_need_several_people() {
    let routes = vec![
        RouteRule {
            tier: Tier::Staging,
            standard: None,
            stages: vec![
                StageRule { title: "Two managers of {team}".into(), approvers: vec![Role::Manager], needed: 2 },
                StageRule { title: "Security".into(), approvers: vec![Role::Security], needed: 1 },
            ],
        },
        RouteRule { tier: Tier::Production, standard: Some(true), stages: vec![] },
    ];
    for db in each_engine().await {
        let world = World::start_with(db, routes.clone()).await;
        let engineer = world.engineer().await;
        let one = world.manager().await;
        let two = world.person("Chen Wei", &[(Role::Manager, payments())]).await;
        let security =
            world.person("Kofi Mensah", &[(Role::Security, causeway_contract::people::Scope::Everything)]).await;
        let id = world.submit(&engineer, "counted", "staging").await;
        assert_eq!(world.view(&engineer, id).await.stages[0].needed, 2);
        world.decide(&one, id, 1, Verdict::Approve, "").await.unwrap();
        let half = world.view(&engineer, id).await;
        assert_eq!((half.stages[0].state, half.stages[0].decisions.len()), (StageState::Open, 1));
        let again = world.decide(&one, id, 1, Verdict::Approve, "").await.unwrap_err();
        assert_eq!(again.kind, ErrorKind::Conflict, "nobody counts twice: {again:?}");
        assert_eq!(world.decide(&security, id, 1, Verdict::Approve, "").await.unwrap_err().kind, ErrorKind::Forbidden);
        world.decide(&two, id, 1, Verdict::Approve, "").await.unwrap();
        assert_eq!(world.view(&engineer, id).await.summary.waiting_for.as_deref(), Some("Security"));
        world.decide(&security, id, 1, Verdict::Approve, "").await.unwrap();
        assert_eq!(world.state(&engineer, id).await, RequestState::Approved);

        let free = world.submit(&engineer, "free", "production").await;
        assert_eq!(world.state(&engineer, free).await, RequestState::Approved, "this table asks nobody in production");
        // No rule names development: an infrastructure admin is asked.
        let unnamed = world.submit(&engineer, "unnamed", "development").await;
        assert_eq!(world.view(&engineer, unnamed).await.stages[0].title, "Infrastructure admin");
        world.sandbox.shutdown().await;
        world.db.remove().await;
    }
}
