//! Two years of a large company: copies of the model requests, with people, and a whole audit chain.

use crate::{
    Outcome, models,
    models::{Model, Models},
    report::Row,
    scale::Scale,
};
use causeway_contract::people::{Grant, Role, Scope};
use causeway_store::{
    Conn,
    audit::{self, NewEvent, Who},
    deliveries, environments, from_micros, micros, new_id, people, requests, stages,
};
use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};
use uuid::Uuid;

const PEOPLE: usize = 3_000;
const TEAMS: usize = 60;
/// Requests of each environment, one after the other.
const PER_ENVIRONMENT: usize = 4;
/// The newest requests of which some are not done.
const RECENT: usize = 1_500;
/// Requests in one transaction.
const BATCH: usize = 4_000;
/// One request in so many has its template's whole diff; the others have its first lines, so that the file stays at a
/// size that people can keep on disk beside a build.
const WHOLE: usize = 100;
const SHORT_LINES: usize = 12;

pub(crate) struct Seeded {
    /// Every request, oldest first: time and id, which is what a page's link holds.
    pub(crate) order: Vec<(i64, Uuid)>,
    /// Requests with their whole diff.
    pub(crate) whole: Vec<Uuid>,
    /// The newest of every kind: `staging, pending`.
    pub(crate) kinds: BTreeMap<String, Uuid>,
    events: i64,
    open: usize,
    took: Duration,
    bytes: u64,
}

impl Seeded {
    pub(crate) fn rows(&self) -> Vec<Row> {
        let what = format!(
            "Seeding: {} requests ({} open), {} audit events, {PEOPLE} people; {} MB of SQLite",
            self.order.len(),
            self.open,
            self.events,
            self.bytes / 1_000_000
        );
        vec![Row::new(what, format!("{:.0} s", self.took.as_secs_f64()))]
    }
}

/// People by what they do, each with a team.
struct Crowd {
    engineers: Vec<Vec<(Uuid, String)>>,
    managers: Vec<Vec<(Uuid, String)>>,
    admins: Vec<(Uuid, String)>,
}

/// Writes everything and closes the database.
pub(crate) async fn seed(world: &crate::world::World, models: &Models, scale: &Scale) -> Outcome<Seeded> {
    let begun = Instant::now();
    let mut conn = models.db.begin().await?;
    let crowd = crowd(&mut conn, models.begin).await?;
    conn.commit().await?;
    let mut seeded = Seeded { order: vec![], whole: vec![], kinds: BTreeMap::new(), events: 0, open: 0, took: Duration::ZERO, bytes: 0 };
    let copies = Copies::of(models, scale.requests)?;
    for first in (0..scale.requests).step_by(BATCH) {
        let mut conn = models.db.begin().await?;
        for i in first..(first + BATCH).min(scale.requests) {
            let events = ((i + 1) as u128 * scale.events as u128 / scale.requests as u128) as i64;
            copies.add(&mut conn, &crowd, i, events, &mut seeded).await?;
        }
        conn.commit().await?;
    }
    models.db.close().await;
    seeded.took = begun.elapsed();
    let config = world.config()?;
    seeded.bytes = std::fs::metadata(config.server.data_dir.join("causeway.db"))?.len();
    Ok(seeded)
}

async fn crowd(conn: &mut Conn, now: DateTime<Utc>) -> Outcome<Crowd> {
    let mut crowd = Crowd { engineers: vec![vec![]; TEAMS], managers: vec![vec![]; TEAMS], admins: vec![] };
    for i in 0..PEOPLE {
        let name = format!("{} {} {i}", pick(&FIRST, i as u64), pick(&LAST, mix(i as u64)));
        let team = i % TEAMS;
        let scope = Scope::Team(team_name(team));
        let (role, scope, list) = match i {
            0..20 => (Role::InfrastructureAdmin, Scope::Everything, &mut crowd.admins),
            20..80 => (Role::SeniorEngineer, Scope::Everything, &mut crowd.engineers[team]),
            80..320 => (Role::Manager, scope, &mut crowd.managers[team]),
            320..340 => (Role::Auditor, Scope::Everything, &mut crowd.engineers[team]),
            _ => (Role::Engineer, scope, &mut crowd.engineers[team]),
        };
        let row = people::upsert(conn, &models::row(new_id(now), &name)).await?;
        people::set_grants(conn, row.id, &[Grant { role, scope }]).await?;
        list.push((row.id, row.name));
    }
    Ok(crowd)
}

