//! What is known of the provider: its addresses and keys, kept and renewed.

use super::bridge::Bridge;
use crate::config::SignIn;
use causeway_store::Clock;
use chrono::{DateTime, TimeDelta, Utc};
use openidconnect::{
    ClientId, ClientSecret, DiscoveryError, IssuerUrl, JsonWebKeySet, ProviderMetadataWithLogout, RedirectUrl,
    core::{CoreClientAuthMethod, CoreJsonWebKey},
};
use std::sync::Arc;
use tokio::sync::Mutex;

/// Addresses and keys are fetched again after this.
const RENEW: TimeDelta = TimeDelta::hours(1);
/// Keys are fetched again for a signature that no key fits, at most this often: a stranger's tokens must not make us call.
const KEY_FLOOR: TimeDelta = TimeDelta::seconds(10);
/// After a failure nobody asks again for this long: callers would queue up behind the time limit.
const REST: TimeDelta = TimeDelta::seconds(2);

/// A sign-in cannot go on at the moment. `detail` is for the log.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{detail}")]
pub struct ProviderError {
    pub detail: String,
    /// Our own database is to blame, not the provider.
    pub ours: bool,
}

impl ProviderError {
    /// The provider could not be used.
    pub fn theirs(detail: impl Into<String>) -> Self {
        Self { detail: detail.into(), ours: false }
    }

    /// The session could not be kept.
    pub fn ours(error: &tower_sessions::session::Error) -> Self {
        Self { detail: format!("the session could not be kept: {error}"), ours: true }
    }
}

/// Cheap to clone; one for the process.
#[derive(Clone)]
pub struct Provider(Arc<Inner>);

struct Inner {
    settings: SignIn,
    redirect: String,
    http: Bridge,
    clock: Arc<dyn Clock>,
    cache: Mutex<Cache>,
    /// Held while keys are fetched again, so that one call serves all who wait; `cache` stays free meanwhile.
    renewing: Mutex<()>,
}

#[derive(Default)]
struct Cache {
    known: Option<(Arc<ProviderMetadataWithLogout>, DateTime<Utc>)>,
    keys_renewed: Option<DateTime<Utc>>,
    keys_failed: Option<(ProviderError, DateTime<Utc>)>,
    failed: Option<(ProviderError, DateTime<Utc>)>,
}

impl Provider {
    /// Speaks to nobody yet. `public_url` is the portal's, without a slash at the end.
    ///
    /// # Errors
    /// A sentence, when the CA file cannot be used.
    pub fn new(settings: SignIn, public_url: &str, clock: Arc<dyn Clock>) -> Result<Self, String> {
        let client = causeway_connect::http::client(settings.ca_file.as_deref())?;
        let http = Bridge { client, timeout: settings.timeout.0 };
        let redirect = format!("{public_url}/sign-in/callback");
        Ok(Self(Arc::new(Inner {
            settings,
            redirect,
            http,
            clock,
            cache: Mutex::default(),
            renewing: Mutex::default(),
        })))
    }

    pub fn settings(&self) -> &SignIn {
        &self.0.settings
    }

    pub(super) fn now(&self) -> DateTime<Utc> {
        self.0.clock.now()
    }

    pub(super) fn http(&self) -> &Bridge {
        &self.0.http
    }

    pub(super) fn client_id(&self) -> ClientId {
        ClientId::new(self.settings().client_id.clone())
    }

    pub(super) fn client_secret(&self) -> Option<ClientSecret> {
        let secret = &self.settings().client_secret;
        (!secret.is_empty()).then(|| ClientSecret::new(secret.expose().to_owned()))
    }

    pub(super) fn redirect(&self) -> Result<RedirectUrl, ProviderError> {
        RedirectUrl::new(self.0.redirect.clone()).map_err(|e| ProviderError::theirs(e.to_string()))
    }

