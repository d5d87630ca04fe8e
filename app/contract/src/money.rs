//! Exact money: a decimal amount with its currency beside it.

use rust_decimal::{Decimal, RoundingStrategy};
use serde::{Deserialize, Serialize};
use std::fmt;

/// An amount of one currency. Amounts of different currencies are never added up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Money {
    /// Exact, in whole units of the currency (not cents); any number of decimals.
    pub amount: Decimal,
    /// ISO 4217 code.
    pub currency: String,
}

impl Money {
    pub fn usd(amount: Decimal) -> Self {
        Self { amount, currency: "USD".into() }
    }

    /// The amount with two decimals and thousands apart, e.g. `1,234.50`.
    pub fn rounded(&self) -> String {
        let text =
            format!("{:.2}", self.amount.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero).abs());
        let (whole, cents) = text.split_once('.').unwrap_or((&text, "00"));
        let mut out = String::new();
        for (i, c) in whole.chars().enumerate() {
            if i > 0 && (whole.len() - i) % 3 == 0 {
                out.push(',');
            }
            out.push(c);
        }
        let sign = if self.amount.is_sign_negative() && !self.amount.is_zero() { "\u{2212}" } else { "" };
        format!("{sign}{out}.{cents}")
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.rounded(), self.currency)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_thousands_cents_and_currency() {
        let show = |s: &str| Money::usd(s.parse().unwrap()).to_string();
        assert_eq!(show("0"), "0.00 USD");
        assert_eq!(show("1234567.005"), "1,234,567.01 USD");
        assert_eq!(show("-999.5"), "\u{2212}999.50 USD");
        assert_eq!(show("1000"), "1,000.00 USD");
    }
}
