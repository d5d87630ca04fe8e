//! `causeway audit verify`.

use super::{Failure, print};
use crate::{assemble, config::Config};
use causeway_store::audit::{self, Verdict};
use serde::Serialize;
use std::str::FromStr;

/// A link that was written down earlier, outside the database: `N:HASH`.
#[derive(Clone, Debug)]
pub struct Expected {
    seq: i64,
    hash: String,
}

impl FromStr for Expected {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let parts = text.split_once(':').and_then(|(seq, hash)| Some((seq.parse::<i64>().ok()?, hash.trim())));
        let is_hash = |hash: &str| hash.len() == 64 && hash.bytes().all(|b| b.is_ascii_hexdigit());
        parts
            .filter(|(seq, hash)| *seq > 0 && is_hash(hash))
            .map(|(seq, hash)| Self { seq, hash: hash.to_ascii_lowercase() })
            .ok_or_else(|| "write number and hash as an earlier run or the log said them: 4711:9f86d0\u{2026}".into())
    }
}

/// What is printed of a record that holds.
#[derive(Serialize)]
struct Whole {
    links: i64,
    /// Hash of the newest link; empty when there is none.
    head: String,
}

/// Prints one JSON line: `{"links":N,"head":"…"}` or `{"broken_at":N,"why":"…"}`; the latter ends with 1. Changes nothing,
/// and may run beside the portal.
pub(super) async fn verify(config: Config, expected: Option<Expected>) -> Result<(), Failure> {
    let Some(db) = assemble::existing_database(&config).await.map_err(Failure::outside)? else {
        return Err(Failure::outside(
            "there is no database yet, so there is no record to verify; check --data and database.url, or run causeway migrate",
        ));
    };
    let mut conn = db.read().await.map_err(Failure::outside)?;
    let mut verdict = audit::verify(&mut conn).await.map_err(Failure::outside)?;
    if let (Verdict::Whole(_), Some(expected)) = (&verdict, expected) {
        let found = audit::hash_of(&mut conn, expected.seq).await.map_err(Failure::outside)?;
        let why = match found {
            Some(hash) if hash == expected.hash => None,
            Some(_) => Some("it is not the event that was there: the record was written anew from here or before"),
            None => Some("it was there and is missing: the end of the record was cut off"),
        };
        if let Some(why) = why {
            verdict = Verdict::Broken { seq: expected.seq, why: why.into() };
        }
    }
    let head = match verdict {
        Verdict::Whole(links) => audit::hash_of(&mut conn, links).await.map_err(Failure::outside)?,
        Verdict::Broken { .. } => None,
    };
    drop(conn);
    db.close().await;
    match verdict {
        Verdict::Whole(links) => {
            let line = serde_json::to_string(&Whole { links, head: head.unwrap_or_default() });
            print(&format!("{}\n", line.map_err(Failure::outside)?))
        }
        Verdict::Broken { seq, why } => {
            print(&format!("{}\n", serde_json::json!({ "broken_at": seq, "why": why })))?;
            Err(Failure::outside(format!(
                "the record is broken at event {seq}: {why}. Compare it with a backup, and find out who could write to the database"
            )))
        }
    }
}