/// What is prepared once for all copies.
struct Copies<'a> {
    models: &'a Models,
    /// How many there will be.
    total: usize,
    /// Diff, files and answers of a request that does not keep them whole, by tier.
    short: [(&'static str, String); 3],
}

impl<'a> Copies<'a> {
    fn of(models: &'a Models, total: usize) -> Outcome<Self> {
        let mut short = [("development", String::new()), ("staging", String::new()), ("production", String::new())];
        for (tier, text) in &mut short {
            let mut diff: Value = serde_json::from_str(&model(models, tier, "in_review")?.revision.diff)?;
            if let Some(files) = diff.as_array_mut() {
                files.truncate(1);
                if let Some(lines) = files.first_mut().and_then(|f| f["lines"].as_array_mut()) {
                    lines.truncate(SHORT_LINES);
                }
            }
            *text = diff.to_string();
        }
        Ok(Self { models, total, short })
    }

    /// One request with everything around it, then sign-ins until there are `events` in all.
    async fn add(&self, conn: &mut Conn, crowd: &Crowd, i: usize, events: i64, seeded: &mut Seeded) -> Outcome<()> {
        let (models, total) = (self.models, self.total);
        let environments = total / PER_ENVIRONMENT;
        let (environment, round) = (i % environments, i / environments);
        let dice = mix(environment as u64);
        let tier = match dice % 100 {
            0..60 => "development",
            60..85 => "staging",
            _ => "production",
        };
        let recent = total - i <= RECENT && round + 1 == PER_ENVIRONMENT;
        let state = state(tier, round, recent, mix(i as u64 ^ 0x5eed));
        let (kind, merged) = if state == "merged" { ("in_review", true) } else { (state, false) };
        let mut copy = model(models, tier, kind)?.clone();
        let span = models.end - models.begin;
        let at = models.begin + span * i32::try_from(i)? / i32::try_from(total)?;
        let who = People::of(crowd, dice, mix(i as u64));
        let id = new_id(at);
        seeded.order.push((micros(at), id));
        seeded.kinds.insert(format!("{tier}, {state}"), id);
        seeded.open += usize::from(!merged && !matches!(state, "denied" | "withdrawn"));
        let whole = i.is_multiple_of(WHOLE) || recent;
        if whole {
            seeded.whole.push(id);
        } else {
            shorten(&mut copy, self.short.iter().find(|(t, _)| *t == tier).map_or("[]", |(_, s)| s));
        }
        let name = format!("{}-{}-{environment}", pick(&WORDS, dice), pick(&KINDS, dice >> 8));
        describe(&mut copy, id, environment, round, &name, &who, at, mix(i as u64));
        if merged {
            merge(&mut copy);
        }
        insert(conn, &mut copy, round == 0).await?;
        for (step, event) in copy.events.iter().enumerate() {
            let at = from_micros(micros(at) + step as i64 * 15_000_000);
            audit::append(conn, at, again(event, &copy, &who)).await?;
            seeded.events += 1;
        }
        while seeded.events < events {
            let (_, name) = &who.requester;
            let event = NewEvent {
                who: Who::Person { id: who.requester.0, name: name.clone() },
                action: "session.signed_in",
                subject_kind: "session",
                subject_id: id.to_string(),
                subject_name: format!("session of {name}"),
                done: true,
                detail: json!({ "device": "Firefox on Linux", "mfa": true }),
            };
            audit::append(conn, from_micros(micros(at) + 300_000_000), event).await?;
            seeded.events += 1;
        }
        Ok(())
    }
}

/// Who takes part in one request.
struct People {
    team: String,
    requester: (Uuid, String),
    /// By stage.
    deciders: [(Uuid, String); 2],
}

impl People {
    fn of(crowd: &Crowd, environment: u64, request: u64) -> Self {
        let team = (environment >> 16) as usize % TEAMS;
        Self {
            team: team_name(team),
            requester: pick(&crowd.engineers[team], request).clone(),
            deciders: [pick(&crowd.managers[team], request >> 8).clone(), pick(&crowd.admins, request >> 16).clone()],
        }
    }
}

/// An environment's first request was merged, else there would be no later ones; only its last may be open.
fn state(tier: &str, round: usize, recent: bool, dice: u64) -> &'static str {
    match (round, recent, tier, dice % 100) {
        (0, ..) => "merged",
        (_, true, "development", 0..30) | (_, true, _, 0..20) => "in_review",
        (_, true, "production", 20..35) => "second stage",
        (_, true, "staging" | "production", 20..55) => "pending",
        (_, _, "staging" | "production", 90..95) => "denied",
        (_, _, "staging" | "production", 95..100) => "withdrawn",
        _ => "merged",
    }
}

fn model<'a>(models: &'a Models, tier: &str, state: &str) -> Outcome<&'a Model> {
    let found = models.by_kind.iter().find(|((t, s), _)| *t == tier && *s == state);
    found.map(|(_, model)| model).ok_or_else(|| format!("there is no model request {tier}, {state}").into())
}

fn shorten(copy: &mut Model, diff: &str) {
    copy.revision.diff = diff.to_owned();
    copy.revision.files = "{}".into();
}

#[expect(clippy::too_many_arguments, reason = "one caller, and every one of them varies")]
fn describe(copy: &mut Model, id: Uuid, environment: usize, round: usize, name: &str, who: &People, at: DateTime<Utc>, dice: u64) {
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

fn merge(copy: &mut Model) {
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

async fn insert(conn: &mut Conn, copy: &mut Model, first: bool) -> Outcome<()> {
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
fn again(event: &audit::Event, copy: &Model, who: &People) -> NewEvent {
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

fn team_name(team: usize) -> String {
    match team {
        0 => "payments".into(),
        1 => "search".into(),
        2 => "platform".into(),
        n => format!("{}-{n}", pick(&WORDS, n as u64)),
    }
}

fn pick<T>(list: &[T], dice: u64) -> &T {
    &list[(dice % list.len() as u64) as usize]
}

/// Spreads numbers evenly, the same in every run (the finaliser of splitmix64).
fn mix(n: u64) -> u64 {
    let mut x = n.wrapping_add(0x9e37_79b9_7f4a_7c15);
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

const FIRST: [&str; 12] = ["Amina", "Björn", "Chidi", "Dilnoza", "Elif", "Farid", "Grace", "Hugo", "Ines", "Jun", "Kofi", "Lerato"];
const LAST: [&str; 12] = ["Abara", "Bergström", "Castro", "Dlamini", "Eze", "Fischer", "Garcia", "Haddad", "Ito", "Jensen", "Kimani", "Levi"];
const WORDS: [&str; 12] = ["orders", "ledger", "search", "basket", "invoice", "profile", "rates", "stock", "voucher", "mail", "report", "fraud"];
const KINDS: [&str; 8] = ["api", "worker", "web", "batch", "store", "feed", "sync", "gateway"];
