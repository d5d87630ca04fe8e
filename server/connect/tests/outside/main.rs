//! Everything that speaks to an outside, against replayed answers and real git on loopback.
//!
//! To add a client's tests: a module here; replayed bodies go to `tests/fixtures`, with a line in its SOURCE.

mod bitbucket;
mod catalogue;
mod git;
mod support;
mod webhook;
