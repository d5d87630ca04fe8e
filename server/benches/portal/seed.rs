//! Two years of a large company: copies of the model requests, with people, and a whole audit chain.

use crate::{
    Outcome, copy,
    crowd::{self, Cast, Crowd, KINDS, PEOPLE, WORDS, mix, pick},
    models::{Model, Models},
    report::Row,
    scale::Scale,
    world::World,
};
use causeway_store::{
    Conn,
    audit::{self, NewEvent, Who},
    from_micros, micros, new_id,
};
use serde_json::{Value, json};
use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};
use uuid::Uuid;

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
    /// Links of the audit chain that were added to those of the models.
    pub(crate) events: i64,
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

/// Writes everything and closes the database.
pub(crate) async fn seed(world: &World, models: &Models, scale: &Scale) -> Outcome<Seeded> {
    let begun = Instant::now();
    let mut conn = models.db.begin().await?;
    let crowd = crowd::people(&mut conn, models.begin).await?;
    conn.commit().await?;
    let mut seeded = Seeded {
        order: vec![],
        whole: vec![],
        kinds: BTreeMap::new(),
        events: 0,
        open: 0,
        took: Duration::ZERO,
        bytes: 0,
    };
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
        let who = Cast::of(crowd, dice, mix(i as u64));
        let id = new_id(at);
        seeded.order.push((micros(at), id));
        seeded.kinds.insert(format!("{tier}, {state}"), id);
        seeded.open += usize::from(!merged && !matches!(state, "denied" | "withdrawn"));
        let whole = i.is_multiple_of(WHOLE) || recent;
        if whole {
            seeded.whole.push(id);
        } else {
            copy::shorten(&mut copy, self.short.iter().find(|(t, _)| *t == tier).map_or("[]", |(_, s)| s));
        }
        let name = format!("{}-{}-{environment}", pick(&WORDS, dice), pick(&KINDS, dice >> 8));
        copy::describe(&mut copy, id, environment, round, &name, &who, at, mix(i as u64));
        if merged {
            copy::merge(&mut copy);
        }
        copy::insert(conn, &mut copy, round == 0).await?;
        for (step, event) in copy.events.iter().enumerate() {
            let at = from_micros(micros(at) + step as i64 * 15_000_000);
            audit::append(conn, at, copy::again(event, &copy, &who)).await?;
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
