//! What the sandbox is started with.

use std::{collections::BTreeMap, path::PathBuf};

/// Everything that `Sandbox::start` needs. Start from [`SandboxConfig::new`] and change what differs.
#[derive(Clone, Debug)]
pub struct SandboxConfig {
    /// Keeps repositories, state and keys. Made when it is not there.
    pub dir: PathBuf,
    /// Port of the OpenID provider on 127.0.0.1; 0 takes any free one.
    pub oidc_port: u16,
    /// Port of Bitbucket on 127.0.0.1; 0 takes any free one.
    pub bitbucket_port: u16,
    /// Where the portal is, without a final slash: `http://localhost:3000`. The registered redirect addresses follow from it.
    pub portal_url: String,
    /// Receives the events of every seeded repository. `None`: the webhook is not registered.
    pub webhook: Option<WebhookTarget>,
    /// Made at the first start; a repository that is there already is left as it is.
    pub repositories: Vec<SeedRepository>,
    /// Sends dates in webhooks as ISO 8601 text, as Bitbucket 10 does, instead of milliseconds.
    pub iso_dates: bool,
}

impl SandboxConfig {
    /// Any free ports, no webhook, no repositories.
    pub fn new(dir: impl Into<PathBuf>, portal_url: impl Into<String>) -> Self {
        Self {
            dir: dir.into(),
            oidc_port: 0,
            bitbucket_port: 0,
            portal_url: portal_url.into(),
            webhook: None,
            repositories: Vec::new(),
            iso_dates: false,
        }
    }
}

/// Where Bitbucket's events go, and the secret they are signed with (HMAC-SHA256 in `X-Hub-Signature`).
#[derive(Clone, Debug)]
pub struct WebhookTarget {
    pub url: String,
    pub secret: String,
}

/// A repository that the world holds from its first day.
#[derive(Clone, Debug, Default)]
pub struct SeedRepository {
    /// Project key: `CLOUD`.
    pub project: String,
    /// `infrastructure`.
    pub slug: String,
    /// Path from the root to the bytes of the first commit on `main`.
    pub files: BTreeMap<String, Vec<u8>>,
    /// User names that Bitbucket names as default reviewers.
    pub default_reviewers: Vec<String>,
    /// Required builds: a pull request to `main` is vetoed until a SUCCESSFUL build status on its head has each of these as
    /// its `parent`. As at the real server, the `key` does not count.
    pub required_build_keys: Vec<String>,
}
