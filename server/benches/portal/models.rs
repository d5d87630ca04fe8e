//! Requests that the services themselves made, delivered to a real repository: what the seeded rows are copies of.
//!
//! To add a kind: submit it in [`make`] and keep it under its tier and state.

use crate::{Outcome, world::World};
use causeway_contract::{
    Answers,
    ids::{PersonId, RequestId, SessionId},
    people::{Grant, PersonRef, Role, Scope},
    requests::{NewDecision, StageState, Submission, Verdict},
};
use causeway_portal::{Portal, access::Actor, delivery::host::CodeHost};
use causeway_server::{
    assemble::{self, World as Parts},
    http::Site,
};
use causeway_store::{
    Clock, Conn, Db, MockClock, SystemClock,
    audit::{self, Event},
    deliveries::{self, Delivery},
    environments::{self, Environment},
    migrate, new_id, people,
    requests::{self, Request, Revision},
    stages::{self, Decision, Stage},
};
use chrono::{DateTime, TimeDelta, Utc};
use std::{collections::BTreeMap, sync::Arc};
use tokio::sync::watch;

/// How long ago the first request was made.
const HISTORY: TimeDelta = TimeDelta::days(730);

/// Every row of one request.
#[derive(Clone)]
pub(crate) struct Model {
    pub(crate) environment: Environment,
    pub(crate) request: Request,
    pub(crate) revision: Revision,
    pub(crate) stages: Vec<Stage>,
    pub(crate) decisions: Vec<Decision>,
    pub(crate) delivery: Option<Delivery>,
    pub(crate) events: Vec<Event>,
}

pub(crate) struct Models {
    /// By tier and state; `second stage` is a pending production request that the first stage has approved.
    pub(crate) by_kind: BTreeMap<(&'static str, &'static str), Model>,
    pub(crate) db: Db,
    /// The seeded history goes from here …
    pub(crate) begin: DateTime<Utc>,
    /// … to here.
    pub(crate) end: DateTime<Utc>,
}

struct Maker {
    portal: Portal,
    clock: MockClock,
    engineer: Actor,
    manager: Actor,
    admin: Actor,
}

/// Migrates the database of the configuration and makes one request of every kind, two years ago.
pub(crate) async fn make(world: &World) -> Outcome<Models> {
    let config = world.config()?;
    let db = assemble::database(&config).await?;
    migrate(&db).await?;
    let end = SystemClock.now();
    let clock = MockClock::at(end - HISTORY);
    let host = assemble::host(&config)?;
    // A reconciler does it in a running portal: without the repository there is nothing to show a change against.
    host.tip().await?;
    let parts = Parts {
        db: db.clone(),
        clock: Arc::new(clock.clone()),
        host: Arc::new(host),
        source: Arc::new(assemble::source(&config)?),
        site: Site::find(config.server.listen),
        demo: false,
    };
    let (_stop, stopping) = watch::channel(false);
    let portal = assemble::web(config, parts, stopping)?.portal;
    portal.sync_catalogue().await?;
    let payments = Scope::Team("payments".into());
    let maker = Maker {
        engineer: person(&db, end, "Model Engineer", Role::Engineer, payments.clone()).await?,
        manager: person(&db, end, "Model Manager", Role::Manager, payments).await?,
        admin: person(&db, end, "Model Admin", Role::InfrastructureAdmin, Scope::Everything).await?,
        portal,
        clock,
    };
    let mut by_kind = BTreeMap::new();
    let development = maker.submit("object-store", "model-development", "development").await?;
    maker.deliver().await?;
    by_kind.insert(("development", "in_review"), maker.model(development).await?);
    for tier in ["staging", "production"] {
        let id = maker.submit("web-service-postgres", &format!("model-{tier}"), tier).await?;
        by_kind.insert((tier, "pending"), maker.model(id).await?);
        maker.decide(&maker.manager, id, Verdict::Approve).await?;
        if tier == "production" {
            by_kind.insert((tier, "second stage"), maker.model(id).await?);
            maker.decide(&maker.admin, id, Verdict::Approve).await?;
        }
        maker.deliver().await?;
        by_kind.insert((tier, "in_review"), maker.model(id).await?);
        let id = maker.submit("web-service-postgres", &format!("model-{tier}-denied"), tier).await?;
        maker.decide(&maker.manager, id, Verdict::Deny).await?;
        by_kind.insert((tier, "denied"), maker.model(id).await?);
        let id = maker.submit("web-service-postgres", &format!("model-{tier}-withdrawn"), tier).await?;
        maker.portal.withdraw(&maker.engineer, id).await?;
        by_kind.insert((tier, "withdrawn"), maker.model(id).await?);
    }
    for ((tier, state), model) in &by_kind {
        let expected = if *state == "second stage" { "pending" } else { state };
        if model.request.state != expected {
            return Err(format!("the model request {tier}, {state} came out {}", model.request.state).into());
        }
    }
    let begin = maker.clock.now() + TimeDelta::hours(1);
    Ok(Models { by_kind, db, begin, end })
}

