//! Groups as the provider sends them, which tests and demonstrations may change.

use serde::{Deserialize, Serialize};

/// The form of the `groups` claim.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Form {
    /// `["a", "b"]`
    #[default]
    Array,
    /// `"a b"`
    Text,
    /// Not sent; `_claim_names` refers to another place, as Entra ID does above 200 groups.
    Reference,
}

/// What replaces a person's groups.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Groups {
    pub groups: Vec<String>,
    #[serde(default)]
    pub form: Form,
}
