//! What a list costs far from its first page, and what filters cost.

use crate::{
    Outcome, bare,
    http::{Connection, page},
    load::{milliseconds, percentile},
    report::Row,
    seed::Seeded,
    sign_in::sign_in,
    world::{ADMIN, World},
};
use std::time::{Duration, Instant};

/// Rows of one page.
const ROWS: usize = 50;
const DEEP: usize = 1_000;
const TIMES: usize = 40;
/// A page that takes longer than this is asked for fewer times.
const SLOW: Duration = Duration::from_millis(200);

pub(crate) fn measure(world: &World, seeded: &Seeded) -> Outcome<Vec<Row>> {
    let cookie = sign_in(world.port, world.sandbox.issuer(), ADMIN)?;
    let last = seeded.order.len() / ROWS;
    let deep = DEEP.min(last);
    // The link of page N holds the last row of the page before, newest first.
    let (at, id) = seeded.order[seeded.order.len() - (deep - 1) * ROWS];
    let asked = [
        ("List of requests, page 1", "/requests".to_owned()),
        ("List of requests", format!("/requests?after={at}.{id}")),
        ("List of requests, denied ones of one tier", "/requests?state=denied&tier=production".to_owned()),
        ("List of requests by price", "/requests?sort=price".to_owned()),
        ("List of requests, part of a name", "/requests?q=voucher-gateway".to_owned()),
        ("Audit, first page", "/audit".to_owned()),
        ("Audit, one action", "/audit?action=request.denied".to_owned()),
        ("Audit, a name that nobody has (all events are looked at)", "/audit?q=nobody-has-this-name".to_owned()),
    ];
    let mut times = vec![Vec::new(); asked.len()];
    let mut connection = Connection::open(world.port)?;
    // A cursor that is not understood shows the first page again, as quickly as the first page.
    let [first, far] = [&asked[0].1, &asked[1].1].map(|path| -> Outcome<String> {
        connection.send(&page(world.port, path, &cookie, ""))?;
        first_row(&connection.text()).ok_or_else(|| format!("{path} shows no request").into())
    });
    if first? == far? {
        return Err(format!("page {deep} of the list begins as page 1 does").into());
    }
    // In turns, so that noise hits all of them.
    for turn in 0..TIMES {
        for ((name, path), times) in asked.iter().zip(&mut times) {
            if turn >= 3 && times.iter().any(|t: &Duration| *t > SLOW) {
                continue;
            }
            let sent = Instant::now();
            let head = connection.send(&page(world.port, path, &cookie, ""))?;
            let took = sent.elapsed();
            if head.status != 200 {
                return Err(format!("{name}: {path} answers {}: {}", head.status, connection.text()).into());
            }
            times.push(took);
        }
    }
    let medians: Vec<Duration> = times.iter_mut().map(|t| percentile(t, 50)).collect();
    let ratio = medians[1].as_secs_f64() / medians[0].as_secs_f64();
    let mut rows = vec![
        Row::new(format!("Page {deep} of the list against page 1"), format!("{ratio:.2} times"))
            .aim("keyset: about 1", ratio <= 1.5),
    ];
    for ((name, _), median) in asked.iter().zip(&medians) {
        let name = if *name == "List of requests" { format!("{name}, page {deep}") } else { (*name).to_owned() };
        rows.push(Row::new(format!("{name}, one reader, median"), format!("{} ms", milliseconds(*median))));
    }
    Ok(rows)
}

/// Id of the first request that a page links to.
fn first_row(page: &str) -> Option<String> {
    page.match_indices(bare::REQUEST).find_map(|(at, link)| {
        let id = page.get(at + link.len()..)?.get(..36)?;
        id.parse::<uuid::Uuid>().is_ok().then(|| id.to_owned())
    })
}
