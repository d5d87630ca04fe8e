//! What a request will cost.

use crate::money::Money;
use serde::{Deserialize, Serialize};

/// What it will cost a month at list price. An unknown price is counted in `unpriced`, never as 0.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Estimate {
    /// Sum of the priced lines; `None` when no line has a price.
    pub monthly: Option<Money>,
    /// Number of lines without a price.
    pub unpriced: u32,
    pub lines: Vec<PriceLine>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PriceLine {
    /// What it is, in words: `Database instance db.t3.small`.
    pub label: String,
    /// `730 hour`, `20 gb-month`.
    pub quantity: String,
    /// Price of one unit, exact.
    pub unit_price: Option<Money>,
    /// For a month (730 hours); `None`: unpriced.
    pub monthly: Option<Money>,
    /// Where the price comes from and of when it is, or why there is none.
    pub source: String,
}
