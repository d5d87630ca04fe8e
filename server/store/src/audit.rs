//! The hash-chained record. Rows are only ever added, each in the transaction of the change it tells of.

use crate::{Conn, StoreResult, micros, sql};
use chrono::{DateTime, Utc};
use serde_json::Value;
use sha2::{Digest, Sha256};
use sqlx::FromRow;
use uuid::Uuid;

/// Who did it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Who {
    Person {
        id: Uuid,
        name: String,
    },
    /// Causeway itself, or a named outside system: `Causeway`, `Bitbucket`.
    System(String),
    /// Nobody is signed in; what is known of the caller (an address).
    Anonymous(String),
}

/// An event to add.
#[derive(Clone, Debug)]
pub struct NewEvent {
    pub who: Who,
    /// `request.submitted`: noun, dot, past participle.
    pub action: &'static str,
    pub subject_kind: &'static str,
    pub subject_id: String,
    /// In words: `request 42 (shop-api)`.
    pub subject_name: String,
    /// `false`: it was refused.
    pub done: bool,
    /// A JSON object.
    pub detail: Value,
}

/// One link of the chain as stored. Times in microseconds.
#[derive(Clone, Debug, FromRow, PartialEq, Eq)]
pub struct Event {
    pub seq: i64,
    pub at: i64,
    pub actor_kind: String,
    pub actor_id: String,
    pub actor_name: String,
    pub action: String,
    pub subject_kind: String,
    pub subject_id: String,
    pub subject_name: String,
    pub outcome: String,
    pub detail: String,
    /// Actor's and subject's names as [`sql::fold`] writes them, a line each: what searches look at.
    pub search: String,
    pub hash: String,
}

impl Event {
    /// SHA-256 over the hash before and every field, each preceded by its length so that no two events read alike.
    pub fn expected_hash(&self, previous: &str) -> String {
        let mut hasher = Sha256::new();
        let (seq, at) = (self.seq.to_string(), self.at.to_string());
        for part in [
            previous,
            &seq,
            &at,
            &self.actor_kind,
            &self.actor_id,
            &self.actor_name,
            &self.action,
            &self.subject_kind,
            &self.subject_id,
            &self.subject_name,
            &self.outcome,
            &self.detail,
            &self.search,
        ] {
            hasher.update((part.len() as u64).to_be_bytes());
            hasher.update(part.as_bytes());
        }
        hex::encode(hasher.finalize())
    }
}

/// Adds one event and returns its sequence number. Call it last in the transaction: it takes the chain's lock.
///
/// # Errors
/// The engine's.
pub async fn append(conn: &mut Conn, at: DateTime<Utc>, event: NewEvent) -> StoreResult<i64> {
    // Locks the head until the transaction ends, on both engines: links are added one after the other.
    let (seq, previous): (i64, String) = run!(conn, c => sqlx::query_as(
        "UPDATE audit_head SET seq = seq + 1 WHERE id = 1 RETURNING seq, hash").fetch_one(c).await)?;
    let (actor_kind, actor_id, actor_name) = match event.who {
        Who::Person { id, name } => ("person", id.to_string(), name),
        Who::System(name) => ("system", String::new(), name),
        Who::Anonymous(name) => ("anonymous", String::new(), name),
    };
    let mut row = Event {
        search: sql::fold(&format!("{actor_name}\n{}", event.subject_name)),
        seq,
        at: micros(at),
        actor_kind: actor_kind.into(),
        actor_id,
        actor_name,
        action: event.action.into(),
        subject_kind: event.subject_kind.into(),
        subject_id: event.subject_id,
        subject_name: event.subject_name,
        outcome: if event.done { "done" } else { "refused" }.into(),
        detail: event.detail.to_string(),
        hash: String::new(),
    };
    row.hash = row.expected_hash(&previous);
    run!(conn, c => sqlx::query("UPDATE audit_head SET hash = $1 WHERE id = 1").bind(&row.hash).execute(c).await.map(|_| ()))?;
    run!(conn, c => sqlx::query(
        "INSERT INTO audit_events (seq, at, actor_kind, actor_id, actor_name, action, subject_kind, subject_id, subject_name, outcome, detail, search, hash)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)")
        .bind(row.seq).bind(row.at).bind(&row.actor_kind).bind(&row.actor_id).bind(&row.actor_name).bind(&row.action)
        .bind(&row.subject_kind).bind(&row.subject_id).bind(&row.subject_name).bind(&row.outcome).bind(&row.detail)
        .bind(&row.search).bind(&row.hash)
        .execute(c).await.map(|_| ()))?;
    Ok(seq)
}

