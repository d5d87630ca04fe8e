//! The yardstick: axum, the store, JSON, and nothing else. A process of its own, started from this same program.
//!
//! It looks the session up and runs every statement that the page runs, in the page's order where it matters; [`crate::same_sql`]
//! compares the two before anything is measured. When a page begins to ask for more, add it here.

use crate::{Outcome, world::read_config};
use axum::{
    Json, Router,
    extract::{Path, State},
    http::{HeaderMap, StatusCode, header::COOKIE},
    routing::get,
};
use causeway_contract::{
    ids::{PersonId, SessionId},
    page::PAGE_SIZE,
    people::PersonRef,
    places::Tier,
};
use causeway_portal::{
    access::{Actor, Place},
    approvals::Approvers,
};
use causeway_store::{Conn, Db, audit, deliveries, people, requests, sessions, stages, templates};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::{collections::HashSet, net::Ipv4Addr, path::Path as FilePath};
use uuid::Uuid;

/// Set for the child: its port …
pub(crate) const PORT: &str = "CAUSEWAY_BENCH_BARE_PORT";
/// … and the portal's configuration.
pub(crate) const CONFIG: &str = "CAUSEWAY_BENCH_BARE_CONFIG";
/// Set for the child that shows its statements: the filter of its log.
pub(crate) const LOG: &str = "CAUSEWAY_BENCH_BARE_LOG";
/// Where a request's page lives, on both sides.
pub(crate) const REQUEST: &str = "/requests/";

/// Requests that wait are counted up to here, in steps of so many.
const WAITING: (usize, i64) = (100, 200);

pub(crate) fn run() -> Outcome<()> {
    let port: u16 = std::env::var(PORT)?.parse()?;
    let mut config = read_config(FilePath::new(&std::env::var(CONFIG)?))?;
    if let Ok(filter) = std::env::var(LOG) {
        config.telemetry.log = filter;
        config.telemetry.log_format = causeway_server::config::LogFormat::Json;
        causeway_server::telemetry::start(&config.telemetry)?;
    }
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(async {
        let db = causeway_server::assemble::database(&config).await?;
        let router = Router::new()
            .route("/ready", get(|| async { "ready" }))
            .route("/requests", get(list))
            .route("/requests/{id}", get(one))
            .with_state(db.clone());
        let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
        let mut stop = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
        tokio::select! {
            result = axum::serve(listener, router) => result?,
            _ = stop.recv() => {}
        }
        db.close().await;
        Ok(())
    })
}

type Answer = Result<Json<Value>, (StatusCode, String)>;

fn broken(error: impl std::fmt::Display) -> (StatusCode, String) {
    (StatusCode::INTERNAL_SERVER_ERROR, error.to_string())
}

async fn list(State(db): State<Db>, headers: HeaderMap) -> Answer {
    let mut conn = db.read().await.map_err(broken)?;
    let (actor, waiting) = viewer(&mut conn, &headers).await?;
    let query = requests::Query::of(actor.reader(), PAGE_SIZE as i64 + 1);
    let mut rows = requests::list(&mut conn, &query).await.map_err(broken)?;
    let next = (rows.len() > PAGE_SIZE).then(|| rows.truncate(PAGE_SIZE));
    let items = summaries(&mut conn, rows).await?;
    Ok(Json(json!({ "viewer": actor.person, "waiting": waiting, "items": items, "more": next.is_some() })))
}

async fn one(State(db): State<Db>, Path(id): Path<Uuid>, headers: HeaderMap) -> Answer {
    let mut conn = db.read().await.map_err(broken)?;
    let conn = &mut conn;
    let (actor, waiting) = viewer(conn, &headers).await?;
    let row = requests::find(conn, id).await.map_err(broken)?.ok_or((StatusCode::NOT_FOUND, String::new()))?;
    let revision =
        requests::revision(conn, row.id, row.revision).await.map_err(broken)?.ok_or_else(|| broken("no revision"))?;
    let template = templates::version(conn, &row.template, &row.commit_sha).await.map_err(broken)?;
    let events = audit::of_subject(conn, "request", &row.id.to_string()).await.map_err(broken)?;
    let history = requests::Query { environment: Some(row.environment_id), ..requests::Query::of(actor.reader(), 11) };
    let mut history = requests::list(conn, &history).await.map_err(broken)?;
    history.retain(|r| r.id != row.id);
    history.truncate(10);
    let stages = stages(conn, &row).await?;
    let delivery = deliveries::find(conn, row.id).await.map_err(broken)?;
    let history = summaries(conn, history).await?;
    let may = may_decide(conn, &actor, &row).await?;
    let timeline: Vec<Value> = events
        .iter()
        .map(|e| json!({ "seq": e.seq, "at": e.at, "actor": e.actor_name, "action": e.action, "detail": e.detail }))
        .collect();
    let summary = summaries(conn, vec![row]).await?.pop();
    Ok(Json(json!({
        "viewer": actor.person, "waiting": waiting, "summary": summary, "template": template.map(|t| t.len()),
        "justification": revision.justification, "answers": revision.answers, "diff": revision.diff, "tags": revision.tags,
        "digests": [revision.request_digest, revision.files_digest], "stages": stages,
        "delivery": delivery.map(|d| json!({ "branch": d.branch, "commit": d.head_sha, "pull_request": d.pull_request_url })),
        "timeline": timeline, "history": history, "may_decide": may,
    })))
}