impl Maker {
    async fn submit(&self, template: &str, name: &str, tier: &str) -> Outcome<RequestId> {
        let draft = self.portal.start_draft(&self.engineer, template, answers(name, tier)).await?;
        let seen = self.portal.draft(&self.engineer, draft).await?;
        let submission = Submission { version: seen.version, answers: Answers::new(), seen: seen.check.preview.digest };
        let id = self.portal.submit_draft(&self.engineer, draft, submission).await;
        self.clock.advance(TimeDelta::minutes(1));
        id.map_err(|e| format!("the model request {name} was refused: {e:?}").into())
    }

    async fn decide(&self, who: &Actor, id: RequestId, verdict: Verdict) -> Outcome<()> {
        let stages = self.portal.request(who, id).await?.stages;
        let open = stages.iter().find(|s| s.state == StageState::Open).and_then(|s| s.id);
        let stage = open.ok_or("a model request has no open stage")?;
        let comment = "Looks as agreed with the team.".into();
        self.portal.decide(who, id, NewDecision { revision: 1, stage, verdict, comment, field: None }).await?;
        self.clock.advance(TimeDelta::minutes(1));
        Ok(())
    }

    async fn deliver(&self) -> Outcome<()> {
        self.portal.run_due_jobs().await?;
        self.clock.advance(TimeDelta::minutes(1));
        Ok(())
    }

    async fn model(&self, id: RequestId) -> Outcome<Model> {
        let mut conn = self.portal.db().read().await?;
        read(&mut conn, id).await
    }
}

async fn read(conn: &mut Conn, id: RequestId) -> Outcome<Model> {
    let request = requests::find(conn, id.0).await?.ok_or("a model request is gone")?;
    Ok(Model {
        environment: environments::find(conn, request.environment_id).await?.ok_or("a model environment is gone")?,
        revision: requests::revision(conn, id.0, request.revision).await?.ok_or("a model revision is gone")?,
        stages: stages::of_revision(conn, id.0, request.revision).await?,
        decisions: stages::decisions(conn, id.0).await?,
        delivery: deliveries::find(conn, id.0).await?,
        events: audit::of_subject(conn, "request", &id.to_string()).await?,
        request,
    })
}

async fn person(db: &Db, now: DateTime<Utc>, name: &str, role: Role, scope: Scope) -> Outcome<Actor> {
    let grants = vec![Grant { role, scope }];
    let mut conn = db.begin().await?;
    let row = people::upsert(&mut conn, &row(new_id(now), name)).await?;
    people::set_grants(&mut conn, row.id, &grants).await?;
    conn.commit().await?;
    Ok(Actor {
        person: PersonRef { id: PersonId(row.id), name: row.name, email: row.email },
        grants,
        session: SessionId(new_id(now)),
        groups: vec![],
        groups_note: None,
        mfa: true,
    })
}

/// Somebody of a provider that no configuration names: nobody signs in as them.
pub(crate) fn row(id: uuid::Uuid, name: &str) -> people::Person {
    people::Person {
        id,
        issuer: "https://seed.invalid".into(),
        subject: name.to_lowercase().replace(' ', "-"),
        name: name.into(),
        email: format!("{}@causeway.example", name.to_lowercase().replace(' ', ".")),
        groups_json: "[]".into(),
        groups_note: None,
        first_seen_at: 0,
        last_seen_at: 0,
    }
}

/// Answers that every shipped template needs, and those of the two that are used here.
pub(crate) fn answers(name: &str, tier: &str) -> Answers {
    [
        ("environment_name", name),
        ("tier", tier),
        ("cloud", "aws"),
        ("region", "us-east-1"),
        ("team", "payments"),
        ("cost_centre", "CC-1042"),
        ("data_classification", "internal"),
        ("justification", "Receipts of the new checkout."),
        ("image", "registry.example.com/payments/receipts:1.4.2"),
        ("hostname", "receipts.example.com"),
        ("db_size", "medium"),
    ]
    .into_iter()
    .map(|(key, value)| (key.to_owned(), value.to_owned()))
    .collect()
}