/// What to look for; empty fields do not filter.
#[derive(Clone, Debug, Default)]
pub struct Query {
    /// Part of the actor's or the subject's name, in capitals or not.
    pub text: String,
    /// The whole action or its noun.
    pub action: String,
    pub outcome: String,
    /// Microseconds, inclusive.
    pub from: Option<i64>,
    /// Microseconds, exclusive.
    pub to: Option<i64>,
    /// Only older than this sequence number.
    pub before: Option<i64>,
    pub limit: i64,
}

/// Newest first.
///
/// # Errors
/// The engine's.
pub async fn find(conn: &mut Conn, query: &Query) -> StoreResult<Vec<Event>> {
    let mut sql = sql::Sql::new("SELECT * FROM audit_events WHERE 1 = 1");
    if !query.text.is_empty() {
        sql.push(" AND search LIKE ").bind(sql::contains(&query.text)).push(" ESCAPE '\\'");
    }
    if !query.action.is_empty() {
        sql.push(" AND (action = ").bind(query.action.as_str()).push(" OR (action > ");
        // `request` finds `request.…`: the range from "request." to "request/".
        sql.bind(format!("{}.", query.action)).push(" AND action < ").bind(format!("{}/", query.action)).push("))");
    }
    if !query.outcome.is_empty() {
        sql.push(" AND outcome = ").bind(query.outcome.as_str());
    }
    if let Some(from) = query.from {
        sql.push(" AND at >= ").bind(from);
    }
    if let Some(to) = query.to {
        sql.push(" AND at < ").bind(to);
    }
    if let Some(before) = query.before {
        sql.push(" AND seq < ").bind(before);
    }
    sql.push(" ORDER BY seq DESC LIMIT ").bind(query.limit);
    sql.fetch_all(conn).await
}

/// Everything about one subject, oldest first.
///
/// # Errors
/// The engine's.
pub async fn of_subject(conn: &mut Conn, kind: &str, id: &str) -> StoreResult<Vec<Event>> {
    run!(conn, c => sqlx::query_as(
        "SELECT * FROM audit_events WHERE subject_kind = $1 AND subject_id = $2 ORDER BY seq").bind(kind).bind(id).fetch_all(c).await)
}

/// Events after a sequence number, oldest first, at most `limit`.
///
/// # Errors
/// The engine's.
pub async fn after(conn: &mut Conn, seq: i64, limit: i64) -> StoreResult<Vec<Event>> {
    run!(conn, c => sqlx::query_as(
        "SELECT * FROM audit_events WHERE seq > $1 ORDER BY seq LIMIT $2").bind(seq).bind(limit).fetch_all(c).await)
}

/// Sequence number and hash of the newest link; 0 and empty when there is none. -1 when somebody has taken the head's row
/// away: no chain matches that, so [`verify`] says so.
///
/// # Errors
/// The engine's.
pub async fn head(conn: &mut Conn) -> StoreResult<(i64, String)> {
    let head =
        run!(conn, c => sqlx::query_as("SELECT seq, hash FROM audit_head WHERE id = 1").fetch_optional(c).await)?;
    Ok(head.unwrap_or((-1, String::new())))
}

/// Hash of one link; `None` where there is no such link.
///
/// # Errors
/// The engine's.
pub async fn hash_of(conn: &mut Conn, seq: i64) -> StoreResult<Option<String>> {
    run!(conn, c => sqlx::query_scalar("SELECT hash FROM audit_events WHERE seq = $1").bind(seq).fetch_optional(c).await)
}

/// What [`verify`] found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Every link holds; how many there are.
    Whole(i64),
    /// The first link that does not hold, and why.
    Broken { seq: i64, why: String },
}

/// Walks the whole chain in bounded memory, also while others add to it.
///
/// # Errors
/// The engine's.
pub async fn verify(conn: &mut Conn) -> StoreResult<Verdict> {
    let (mut seq, mut hash) = (0, String::new());
    // Rows up to here were committed when the head was last looked at.
    let mut promised = 0;
    loop {
        let events = after(conn, seq, 1_000).await?;
        if events.is_empty() {
            if seq < promised {
                return Ok(Verdict::Broken {
                    seq: seq + 1,
                    why: format!("rows up to {promised} are missing at the end"),
                });
            }
            // Read after the rows: the head is then never behind them, and one that is ahead was moved meanwhile.
            let (last, head_hash) = head(conn).await?;
            if last > seq {
                promised = last;
                continue;
            }
            if last < seq || hash != head_hash {
                return Ok(Verdict::Broken { seq, why: "the head of the chain does not match the newest row".into() });
            }
            return Ok(Verdict::Whole(seq));
        }
        for event in events {
            if event.seq != seq + 1 {
                return Ok(Verdict::Broken { seq: seq + 1, why: "this row is missing".into() });
            }
            if event.expected_hash(&hash) != event.hash {
                return Ok(Verdict::Broken { seq: event.seq, why: "its content does not match its hash".into() });
            }
            (seq, hash) = (event.seq, event.hash);
        }
    }
}
