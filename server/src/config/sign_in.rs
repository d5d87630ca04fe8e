//! The OpenID provider.

use super::{Secret, Span, WebUrl};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// The OpenID provider, and how long a sign-in lasts. Register with it: redirect address `<public_url>/sign-in/callback`,
/// address after sign-out `<public_url>/`, back-channel logout `<public_url>/backchannel-logout`.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct SignIn {
    /// Issuer as the provider writes it: `/.well-known/openid-configuration` below it must answer. Required.
    #[schemars(extend("x-required" = true))]
    pub issuer: WebUrl,
    /// Name of the portal at the provider. Required.
    #[schemars(extend("x-required" = true))]
    pub client_id: String,
    /// Its secret. Empty for a public client (code flow with PKCE either way).
    pub client_secret: Secret,
    /// What to ask for; `openid` is always asked for.
    pub scopes: Vec<String>,
    /// What the provider is called on pages: `Company SSO`.
    pub provider_name: String,
    /// Let people in only with a second factor. `amr` or `acr` must say so; otherwise the provider is asked to step up, once.
    pub require_mfa: bool,
    /// Values of `amr` that count as a second factor.
    pub mfa_amr: Vec<String>,
    /// Values of `acr` that count as a second factor; sent as `acr_values` when asking to step up.
    pub mfa_acr: Vec<String>,
    /// A session that is not used ends after this.
    pub session_idle: Span,
    /// A session ends after this, used or not.
    pub session_absolute: Span,
    /// Roles older than this are fetched again, by a sign-in that people do not notice while the provider knows them.
    pub roles_max_age: Span,
    /// How far the provider's clock may be off.
    pub clock_skew: Span,
    /// How long the provider may take to answer one call.
    pub timeout: Span,
    /// PEM file of authorities to trust beside the system's.
    pub ca_file: Option<PathBuf>,
}

impl Default for SignIn {
    fn default() -> Self {
        let words = |list: &[&str]| list.iter().map(|s| (*s).to_owned()).collect();
        Self {
            issuer: WebUrl::default(),
            client_id: String::new(),
            client_secret: Secret::default(),
            scopes: words(&["openid", "profile", "email"]),
            provider_name: "your company's sign-in".into(),
            require_mfa: false,
            mfa_amr: words(&["mfa", "otp", "hwk", "swk", "sms", "fpt", "face", "pop"]),
            mfa_acr: Vec::new(),
            session_idle: Span::hours(2),
            session_absolute: Span::hours(12),
            roles_max_age: Span::hours(1),
            clock_skew: Span::seconds(120),
            timeout: Span::seconds(10),
            ca_file: None,
        }
    }
}
