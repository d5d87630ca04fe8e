//! Whether a price moved so far that those who agreed to it must be asked.

use crate::words;
use causeway_contract::Money;
use causeway_contract::requests::Estimate;
use rust_decimal::{Decimal, RoundingStrategy};
use serde::{Deserialize, Serialize};

/// What it costs a month.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cost {
    /// Sum of what has a price; `None` when nothing has.
    pub monthly: Option<Money>,
    /// Number of parts without a price.
    pub unpriced: u32,
}

impl From<&Estimate> for Cost {
    fn from(estimate: &Estimate) -> Self {
        Self { monthly: estimate.monthly.clone(), unpriced: estimate.unpriced }
    }
}

/// From where on a change of cost counts, up or down. Amounts are in the currency of the cost, for a month.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Threshold {
    /// More than this many percent of what was approved counts …
    pub percent: Decimal,
    /// … unless it is this amount or less.
    pub floor: Decimal,
    /// More than this counts, however few percent it is; `None`: no such amount.
    pub ceiling: Option<Decimal>,
}

impl Default for Threshold {
    /// 10 %, of which the first 10.00 do not matter and more than 1,000.00 always do.
    fn default() -> Self {
        Self { percent: Decimal::TEN, floor: Decimal::TEN, ceiling: Some(Decimal::ONE_THOUSAND) }
    }
}

impl Threshold {
    /// Whether going from the one amount to the other counts.
    pub fn exceeded(&self, approved: Decimal, now: Decimal) -> bool {
        // An amount too big for exact arithmetic is beyond any threshold.
        let Some(difference) = now.checked_sub(approved).map(|d| d.abs()) else { return true };
        if self.ceiling.is_some_and(|ceiling| difference > ceiling) {
            return true;
        }
        let share = difference.checked_mul(Decimal::ONE_HUNDRED);
        let allowed = self.percent.checked_mul(approved.abs());
        let many_percent = share.zip(allowed).is_none_or(|(share, allowed)| share > allowed);
        many_percent && difference > self.floor
    }
}

/// What differs: whether it counts, and a sentence.
pub(crate) fn compare(approved: &Cost, now: &Cost, threshold: &Threshold) -> Vec<(bool, String)> {
    let mut out = Vec::new();
    match (&approved.monthly, &now.monthly) {
        (None, None) => {}
        (None, Some(now)) => {
            out.push((true, format!("It would cost {now} a month; nothing of it had a price when it was approved.")));
        }
        (Some(approved), None) => {
            out.push((true, format!("Nothing of it has a price any more; approved were {approved} a month.")));
        }
        (Some(approved), Some(now)) if approved.currency != now.currency => {
            out.push((true, format!("It would cost {now} a month, in another currency than the approved {approved}.")));
        }
        (Some(approved), Some(now)) if approved.amount != now.amount => {
            let counts = threshold.exceeded(approved.amount, now.amount);
            let share = share(approved.amount, now.amount);
            out.push((counts, format!("It would cost {now} a month; approved were {approved}{share}.")));
        }
        _ => {}
    }
    if approved.unpriced != now.unpriced {
        let were = match approved.unpriced {
            0 => "all had one".to_owned(),
            some => format!("{some} had none"),
        };
        let parts = words::count(now.unpriced as usize, "part has", "parts have");
        out.push((now.unpriced > approved.unpriced, format!("{parts} no price; when it was approved, {were}.")));
    }
    out
}

/// ` (12.5 % more)`; nothing where there is no percentage.
fn share(approved: Decimal, now: Decimal) -> String {
    let percent = now
        .checked_sub(approved)
        .and_then(|d| d.abs().checked_mul(Decimal::ONE_HUNDRED))
        .and_then(|d| d.checked_div(approved.abs()));
    let Some(percent) = percent else { return String::new() };
    let direction = if now > approved { "more" } else { "less" };
    let rounded = percent.round_dp_with_strategy(1, RoundingStrategy::MidpointAwayFromZero).normalize();
    if rounded.is_zero() { format!(" (under 0.1 % {direction})") } else { format!(" ({rounded} % {direction})") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn d(text: &str) -> Decimal {
        text.parse().unwrap()
    }

    #[test]
    fn the_threshold_is_exact() {
        let threshold = Threshold::default();
        for (approved, now, counts) in [
            ("1000", "1100", false),
            ("1000", "1100.01", true),
            ("1000", "900", false),
            ("1000", "899.99", true),
            ("10", "20", false),
            ("10", "20.01", true),
            ("0", "10", false),
            ("0", "10.01", true),
            ("100000", "101000", false),
            ("100000", "101000.000001", true),
            ("79228162514264337593543950335", "0", true),
            ("-79228162514264337593543950335", "79228162514264337593543950335", true),
        ] {
            assert_eq!(threshold.exceeded(d(approved), d(now)), counts, "{approved} to {now}");
        }
        let without_ceiling = Threshold { ceiling: None, ..Threshold::default() };
        assert!(!without_ceiling.exceeded(d("100000"), d("110000")));
    }

    #[test]
    fn says_how_much() {
        let cost = |text: &str| Cost { monthly: Some(Money::usd(d(text))), unpriced: 0 };
        let say = |a: &str, b: &str| compare(&cost(a), &cost(b), &Threshold::default()).remove(0).1;
        assert_eq!(say("80", "90"), "It would cost 90.00 USD a month; approved were 80.00 USD (12.5 % more).");
        assert_eq!(say("0", "90"), "It would cost 90.00 USD a month; approved were 0.00 USD.");
        assert!(say("100000", "100001").ends_with("(under 0.1 % more)."));
        assert!(compare(&cost("1.00"), &cost("1"), &Threshold::default()).is_empty());
    }
}
