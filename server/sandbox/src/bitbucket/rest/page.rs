//! Paging.

use super::{Answer, Call, Outcome, Refusal};
use serde_json::{Value, json};

/// What is asked for, after the server's cap.
pub(crate) struct Window {
    pub start: usize,
    pub limit: usize,
}

const DEFAULT: usize = 25;
const CAP: usize = 1_000;

impl Call {
    pub(crate) fn window(&self) -> Result<Window, Refusal> {
        self.window_of(DEFAULT, CAP)
    }

    pub(crate) fn window_of(&self, default: usize, cap: usize) -> Result<Window, Refusal> {
        let number = |name| self.query(name).and_then(|v| v.parse::<usize>().ok());
        let limit = number("limit").unwrap_or(default);
        if limit == 0 {
            return Err(Refusal::at(400, "limit", "The limit must be greater than 0."));
        }
        Ok(Window { start: number("start").unwrap_or(0), limit: limit.min(cap) })
    }
}

impl Window {
    /// `{values, size, limit, isLastPage, start, nextPageStart}`
    pub(crate) fn page(&self, all: Vec<Value>) -> Outcome {
        Answer::ok(self.cut(all, "values"))
    }

    /// The same, with the items under another name.
    pub(crate) fn cut(&self, all: Vec<Value>, name: &str) -> Value {
        let end = (self.start + self.limit).min(all.len());
        let last = end == all.len() || self.start >= all.len();
        let values: Vec<Value> = all.into_iter().skip(self.start).take(self.limit).collect();
        json!({
            "size": values.len(), "limit": self.limit, "isLastPage": last, "start": self.start,
            "nextPageStart": if last { Value::Null } else { json!(end) }, name: values,
        })
    }
}
