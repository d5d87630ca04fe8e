//! Start-up, size and memory of the built binary.

use crate::{
    Outcome,
    load::{milliseconds, percentile},
    process::Process,
    report::Row,
    world::{World, binary, root},
};
use std::{
    process::Command,
    time::{Duration, Instant},
};

const STARTS: usize = 9;

/// Starts the portal several times on the seeded database; the last one stays idle for five seconds.
pub(crate) fn measure(world: &World) -> Outcome<Vec<Row>> {
    let mut times = Vec::new();
    let mut idle = None;
    for i in 0..STARTS {
        let portal = world.serve(&[])?;
        times.push(portal.ready_after);
        if i + 1 == STARTS {
            std::thread::sleep(Duration::from_secs(5));
            idle = portal.memory("VmRSS");
        }
        portal.stop()?;
    }
    let size = std::fs::metadata(binary())?.len();
    let (median, worst) = (percentile(&mut times, 50), percentile(&mut times, 100));
    Ok(vec![
        Row::new(
            format!("Start to first 200 of `/readyz`, migrated and seeded database, median of {STARTS}"),
            format!("{} ms (slowest {} ms)", milliseconds(median), milliseconds(worst)),
        )
        .aim("100 ms", median <= Duration::from_millis(100))
        .rival("4,400 ms"),
        Row::new("Resident memory, idle for 5 s", megabytes(idle)).aim("40 MB", within(idle, 40)).rival("257–420 MiB"),
        Row::new("Size of the binary", format!("{:.1} MB", size as f64 / 1e6)).aim("40 MB", size <= 40_000_000),
    ])
}

/// Walks the whole chain with the program itself: the figure, and the proof that the seeded record is a true one.
pub(crate) fn verify(world: &World, events: i64) -> Outcome<Vec<Row>> {
    let begun = Instant::now();
    let output = Command::new(binary())
        .args(["audit", "verify", "--config"])
        .arg(&world.config_file)
        .current_dir(root())
        .output()?;
    let took = begun.elapsed();
    if !output.status.success() {
        return Err(format!("the seeded record does not hold: {}", String::from_utf8_lossy(&output.stderr)).into());
    }
    Ok(vec![Row::new(format!("`causeway audit verify` over {events} events"), format!("{:.1} s", took.as_secs_f64()))])
}

/// After everything that was done to the portal.
pub(crate) fn memory(portal: &Process) -> Outcome<Vec<Row>> {
    let most = portal.memory("VmHWM");
    Ok(vec![
        Row::new("Resident memory, the most of the whole run under load", megabytes(most))
            .aim("80 MB", within(most, 80)),
    ])
}

fn megabytes(kib: Option<u64>) -> String {
    kib.map_or_else(|| "not known on this system".into(), |k| format!("{:.1} MB", k as f64 * 1_024.0 / 1e6))
}

fn within(kib: Option<u64>, mb: u64) -> bool {
    kib.is_some_and(|k| k * 1_024 <= mb * 1_000_000)
}