/// Session, person, roles, and how much waits for them: what every page asks.
async fn viewer(conn: &mut Conn, headers: &HeaderMap) -> Result<(Actor, usize), (StatusCode, String)> {
    let nobody = || (StatusCode::UNAUTHORIZED, String::new());
    let cookie =
        headers.get(COOKIE).and_then(|v| v.to_str().ok()).and_then(|v| v.split_once('=')).ok_or_else(nobody)?.1;
    let token = hex::encode(Sha256::digest(cookie.as_bytes()));
    let session = sessions::by_token(conn, &token).await.map_err(broken)?.ok_or_else(nobody)?;
    let person = people::find(conn, session.person_id.ok_or_else(nobody)?).await.map_err(broken)?.ok_or_else(nobody)?;
    let actor = Actor {
        grants: people::grants_of(conn, person.id).await.map_err(broken)?,
        person: PersonRef { id: PersonId(person.id), name: person.name, email: person.email },
        session: SessionId(session.id),
        groups: vec![],
        groups_note: None,
        mfa: session.mfa,
    };
    let (mut count, mut after) = (0, None);
    loop {
        let batch = requests::waiting(conn, &actor.reader(), after, WAITING.1).await.map_err(broken)?;
        after = batch.last().map(|w| (w.submitted_at, w.id));
        for waiting in &batch {
            let approvers: Approvers = serde_json::from_str(&waiting.approvers).map_err(broken)?;
            let tier: Tier = waiting.tier.parse().map_err(broken)?;
            count += usize::from(approvers.admits(&actor, Place { team: &waiting.team, tier }));
            if count == WAITING.0 {
                return Ok((actor, count));
            }
        }
        if batch.len() < WAITING.1 as usize {
            return Ok((actor, count));
        }
    }
}

async fn summaries(conn: &mut Conn, rows: Vec<requests::Request>) -> Result<Vec<Value>, (StatusCode, String)> {
    let ids: HashSet<Uuid> = rows.iter().map(|r| r.requester_id).collect();
    let names = people::find_many(conn, ids).await.map_err(broken)?;
    let summary = |r: requests::Request| {
        let requester = names.iter().find(|p| p.id == r.requester_id).map(|p| &p.name);
        json!({
            "id": r.id, "number": r.number, "kind": r.kind, "state": r.state, "environment": r.environment_name, "template": r.template,
            "tier": r.tier, "cloud": r.cloud, "region": r.region, "team": r.team, "requester": requester, "price": r.price,
            "submitted_at": r.submitted_at, "updated_at": r.updated_at, "waiting_for": r.waiting_for,
        })
    };
    Ok(rows.into_iter().map(summary).collect())
}

async fn stages(conn: &mut Conn, row: &requests::Request) -> Result<Vec<Value>, (StatusCode, String)> {
    let route = stages::of_revision(conn, row.id, row.revision).await.map_err(broken)?;
    let decisions = stages::decisions(conn, row.id).await.map_err(broken)?;
    let ids: HashSet<Uuid> = decisions.iter().map(|d| d.person_id).collect();
    let names = people::find_many(conn, ids).await.map_err(broken)?;
    let mut out = Vec::new();
    for stage in route {
        let mut deciders = Vec::new();
        if matches!(stage.state.as_str(), "open" | "waiting") {
            let approvers: Approvers = serde_json::from_str(&stage.approvers).map_err(broken)?;
            let place = Place { team: &row.team, tier: row.tier.parse().map_err(broken)? };
            for (person, grant) in people::holders(conn, &approvers.roles).await.map_err(broken)? {
                if causeway_portal::access::covers(&grant.scope, place) {
                    deciders.push(person.name);
                }
            }
        }
        let given: Vec<Value> = decisions
            .iter()
            .filter(|d| d.stage_id == stage.id)
            .map(|d| json!({ "verdict": d.verdict, "by": names.iter().find(|p| p.id == d.person_id).map(|p| &p.name), "at": d.decided_at, "evidence": d.evidence }))
            .collect();
        out.push(json!({ "title": stage.title, "state": stage.state, "needed": stage.needed, "deciders": deciders, "decisions": given }));
    }
    Ok(out)
}

async fn may_decide(conn: &mut Conn, actor: &Actor, row: &requests::Request) -> Result<bool, (StatusCode, String)> {
    let route = stages::of_revision(conn, row.id, row.revision).await.map_err(broken)?;
    let Some(open) = route.iter().find(|s| s.state == "open") else { return Ok(false) };
    let approvers: Approvers = serde_json::from_str(&open.approvers).map_err(broken)?;
    if !approvers.admits(actor, Place { team: &row.team, tier: row.tier.parse().map_err(broken)? }) {
        return Ok(false);
    }
    let given = stages::decisions(conn, row.id).await.map_err(broken)?;
    Ok(given.iter().all(|d| d.revision != row.revision || d.person_id != actor.id().0))
}
