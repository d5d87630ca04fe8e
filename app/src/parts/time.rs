//! Moments. The server writes UTC; once the page is alive the viewer's zone and words such as "3 hours ago" take over.
//! The exact time is on hover.

use crate::browser::clock::{Clock, offset_minutes};
use chrono::{DateTime, Datelike, Duration, Timelike, Utc};
use leptos::prelude::*;

/// How a moment is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// `3 hours ago`, for a week; then the date.
    Relative,
    /// `24 Nov 2026, 10:41`.
    Exact,
    /// `10:41`, of today; else the date with it.
    Clock,
}

/// A moment as `<time>`.
pub fn when(at: DateTime<Utc>, style: When) -> AnyView {
    let clock = use_context::<Clock>();
    let now = move || clock.and_then(Clock::now);
    let words = move || match now() {
        None => format!("{} UTC", in_style(at, 0, When::Exact)),
        Some(now) => match style {
            When::Relative => relative(at, now).unwrap_or_else(|| in_style(at, offset_minutes(at), style)),
            When::Clock if now - at > Duration::hours(12) => in_style(at, offset_minutes(at), When::Exact),
            _ => in_style(at, offset_minutes(at), style),
        },
    };
    let exact = move || match now() {
        None => exact(at, 0),
        Some(_) => exact(at, offset_minutes(at)),
    };
    view! {
        <time datetime=at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true) title=exact>
            {words}
        </time>
    }
    .into_any()
}

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

fn in_style(at: DateTime<Utc>, offset: i32, style: When) -> String {
    let local = at + Duration::minutes(i64::from(offset));
    let clock = format!("{:02}:{:02}", local.hour(), local.minute());
    match style {
        When::Clock => clock,
        _ => format!("{} {} {}, {clock}", local.day(), &MONTHS[local.month0() as usize][..3], local.year()),
    }
}

/// `24 November 2026, 10:41:07 UTC+02:00`.
fn exact(at: DateTime<Utc>, offset: i32) -> String {
    let local = at + Duration::minutes(i64::from(offset));
    let zone = match offset {
        0 => "UTC".to_owned(),
        o => format!("UTC{}{:02}:{:02}", if o < 0 { '\u{2212}' } else { '+' }, o.abs() / 60, o.abs() % 60),
    };
    let (month, time) = (MONTHS[local.month0() as usize], local.time().with_nanosecond(0).unwrap_or_default());
    format!("{} {month} {}, {time} {zone}", local.day(), local.year())
}

/// `3 hours ago`, `in 2 days`; nothing when it is more than a week away.
fn relative(at: DateTime<Utc>, now: DateTime<Utc>) -> Option<String> {
    let seconds = (now - at).num_seconds();
    let (count, unit) = match seconds.abs() {
        // The browser's clock may be a little behind the server's.
        0..45 => return Some("just now".into()),
        s @ 45..3_570 => ((s + 30) / 60, "minute"),
        s @ 3_570..84_600 => ((s + 1_800) / 3_600, "hour"),
        s @ 84_600..604_800 => ((s + 43_200) / 86_400, "day"),
        _ => return None,
    };
    let plural = if count == 1 { "" } else { "s" };
    Some(if seconds >= 0 { format!("{count} {unit}{plural} ago") } else { format!("in {count} {unit}{plural}") })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn moments_in_words() {
        let now = at("2026-11-24T10:41:07Z");
        let said = |text: &str| relative(at(text), now).unwrap_or_default();
        assert_eq!(said("2026-11-24T10:41:00Z"), "just now");
        assert_eq!(said("2026-11-24T10:41:20Z"), "just now");
        assert_eq!(said("2026-11-24T10:40:00Z"), "1 minute ago");
        assert_eq!(said("2026-11-24T09:41:30Z"), "1 hour ago");
        assert_eq!(said("2026-11-23T10:41:07Z"), "1 day ago");
        assert_eq!(said("2026-11-18T10:41:07Z"), "6 days ago");
        assert_eq!(said("2026-11-27T10:41:07Z"), "in 3 days");
        assert_eq!(relative(at("2026-11-01T00:00:00Z"), now), None);
    }

    #[test]
    fn moments_in_a_zone() {
        let late = at("2026-12-31T23:30:07.5Z");
        assert_eq!(in_style(late, 0, When::Exact), "31 Dec 2026, 23:30");
        assert_eq!(in_style(late, 120, When::Exact), "1 Jan 2027, 01:30");
        assert_eq!(in_style(late, -330, When::Clock), "18:00");
        assert_eq!(exact(late, 0), "31 December 2026, 23:30:07 UTC");
        assert_eq!(exact(late, -330), "31 December 2026, 18:00:07 UTC\u{2212}05:30");
    }
}
