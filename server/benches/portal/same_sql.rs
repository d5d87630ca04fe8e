//! Proof that the bare handler runs what the page runs: both are asked the same number of times with their statements
//! logged, and the logs are compared. Without it the yardstick would shrink unnoticed as pages grow.

use crate::{
    Outcome, bare,
    http::{Connection, page},
    process::Process,
    report::{Row, tell},
    seed::Seeded,
    sign_in::sign_in,
    world::{ADMIN, World},
};
use std::collections::{BTreeMap, BTreeSet};

/// Often enough that what workers do meanwhile rounds away.
const TIMES: usize = 40;

/// Statements that one page takes.
pub(crate) struct Statements {
    pub(crate) list: usize,
    /// The most that any kind of request takes.
    pub(crate) request: usize,
    /// How many different ones only one side runs, or runs more often.
    differences: usize,
}

impl Statements {
    pub(crate) fn rows(&self) -> Vec<Row> {
        vec![
            Row::new("Statements that page and bare handler do not have in common", self.differences.to_string())
                .aim("0", self.differences == 0),
        ]
    }

    /// A ratio to a yardstick of another length must not get onto the page.
    pub(crate) fn must_agree(&self) -> Outcome<()> {
        match self.differences {
            0 => Ok(()),
            n => Err(format!(
                "page and bare handler differ in {n} statements, see above; change bare.rs and measure again"
            )
            .into()),
        }
    }
}

struct Sides {
    portal: Process,
    bare: Process,
    cookie: String,
}

pub(crate) fn check(world: &World, seeded: &Seeded) -> Outcome<Statements> {
    const FILTER: &str = "error,sqlx::query=debug";
    let portal = world.serve(&[("CAUSEWAY_TELEMETRY__LOG", FILTER), ("CAUSEWAY_TELEMETRY__LOG_FORMAT", "json")])?;
    let cookie = sign_in(world.port, world.sandbox.issuer(), ADMIN)?;
    let sides = Sides { bare: world.bare(&[(bare::LOG, FILTER)])?, portal, cookie };
    let mut differences = BTreeSet::new();
    let list = compare(&sides, "the list", "/requests", &mut differences)?;
    let mut request = 0;
    // What is open takes other statements than what is done.
    for (kind, id) in &seeded.kinds {
        request = request.max(compare(&sides, kind, &format!("{}{id}", bare::REQUEST), &mut differences)?);
    }
    sides.bare.stop()?;
    sides.portal.stop()?;
    Ok(Statements { list, request, differences: differences.len() })
}

/// Number of statements of one page. What only one of the two runs, or runs more often, goes to `differences`.
fn compare(sides: &Sides, what: &str, path: &str, differences: &mut BTreeSet<String>) -> Outcome<usize> {
    let ours = statements(&sides.portal, &sides.cookie, path)?;
    let theirs = statements(&sides.bare, &sides.cookie, path)?;
    let all: BTreeSet<&String> = ours.keys().chain(theirs.keys()).collect();
    for statement in all {
        let [page, bare] = [&ours, &theirs].map(|side| side.get(statement).copied().unwrap_or(0));
        if page != bare {
            tell(format_args!(
                "{what}: the page runs this {page} times, the bare handler {bare} times; change bare.rs: {statement}"
            ));
            differences.insert(statement.clone());
        }
    }
    Ok(ours.values().sum())
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
        let text =
            entry["db.statement"].as_str().filter(|s| !s.is_empty()).or(entry["summary"].as_str()).unwrap_or_default();
        *counts.entry(text.split_whitespace().collect::<Vec<_>>().join(" ")).or_insert(0) += 1;
    }
    Ok(counts
        .into_iter()
        .map(|(text, count)| (text, (count + TIMES / 2) / TIMES))
        .filter(|(_, count)| *count > 0)
        .collect())
}
