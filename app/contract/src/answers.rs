//! What a person filled in.

use std::collections::BTreeMap;

/// Field name to what was typed: numbers and booleans as text (`"3"`, `"true"`), exactly as an HTML form sends them.
pub type Answers = BTreeMap<String, String>;
