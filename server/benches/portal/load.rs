//! Load in turns, and what comes of it.

use crate::{Outcome, http::Connection};
use std::{
    sync::atomic::{AtomicUsize, Ordering},
    time::{Duration, Instant},
};

/// Connections at the same time, each kept alive, each with one request under way.
pub(crate) const CONNECTIONS: usize = 8;
/// A round ends here at the latest, however quick the other side is.
const MOST: usize = 200_000;

/// Rounds of one contestant.
#[derive(Default)]
pub(crate) struct Figures {
    /// Answers per second, one a round.
    pub(crate) rates: Vec<f64>,
    /// Of every request of every round.
    pub(crate) latencies: Vec<Duration>,
    /// Of the last body seen.
    pub(crate) bytes: usize,
}

impl Figures {
    pub(crate) fn rate(&self) -> f64 {
        let mut sorted = self.rates.clone();
        sorted.sort_by(f64::total_cmp);
        sorted.get(sorted.len() / 2).copied().unwrap_or_default()
    }

    /// Slowest and quickest round.
    pub(crate) fn spread(&self) -> (f64, f64) {
        self.rates.iter().fold((f64::MAX, 0.0), |(low, high), rate| (rate.min(low), rate.max(high)))
    }

    pub(crate) fn percentile(&mut self, percent: usize) -> Duration {
        percentile(&mut self.latencies, percent)
    }

    /// How many times as long as the other's: `2.1 / 1.9 / 1.8 times` at p50, p95 and p99.
    pub(crate) fn against(&mut self, other: &mut Figures) -> String {
        let [a, b, c] = [50, 95, 99].map(|p| self.percentile(p).as_secs_f64() / other.percentile(p).as_secs_f64());
        format!("{a:.2} / {b:.2} / {c:.2} times")
    }

    /// `5.1 / 9.8 / 14 ms`
    pub(crate) fn percentiles(&mut self) -> String {
        let [a, b, c] = [50, 95, 99].map(|p| milliseconds(self.percentile(p)));
        format!("{a} / {b} / {c} ms")
    }
}

/// The smallest value that `percent` of all do not exceed.
pub(crate) fn percentile(values: &mut [Duration], percent: usize) -> Duration {
    values.sort();
    let rank = (values.len() * percent).div_ceil(100).max(1);
    values.get(rank - 1).copied().unwrap_or_default()
}

pub(crate) fn milliseconds(time: Duration) -> String {
    let ms = time.as_secs_f64() * 1_000.0;
    if ms < 10.0 {
        format!("{ms:.2}")
    } else if ms < 100.0 {
        format!("{ms:.1}")
    } else {
        format!("{ms:.0}")
    }
}

/// One round: every connection takes the next request of the list as soon as it has its answer.
pub(crate) fn round(port: u16, requests: &[Vec<u8>], length: Duration, figures: &mut Figures) -> Outcome<()> {
    let next = AtomicUsize::new(0);
    let begun = Instant::now();
    let results: Vec<Outcome<(Vec<Duration>, usize)>> = std::thread::scope(|scope| {
        let threads: Vec<_> =
            (0..CONNECTIONS).map(|_| scope.spawn(|| connection(port, requests, &next, begun, length))).collect();
        threads.into_iter().map(|t| t.join().unwrap_or_else(|_| Err("a thread of the load broke".into()))).collect()
    });
    let took = begun.elapsed();
    let mut count = 0;
    for result in results {
        let (latencies, bytes) = result?;
        count += latencies.len();
        figures.latencies.extend(latencies);
        figures.bytes = figures.bytes.max(bytes);
    }
    figures.rates.push(count as f64 / took.as_secs_f64());
    Ok(())
}

fn connection(
    port: u16,
    requests: &[Vec<u8>],
    next: &AtomicUsize,
    begun: Instant,
    length: Duration,
) -> Outcome<(Vec<Duration>, usize)> {
    let mut connection = Connection::open(port)?;
    let (mut latencies, mut bytes) = (Vec::new(), 0);
    while begun.elapsed() < length {
        let index = next.fetch_add(1, Ordering::Relaxed);
        if index >= MOST {
            break;
        }
        let sent = Instant::now();
        let head = connection.send(&requests[index % requests.len()])?;
        latencies.push(sent.elapsed());
        if head.status != 200 {
            return Err(format!("under load an answer was {}: {}", head.status, connection.text()).into());
        }
        bytes = bytes.max(connection.body().len());
    }
    Ok((latencies, bytes))
}