    /// The provider's addresses and keys, from memory where they are fresh. Stale ones serve while the provider is away.
    ///
    /// # Errors
    /// When they were never fetched and cannot be now.
    pub async fn metadata(&self) -> Result<Arc<ProviderMetadataWithLogout>, ProviderError> {
        let mut cache = self.0.cache.lock().await;
        let now = self.now();
        if let Some((known, at)) = &cache.known
            && now - *at < RENEW
        {
            return Ok(Arc::clone(known));
        }
        if let Some((error, at)) = &cache.failed
            && now - *at < REST
        {
            return cache.known.as_ref().map(|(known, _)| Arc::clone(known)).ok_or_else(|| error.clone());
        }
        match self.discover().await {
            Ok(found) => {
                cache.known = Some((Arc::clone(&found), self.now()));
                cache.failed = None;
                Ok(found)
            }
            Err(error) => {
                tracing::warn!(%error, "the OpenID provider's configuration could not be read");
                cache.failed = Some((error.clone(), self.now()));
                cache.known.as_ref().map(|(known, _)| Arc::clone(known)).ok_or(error)
            }
        }
    }

    /// Fetches the keys again, because a signature fits none of the known ones. Within ten seconds of the last success it
    /// returns what is known; for two seconds after a failure, that failure.
    pub(super) async fn renew_keys(&self) -> Result<Arc<ProviderMetadataWithLogout>, ProviderError> {
        let known = self.metadata().await?;
        let _one_at_a_time = self.0.renewing.lock().await;
        {
            let (cache, now) = (self.0.cache.lock().await, self.now());
            if cache.keys_renewed.is_some_and(|at| now - at < KEY_FLOOR) {
                return Ok(cache.known.as_ref().map_or(known, |(newest, _)| Arc::clone(newest)));
            }
            if let Some((error, at)) = &cache.keys_failed
                && now - *at < REST
            {
                return Err(error.clone());
            }
        }
        let fetched = JsonWebKeySet::<CoreJsonWebKey>::fetch_async(known.jwks_uri(), self.http()).await;
        let (mut cache, now) = (self.0.cache.lock().await, self.now());
        match fetched {
            Ok(keys) => {
                let renewed = Arc::new((*known).clone().set_jwks(keys));
                cache.known = Some((Arc::clone(&renewed), now));
                (cache.keys_renewed, cache.keys_failed) = (Some(now), None);
                Ok(renewed)
            }
            Err(error) => {
                let error = away(&error);
                cache.keys_failed = Some((error.clone(), now));
                Err(error)
            }
        }
    }

    async fn discover(&self) -> Result<Arc<ProviderMetadataWithLogout>, ProviderError> {
        let text = self.settings().issuer.as_text();
        let fetch = async |issuer: String| {
            let issuer = IssuerUrl::new(issuer).map_err(|e| (ProviderError::theirs(e.to_string()), false))?;
            ProviderMetadataWithLogout::discover_async(issuer, self.http()).await.map_err(|e| {
                let other_name = matches!(&e, DiscoveryError::Validation(_));
                (away(&e), other_name)
            })
        };
        match fetch(text.clone()).await {
            // Some issuers end with a slash and mean it; ours was cut when it was read.
            Err((_, true)) => fetch(format!("{text}/")).await,
            other => other,
        }
        .map(Arc::new)
        .map_err(|(error, _)| error)
    }

    /// Sends the client's credential the way the provider wants it.
    pub(super) fn credential_in_body(&self, metadata: &ProviderMetadataWithLogout) -> bool {
        let methods = metadata.token_endpoint_auth_methods_supported();
        methods.is_some_and(|m| {
            !m.contains(&CoreClientAuthMethod::ClientSecretBasic) && m.contains(&CoreClientAuthMethod::ClientSecretPost)
        }) || self.settings().client_secret.is_empty()
    }

    /// Checks read-only that the provider can be used.
    ///
    /// # Errors
    /// What to change.
    pub async fn probe(&self) -> Result<String, String> {
        let found = self.discover().await.map_err(|e| {
            format!("sign_in.issuer: the provider's configuration cannot be read ({e}); check the address, and that this machine reaches it")
        })?;
        Ok(format!("{} answers, {} signing keys", self.settings().issuer, found.jwks().keys().len()))
    }
}

/// The causes on one line.
fn away(error: &dyn std::error::Error) -> ProviderError {
    let mut detail = error.to_string();
    let mut cause = error.source();
    while let Some(next) = cause {
        detail = format!("{detail}: {next}");
        cause = next.source();
    }
    ProviderError::theirs(detail)
}
