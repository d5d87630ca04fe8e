//! One copy of a model request: described anew, merged where wanted, written, told of in the record.

use crate::{Outcome, crowd::Cast, models::Model};
use causeway_store::{
    Conn,
    audit::{self, NewEvent, Who},
    deliveries, environments, micros, new_id, requests, stages,
};
use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use uuid::Uuid;

pub(crate) fn shorten(copy: &mut Model, diff: &str) {
    copy.revision.diff = diff.to_owned();
    copy.revision.files = "{}".into();
}

#[expect(clippy::too_many_arguments, reason = "one caller, and every one of them varies")]
pub(crate) fn describe(
    copy: &mut Model,
    id: Uuid,
    environment: usize,
    round: usize,
    name: &str,
    who: &Cast,
    at: DateTime<Utc>,
    dice: u64,
) {
    let old = std::mem::replace(&mut copy.request.environment_name, name.to_owned());
    let now = micros(at);
    // The same environment has the same id in each of its requests.
    let home = Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0000 | environment as u128);
    let request = &mut copy.request;
    (request.id, request.environment_id, request.requester_id) = (id, home, who.requester.0);
    request.kind = if round == 0 { "create" } else { "update" }.into();
    request.team.clone_from(&who.team);
    request.waiting_for = request.waiting_for.take().map(|title| title.replace("payments", &who.team));
    (request.submitted_at, request.updated_at) = (now, now + 120_000_000);
    request.closed_at = request.closed_at.map(|_| now + 120_000_000);
    vary_price(request, dice);
    let e = &mut copy.environment;
    (e.id, e.owner_id, e.created_at, e.updated_at) = (home, who.requester.0, now, now);
    (e.name, e.team, e.state) = (name.to_owned(), who.team.clone(), "live".into());
    e.directory = e.directory.replace(&old, name);
    let r = &mut copy.revision;
    (r.request_id, r.created_by, r.created_at) = (id, who.requester.0, now);
    for text in [&mut r.answers, &mut r.facts, &mut r.files, &mut r.diff, &mut r.tags] {
        *text = text.replace(&old, name);
    }
    for stage in &mut copy.stages {
        let before = std::mem::replace(&mut stage.id, new_id(at));
        stage.request_id = id;
        stage.title = stage.title.replace("payments", &who.team);
        stage.opened_at = stage.opened_at.map(|_| now);
        stage.closed_at = stage.closed_at.map(|_| now + 60_000_000);
        for decision in copy.decisions.iter_mut().filter(|d| d.stage_id == before) {
            (decision.id, decision.stage_id, decision.request_id) = (new_id(at), stage.id, id);
            decision.person_id = who.deciders[usize::try_from(stage.position).unwrap_or(0).min(1)].0;
            decision.decided_at = now + 60_000_000;
        }
    }
    if let Some(delivery) = &mut copy.delivery {
        (delivery.request_id, delivery.branch) = (id, format!("causeway/seeded-{id}"));
        delivery.started_at = now;
    }
}

/// Half to double of the model's price, so that sorting by it means something.
fn vary_price(request: &mut requests::Request, dice: u64) {
    let Some(monthly) = request.monthly_micros else { return };
    let varied = monthly / 100 * (50 + (dice % 150) as i64);
    request.monthly_micros = Some(varied);
    if let Ok(mut price) = serde_json::from_str::<Value>(&request.price) {
        price["monthly"]["amount"] = Value::from(format!("{}.{:06}", varied / 1_000_000, varied % 1_000_000));
        request.price = price.to_string();
    }
}

pub(crate) fn merge(copy: &mut Model) {
    let done = copy.request.updated_at;
    copy.request.state = "merged".into();
    copy.request.closed_at = Some(done);
    if let Some(delivery) = &mut copy.delivery {
        delivery.pull_request_state = Some("MERGED".into());
        delivery.merge_sha.clone_from(&delivery.head_sha);
    }
    if let Some(mut event) = copy.events.last().cloned() {
        event.action = "delivery.merged".into();
        event.actor_name = "Bitbucket".into();
        event.actor_kind = "system".into();
        event.detail = json!({ "pull_request": copy.delivery.as_ref().and_then(|d| d.pull_request_id) }).to_string();
        copy.events.push(event);
    }
}

pub(crate) async fn insert(conn: &mut Conn, copy: &mut Model, first: bool) -> Outcome<()> {
    copy.request.number = requests::next_number(conn).await?;
    if let Some(delivery) = &mut copy.delivery {
        delivery.pull_request_id = Some(copy.request.number + 1_000_000);
    }
    if first {
        environments::insert(conn, &copy.environment).await?;
    }
    requests::insert(conn, &copy.request).await?;
    requests::insert_revision(conn, &copy.revision).await?;
    for stage in &copy.stages {
        stages::insert(conn, stage).await?;
    }
    for decision in &copy.decisions {
        stages::insert_decision(conn, decision).await?;
    }
    if let Some(delivery) = &copy.delivery {
        deliveries::put(conn, delivery).await?;
    }
    Ok(())
}

/// The model's event, told of the copy.
pub(crate) fn again(event: &audit::Event, copy: &Model, who: &Cast) -> NewEvent {
    let person = |(id, name): &(Uuid, String)| Who::Person { id: *id, name: name.clone() };
    let decided = copy.decisions.len();
    let who = match (event.actor_kind.as_str(), event.action.as_str()) {
        ("person", "request.submitted" | "request.withdrawn") => person(&who.requester),
        ("person", "request.stage_approved" | "request.denied") => {
            // The last of two decisions is the admin's.
            let last = copy.events.iter().rfind(|e| e.action == event.action).is_some_and(|e| e.seq == event.seq);
            person(&who.deciders[usize::from(decided == 2 && last)])
        }
        ("person", _) => person(&who.requester),
        _ => Who::System(event.actor_name.clone()),
    };
    NewEvent {
        who,
        action: action(&event.action),
        subject_kind: "request",
        subject_id: copy.request.id.to_string(),
        subject_name: format!("request {} ({})", copy.request.number, copy.request.environment_name),
        done: event.outcome == "done",
        detail: serde_json::from_str(&event.detail).unwrap_or_default(),
    }
}

/// The store wants actions that are known when compiling; there are some ten different ones here, each kept once.
fn action(text: &str) -> &'static str {
    static KNOWN: std::sync::Mutex<Vec<&'static str>> = std::sync::Mutex::new(Vec::new());
    let mut known = KNOWN.lock().unwrap_or_else(|e| e.into_inner());
    if let Some(found) = known.iter().find(|k| **k == text) {
        return found;
    }
    let kept: &'static str = text.to_owned().leak();
    known.push(kept);
    kept
}
