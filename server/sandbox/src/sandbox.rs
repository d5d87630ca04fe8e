//! The running world.

use crate::{
    bitbucket::Bitbucket,
    config::SandboxConfig,
    disk,
    error::SandboxError,
    listen::{self, Running},
    oidc::{self, Provider},
};
use std::{sync::Arc, time::Duration};

/// Both servers, running. They stop when this is dropped, at once, or with [`Sandbox::shutdown`], after the requests under way.
pub struct Sandbox {
    provider: Arc<Provider>,
    bitbucket: Arc<Bitbucket>,
    servers: [Running; 2],
}

impl Sandbox {
    /// Starts both servers on 127.0.0.1 and makes what is missing below `config.dir`.
    ///
    /// The caller has installed rustls' process-wide provider, which reqwest needs.
    ///
    /// # Errors
    /// A port that is taken, a directory that cannot be written, state that is not ours, or no git: in words.
    pub async fn start(config: SandboxConfig) -> Result<Self, SandboxError> {
        let portal = portal_origin(&config.portal_url)?;
        disk::directory(&config.dir)?;
        let http = client()?;
        let (oidc_listener, oidc_port) = listen::bind(config.oidc_port).await?;
        let (bitbucket_listener, bitbucket_port) = listen::bind(config.bitbucket_port).await?;
        let provider = Provider::open(&config.dir, &portal, oidc_port, http.clone())?;
        let bitbucket = Bitbucket::open(&config, bitbucket_port, http).await?;
        let servers = [
            Running::start(oidc_listener, oidc::router(Arc::clone(&provider))),
            Running::start(bitbucket_listener, crate::bitbucket::router(Arc::clone(&bitbucket))),
        ];
        Ok(Self { provider, bitbucket, servers })
    }

    /// `http://localhost:PORT`, without a final slash.
    pub fn issuer(&self) -> &str {
        &self.provider.issuer
    }

    pub fn client_id(&self) -> &str {
        oidc::CLIENT_ID
    }

    pub fn client_secret(&self) -> String {
        self.provider.client_secret()
    }

    /// `http://localhost:PORT`, without a final slash.
    pub fn bitbucket_url(&self) -> &str {
        &self.bitbucket.base
    }

    /// User name of the portal's service account in Bitbucket.
    pub fn bot_user(&self) -> &str {
        crate::bitbucket::BOT
    }

    /// HTTP access token of the service account: a user token, as Bitbucket demands of whoever merges or commits.
    pub fn bot_token(&self) -> String {
        self.bitbucket.token_of(crate::bitbucket::BOT).unwrap_or_default()
    }

    /// HTTP access token of any user of Bitbucket, e.g. `farah.haddad`. It is the password for git too.
    pub fn token_of(&self, user: &str) -> Option<String> {
        self.bitbucket.token_of(user)
    }

    /// Where `git clone` finds a repository.
    pub fn git_url(&self, project: &str, slug: &str) -> String {
        self.bitbucket.git_url(project, slug)
    }

    /// Where `git clone` finds `CLOUD/catalogue`.
    pub fn catalogue_git_url(&self) -> String {
        self.git_url("CLOUD", "catalogue")
    }

    /// Where `git clone` finds `CLOUD/infrastructure`.
    pub fn infrastructure_git_url(&self) -> String {
        self.git_url("CLOUD", "infrastructure")
    }

    /// Stops both servers; requests under way have two seconds.
    pub async fn shutdown(mut self) {
        for server in &mut self.servers {
            server.shutdown().await;
        }
    }
}

/// Checks the address and cuts a final slash.
fn portal_origin(text: &str) -> Result<String, SandboxError> {
    let url = url::Url::parse(text).map_err(|_| SandboxError::PortalUrl(text.into()))?;
    let plain = matches!(url.scheme(), "http" | "https") && url.path() == "/" && url.query().is_none();
    if !plain || url.host_str().is_none() {
        return Err(SandboxError::PortalUrl(text.into()));
    }
    Ok(url.origin().ascii_serialization())
}

/// Webhooks and logout messages go out with this: no redirects, no proxy, five seconds.
fn client() -> Result<reqwest::Client, SandboxError> {
    reqwest::Client::builder()
        .timeout(Duration::from_secs(5))
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .build()
        .map_err(|error| SandboxError::Client(error.to_string()))
}
