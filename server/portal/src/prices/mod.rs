//! What an environment costs a month at list price: the price book and the estimate.
//!
//! To add prices: rows in the price book (`prices/price_book.csv` of the catalogue), each with its source and its date.
//! To price a new component: an entry under `prices:` in the template's `template.yaml`.

mod book;
mod estimate;

pub use book::{Price, PriceBook, shipped};
pub use estimate::{estimate, price_from};

pub(crate) use estimate::{check, compile};

/// Hours a month, as the cloud providers' own calculators count.
pub const HOURS_A_MONTH: i64 = 730;
