//! The sandbox's own clock.

use chrono::{DateTime, SecondsFormat, Utc};

/// Now, as the outside world sees it.
#[expect(clippy::disallowed_methods, reason = "the sandbox plays the outside world, whose clocks are not the portal's")]
pub(crate) fn now() -> DateTime<Utc> {
    Utc::now()
}

/// Milliseconds since 1970.
pub(crate) fn millis() -> i64 {
    now().timestamp_millis()
}

/// Seconds since 1970.
pub(crate) fn seconds() -> i64 {
    now().timestamp()
}

fn at(millis: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(millis).unwrap_or_default()
}

/// `2026-05-24T14:11:04.000Z`.
pub(crate) fn iso(millis: i64) -> String {
    at(millis).to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// `2026-05-24T14:11:04+0000`: a webhook's `date`, whose offset has no colon.
pub(crate) fn webhook_date(millis: i64) -> String {
    at(millis).format("%Y-%m-%dT%H:%M:%S%z").to_string()
}

/// `24 May 2026, 14:11 UTC`.
pub(crate) fn words(millis: i64) -> String {
    at(millis).format("%-d %B %Y, %H:%M UTC").to_string()
}
