//! The permission matrix as text: who may do what, tried for real and compared with what the page would say.
//!
//! When a permission changes on purpose, the new text is in the failure's output: read it, then put it into `matrix.txt`.

use crate::world::{World, answers, payments};
use causeway_contract::{
    ApiResult, ErrorKind,
    actions::Action,
    audit::AuditFilter,
    environments::EnvironmentFilter,
    ids::RequestId,
    people::{Role, Scope},
    places::Tier,
    requests::{RequestFilter, Verdict},
};
use causeway_portal::access::Actor;
use causeway_store::testing::sqlite;

fn subjects() -> Vec<(&'static str, Vec<(Role, Scope)>)> {
    let search = Scope::Team("search".into());
    vec![
        ("without a role", vec![]),
        ("engineer of the team", vec![(Role::Engineer, payments())]),
        ("engineer of another team", vec![(Role::Engineer, search.clone())]),
        ("manager of the team", vec![(Role::Manager, payments())]),
        ("manager of another team", vec![(Role::Manager, search)]),
        ("senior engineer everywhere", vec![(Role::SeniorEngineer, Scope::Everything)]),
        ("senior engineer of staging", vec![(Role::SeniorEngineer, Scope::Tier(Tier::Staging))]),
        ("security", vec![(Role::Security, Scope::Everything)]),
        ("auditor", vec![(Role::Auditor, Scope::Everything)]),
        ("finops", vec![(Role::Finops, Scope::Everything)]),
        ("infrastructure admin", vec![(Role::InfrastructureAdmin, Scope::Everything)]),
    ]
}

/// `yes`, `no` (forbidden or wrong state) or `unseen` (not found).
fn word<T: std::fmt::Debug>(result: &ApiResult<T>) -> &'static str {
    match result {
        Ok(_) => "yes",
        Err(e) if e.kind == ErrorKind::NotFound => "unseen",
        Err(e) => {
            assert!(matches!(e.kind, ErrorKind::Forbidden | ErrorKind::Conflict | ErrorKind::Invalid), "{e:?}");
            "no"
        }
    }
}

/// Tries the decision, and holds the answer against what the page says.
async fn approve(world: &World, actor: &Actor, id: RequestId) -> &'static str {
    let page = world.portal.request(actor, id).await;
    let waits = world.portal.inbox(actor, None).await.unwrap().items.iter().any(|r| r.id == id);
    let done = world.decide(actor, id, 1, Verdict::Approve, "").await;
    let said = page.as_ref().is_ok_and(|p| p.actions.iter().any(|(a, may)| *a == Action::Approve && may.is_ok()));
    assert_eq!(said, done.is_ok(), "the page and the service disagree: {done:?}");
    assert_eq!(waits, done.is_ok(), "the inbox and the service disagree: {done:?}");
    word(&done)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_may_do_what() {
    let world = World::start(sqlite().await).await;
    let portal = &world.portal;
    let requester = world.engineer().await;
    let (manager, _) = (world.person("First Manager", &[(Role::Manager, payments())]).await, ());
    let mut out = String::new();
    let mut line = |who: &str, what: &str, answer: &str| out.push_str(&format!("{who:<28}{what:<44}{answer}\n"));
    for (n, (who, grants)) in subjects().into_iter().enumerate() {
        let actor = world.person(who, &grants).await;
        line(who, "browse the catalogue", word(&portal.catalogue(&actor).await));
        let draft = portal.start_draft(&actor, "object-store", answers(&format!("own-{n}"), "staging")).await;
        line(who, "begin a draft", word(&draft));
        if let Ok(draft) = draft {
            line(who, "submit it for the team", word(&world.send(&actor, draft, Default::default()).await));
        }
        for tier in Tier::ALL {
            // Development needs nobody with a standard template; there is nothing to decide.
            let id = world.submit(&requester, &format!("{}-{n}", tier.as_str()), tier.as_str()).await;
            line(who, &format!("read a {tier} request"), word(&portal.request(&actor, id).await));
            let listed = portal.requests(&actor, RequestFilter::default()).await.unwrap();
            assert_eq!(
                listed.items.iter().any(|r| r.id == id),
                portal.request(&actor, id).await.is_ok(),
                "list and page agree"
            );
            line(who, &format!("comment on a {tier} request"), word(&portal.comment(&actor, id, "Hm.".into()).await));
            line(who, &format!("withdraw somebody's {tier} request"), word(&portal.withdraw(&actor, id).await));
            if *tier == Tier::Development {
                continue;
            }
            line(who, &format!("decide {tier}, first stage"), approve(&world, &actor, id).await);
            if *tier == Tier::Production {
                let second = world.submit(&requester, &format!("second-{n}"), "production").await;
                world.decide(&manager, second, 1, Verdict::Approve, "").await.unwrap();
                line(who, "decide production, second stage", approve(&world, &actor, second).await);
            }
        }
        let environments = portal.environments(&actor, EnvironmentFilter::default()).await.unwrap();
        let own = environments.items.iter().find(|e| e.name == "staging-0");
        line(who, "see the team's environments", if own.is_some() { "yes" } else { "unseen" });
        line(who, "read the audit log", word(&portal.audit(&actor, AuditFilter::default()).await));
    }
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/delivery/matrix.txt");
    if std::env::var_os("CAUSEWAY_WRITE_MATRIX").is_some() {
        std::fs::write(path, &out).unwrap();
    }
    assert_eq!(
        out,
        std::fs::read_to_string(path).unwrap_or_default(),
        "the permission matrix has changed; the new one:\n{out}"
    );
    world.sandbox.shutdown().await;
}
