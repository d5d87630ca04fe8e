//! Where the templates are.

use super::{Secret, Span};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// Where the templates are.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Catalogue {
    /// Address of a git repository (`https://…`, `file://…`) or a path to a repository or a plain folder. Required.
    #[schemars(extend("x-required" = true))]
    pub location: String,
    /// Branch to read. Empty: the repository's default branch.
    pub branch: String,
    /// Token for reading it over HTTP. Empty: `bitbucket.token`, when the catalogue is on the same server.
    pub token: Secret,
    /// How often to look for a new commit.
    pub sync_every: Span,
    /// PEM file of authorities to trust for this server.
    pub ca_file: Option<PathBuf>,
}

impl Default for Catalogue {
    fn default() -> Self {
        Self {
            location: String::new(),
            branch: String::new(),
            token: Secret::default(),
            sync_every: Span::seconds(60),
            ca_file: None,
        }
    }
}
