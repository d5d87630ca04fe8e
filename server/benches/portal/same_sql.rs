//! Proof that the bare handler runs what the page runs: both are asked the same number of times with their statements
//! logged, and the logs are compared. Without it the yardstick would shrink unnoticed as pages grow.

use crate::{
    Outcome, bare,
    http::{Connection, page},
    process::Process,
    report::tell,
    seed::Seeded,
    sign_in::sign_in,
    world::{ADMIN, World},
};
use std::collections::BTreeMap;

/// Often enough that what workers do meanwhile rounds away.
const TIMES: usize = 40;

/// Statements that one page takes.
pub(crate) struct Statements {
    pub(crate) list: usize,
    /// The most that any kind of request takes.
    pub(crate) request: usize,
}

pub(crate) fn check(world: &World, seeded: &Seeded) -> Outcome<Statements> {
    const FILTER: &str = "error,sqlx::query=debug";
    let portal = world.serve(&[("CAUSEWAY_TELEMETRY__LOG", FILTER), ("CAUSEWAY_TELEMETRY__LOG_FORMAT", "json")])?;
    let cookie = sign_in(world.port, world.sandbox.issuer(), ADMIN)?;
    let bare = world.bare(&[(bare::LOG, FILTER)])?;
    let list = compare(&portal, &bare, &cookie, "the list", "/requests")?;
    let mut request = 0;
    // What is open takes other statements than what is done.
    for (kind, id) in &seeded.kinds {
        request = request.max(compare(&portal, &bare, &cookie, kind, &format!("{}{id}", bare::REQUEST))?);
    }
    bare.stop()?;
    portal.stop()?;
    Ok(Statements { list, request })
}

/// Number of statements of one page.
///
/// # Errors
/// The first statement that only one of them runs, or runs more often: the figures would compare unlike things.
fn compare(portal: &Process, bare: &Process, cookie: &str, what: &str, path: &str) -> Outcome<usize> {
    let ours = statements(portal, cookie, path)?;
    let theirs = statements(bare, cookie, path)?;
    for (statement, count) in &ours {
        let other = theirs.get(statement).copied().unwrap_or(0);
        if other != *count {
            return Err(format!("{what}: the page runs this {count} times, the bare handler {other} times; change bare.rs: {statement}").into());
        }
    }
    if let Some(extra) = theirs.keys().find(|statement| !ours.contains_key(*statement)) {
        return Err(format!("{what}: only the bare handler runs this; change bare.rs: {extra}").into());
    }
    let count = ours.values().sum();
    tell(format_args!("{what}: page and bare handler run the same {count} statements"));
    Ok(count)
}

/// How often each statement runs for one answer.
fn statements(process: &Process, cookie: &str, path: &str) -> Outcome<BTreeMap<String, usize>> {
    let mut connection = Connection::open(process.port)?;
    let ask = page(process.port, path, cookie, "");
    // New connections to the database set themselves up with statements of their own.
    for _ in 0..TIMES / 4 {
        connection.send(&ask)?;
    }
    let before = std::fs::metadata(&process.log)?.len();
    for _ in 0..TIMES {
        let head = connection.send(&ask)?;
        if head.status != 200 {
            return Err(format!("{path} answers {}: {}", head.status, connection.text()).into());
        }
    }
    let log = std::fs::read(&process.log)?;
    let mut counts = BTreeMap::new();
    for line in String::from_utf8_lossy(&log[usize::try_from(before)?..]).lines() {
        let Ok(entry) = serde_json::from_str::<serde_json::Value>(line) else { continue };
        if entry["target"] != "sqlx::query" {
            continue;
        }
        let text = entry["db.statement"].as_str().filter(|s| !s.is_empty()).or(entry["summary"].as_str()).unwrap_or_default();
        *counts.entry(text.split_whitespace().collect::<Vec<_>>().join(" ")).or_insert(0) += 1;
    }
    Ok(counts.into_iter().map(|(text, count)| (text, (count + TIMES / 2) / TIMES)).filter(|(_, count)| *count > 0).collect())
}
