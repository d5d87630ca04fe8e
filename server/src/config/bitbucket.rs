//! The repository that changes are delivered to.

use super::{Secret, Span, WebUrl};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// The repository that changes are delivered to, on a Bitbucket Data Center 8.19 or later.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Bitbucket {
    /// As people open it in a browser, context path included: `https://git.example.com/bitbucket`. Required.
    #[schemars(extend("x-required" = true))]
    pub url: WebUrl,
    /// Project key. Required.
    #[schemars(extend("x-required" = true))]
    pub project: String,
    /// Repository slug: the last part of its address. Required.
    #[schemars(extend("x-required" = true))]
    pub repository: String,
    /// HTTP access token of a service account with write permission on the repository. Required.
    #[schemars(extend("x-required" = true))]
    pub token: Secret,
    /// Secret of the webhook that points to `<public_url>/webhooks/bitbucket`. Empty: changes are found by asking.
    pub webhook_secret: Secret,
    /// The secret before, while it is being changed on both sides.
    pub webhook_secret_previous: Secret,
    /// Branch that pull requests go to. Empty: the repository's default branch.
    pub branch: String,
    /// Name of the committer of Causeway's commits.
    pub bot_name: String,
    /// E-mail address of the committer; the service account's.
    pub bot_email: String,
    /// How often open pull requests are looked at when no webhook tells of them.
    pub follow_every: Span,
    /// PEM file of authorities to trust for this server.
    pub ca_file: Option<PathBuf>,
}

impl Default for Bitbucket {
    fn default() -> Self {
        Self {
            url: WebUrl::default(),
            project: String::new(),
            repository: String::new(),
            token: Secret::default(),
            webhook_secret: Secret::default(),
            webhook_secret_previous: Secret::default(),
            branch: String::new(),
            bot_name: "Causeway".into(),
            bot_email: "causeway@localhost".into(),
            follow_every: Span::seconds(60),
            ca_file: None,
        }
    }
}
