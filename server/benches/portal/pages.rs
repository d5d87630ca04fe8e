//! Rendered pages against the bare handler, in turns.

use crate::{
    Outcome, bare,
    http::page,
    load::{CONNECTIONS, Figures, round},
    process::Process,
    report::Row,
    same_sql::Statements,
    scale::Scale,
    seed::Seeded,
    sign_in::sign_in,
    world::{ADMIN, World},
};
use std::time::Duration;

/// Request pages that are asked for, one after the other.
const DIFFERENT: usize = 200;
/// What Chromium sends.
const BROWSER: &str = "gzip, deflate, br, zstd";

struct Pair {
    name: &'static str,
    requests: Vec<Vec<u8>>,
    bare: Vec<Vec<u8>>,
    statements: usize,
    portal: Figures,
    plain: Figures,
}

pub(crate) fn measure(
    world: &World,
    portal: &Process,
    seeded: &Seeded,
    statements: &Statements,
    scale: &Scale,
) -> Outcome<Vec<Row>> {
    let cookie = sign_in(world.port, world.sandbox.issuer(), ADMIN)?;
    let bare = world.bare(&[])?;
    let pages = request_paths(seeded);
    let pair = |name, paths: &[String], encodings: &str, statements| Pair {
        name,
        requests: paths.iter().map(|path| page(portal.port, path, &cookie, encodings)).collect(),
        bare: paths.iter().map(|path| page(bare.port, path, &cookie, "")).collect(),
        statements,
        portal: Figures::default(),
        plain: Figures::default(),
    };
    let list = ["/requests".to_owned()];
    let mut pairs = [
        pair("List of requests, 50 rows", &list, "", statements.list),
        pair("List of requests, compressed for a browser", &list, BROWSER, statements.list),
        pair("One request", &pages, "", statements.request),
    ];
    for pair in &mut pairs {
        // Caches, pools and lazily made things are there before anything counts.
        round(portal.port, &pair.requests, Duration::from_secs(1), &mut Figures::default())?;
        round(bare.port, &pair.bare, Duration::from_secs(1), &mut Figures::default())?;
        for turn in 0..scale.rounds {
            // Who goes first changes, so that neither always comes after the other.
            for ours in [turn % 2 == 0, turn % 2 != 0] {
                let (port, requests, figures) = if ours {
                    (portal.port, &pair.requests, &mut pair.portal)
                } else {
                    (bare.port, &pair.bare, &mut pair.plain)
                };
                round(port, requests, scale.round, figures)?;
            }
        }
    }
    bare.stop()?;
    Ok(pairs.iter_mut().flat_map(rows).collect())
}

fn rows(pair: &mut Pair) -> Vec<Row> {
    let (ours, plain) = (pair.portal.rate(), pair.plain.rate());
    let (low, high) = pair.portal.spread();
    let ratio = ours / plain;
    let list = pair.name.starts_with("List");
    let rate = Row::new(
        format!("{}: rendered pages a second, {CONNECTIONS} connections", pair.name),
        format!("{ours:.0} (rounds {low:.0}–{high:.0}; {:.0} kB each)", pair.portal.bytes as f64 / 1e3),
    );
    vec![
        if list { rate.rival("28–69 (lists of 20 among 10,000 rows)") } else { rate },
        Row::new(format!("{}: p50 / p95 / p99", pair.name), pair.portal.percentiles()),
        Row::new(
            format!("{}: the bare handler, up to {} statements, JSON", pair.name, pair.statements),
            format!("{plain:.0} a second ({:.0} kB each); {}", pair.plain.bytes as f64 / 1e3, pair.plain.percentiles()),
        ),
        Row::new(
            format!("{}: p50 / p95 / p99 against the bare handler's", pair.name),
            pair.portal.against(&mut pair.plain),
        ),
        Row::new(format!("{}: **ratio to the bare handler**", pair.name), format!("**{ratio:.2}**"))
            .aim("0.5", ratio >= 0.5),
    ]
}

/// Pages of requests that keep their whole diff, spread over the whole history.
pub(crate) fn request_paths(seeded: &Seeded) -> Vec<String> {
    let step = (seeded.whole.len() / DIFFERENT).max(1);
    seeded.whole.iter().step_by(step).take(DIFFERENT).map(|id| format!("{}{id}", bare::REQUEST)).collect()
}
