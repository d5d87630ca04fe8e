//! What came in, for tests that count.

use serde::Serialize;
use std::collections::VecDeque;

const KEPT: usize = 2_000;

#[derive(Clone, Debug, Serialize)]
pub(crate) struct Seen {
    pub method: String,
    pub path: String,
    pub query: String,
    pub status: u16,
}

#[derive(Default)]
pub(crate) struct Log(VecDeque<Seen>);

impl Log {
    pub(crate) fn add(&mut self, seen: Seen) {
        if self.0.len() == KEPT {
            self.0.pop_front();
        }
        self.0.push_back(seen);
    }

    /// Oldest first.
    pub(crate) fn all(&self) -> Vec<Seen> {
        self.0.iter().cloned().collect()
    }

    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }
}
