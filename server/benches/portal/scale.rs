//! How much of everything: what `docs/performance.md` speaks of, unless the environment says otherwise.

use crate::Outcome;
use std::time::Duration;

/// A large company's two years.
const REQUESTS: usize = 100_000;
const EVENTS: usize = 1_000_000;

pub(crate) struct Scale {
    pub(crate) requests: usize,
    pub(crate) events: usize,
    /// Length of one round of load.
    pub(crate) round: Duration,
    /// Rounds of each contestant.
    pub(crate) rounds: usize,
    /// Requests submitted to see their pull requests.
    pub(crate) submits: usize,
}

impl Scale {
    pub(crate) fn from_environment() -> Outcome<Self> {
        let number = |name: &str, usual: usize| match std::env::var(name) {
            Ok(text) => text.parse().map_err(|_| format!("{name} is \"{text}\"; write a whole number")),
            Err(_) => Ok(usual),
        };
        Ok(Self {
            requests: number("CAUSEWAY_BENCH_REQUESTS", REQUESTS)?.max(400),
            events: number("CAUSEWAY_BENCH_EVENTS", EVENTS)?,
            round: Duration::from_secs(number("CAUSEWAY_BENCH_SECONDS", 4)?.clamp(1, 60) as u64),
            rounds: 5,
            submits: 20,
        })
    }

    /// The figures may go onto the page.
    pub(crate) fn is_full(&self) -> bool {
        self.requests == REQUESTS && self.events == EVENTS
    }
}
