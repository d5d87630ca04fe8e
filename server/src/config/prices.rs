//! What things cost.

use causeway_portal::prices::{PriceBook, shipped};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// What things cost.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Prices {
    /// Price book, a CSV file with the columns of the shipped one. Not set: the price book that comes with Causeway.
    pub file: Option<PathBuf>,
}

impl Prices {
    /// Reads the price book.
    ///
    /// # Errors
    /// A sentence that says what to change.
    pub fn book(&self) -> Result<PriceBook, String> {
        let Some(path) = &self.file else { return PriceBook::parse(shipped()) };
        let text = std::fs::read_to_string(path).map_err(|e| {
            format!("prices.file: {} cannot be read ({e}); check the path and its permissions", path.display())
        })?;
        PriceBook::parse(&text).map_err(|e| format!("prices.file: {e}"))
    }
}
