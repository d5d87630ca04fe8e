//! The logout token of OpenID Connect Back-Channel Logout 1.0, verified.

use super::{
    Provider,
    claims::{self, Claims},
    exchange::is_asymmetric,
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use openidconnect::{
    JsonWebKey, ProviderMetadataWithLogout,
    core::{CoreJsonWebKey, CoreJsonWebKeyUse, CoreJwsSigningAlgorithm},
};
use serde::Deserialize;
use serde_json::Value;

const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";
/// Tokens without `exp` are taken for this long after `iat`, in seconds.
const LIFE: i64 = 300;

/// What a valid token asks for.
pub(super) struct LogoutToken {
    pub(super) issuer: String,
    pub(super) id: String,
    pub(super) sid: Option<String>,
    pub(super) subject: Option<String>,
}

#[derive(Deserialize)]
struct Header {
    alg: CoreJwsSigningAlgorithm,
    kid: Option<String>,
    typ: Option<String>,
    crit: Option<Value>,
}

/// Verifies signature and claims as section 2.6 demands. An unknown key makes the keys be fetched again, once.
///
/// # Errors
/// What is wrong with the token.
pub(super) async fn verify(provider: &Provider, token: &str) -> Result<LogoutToken, String> {
    let metadata = provider.metadata().await.map_err(|e| e.detail)?;
    let issuer = metadata.issuer().to_string();
    if let Err(first) = signature(&metadata, token) {
        let renewed = provider.renew_keys().await.map_err(|_| first)?;
        signature(&renewed, token)?;
    }
    let claims = claims::of_token(token).ok_or("the token's claims cannot be read")?;
    check(provider, &issuer, &claims)
}

fn signature(metadata: &ProviderMetadataWithLogout, token: &str) -> Result<(), String> {
    let parts: Vec<&str> = token.split('.').collect();
    let [header, payload, signature] = parts[..] else { return Err("the token is not a signed JWT".into()) };
    let decoded = |text: &str| URL_SAFE_NO_PAD.decode(text).map_err(|_| "the token is not base64url".to_owned());
    let signature = decoded(signature)?;
    let header: Header = serde_json::from_slice(&decoded(header)?).map_err(|_| "the token's header cannot be read")?;
    if header.crit.is_some() || !is_asymmetric(&header.alg) {
        return Err("the token's signature is not of a kind that is taken".into());
    }
    if header.typ.as_deref().is_some_and(|t| !matches!(t.to_ascii_lowercase().as_str(), "jwt" | "logout+jwt")) {
        return Err("the token is of another type".into());
    }
    let message = format!("{}.{}", token.split('.').next().unwrap_or_default(), payload);
    let fits = |key: &&CoreJsonWebKey| {
        let named = header.kid.as_ref().is_none_or(|kid| key.key_id().is_some_and(|id| id.as_str() == kid));
        named && key.key_use().is_none_or(|usage| *usage == CoreJsonWebKeyUse::Signature)
    };
    let valid = metadata
        .jwks()
        .keys()
        .iter()
        .filter(fits)
        .any(|key| key.verify_signature(&header.alg, message.as_bytes(), &signature).is_ok());
    if valid { Ok(()) } else { Err("no key of the provider fits the token's signature".into()) }
}

fn check(provider: &Provider, issuer: &str, claims: &Claims) -> Result<LogoutToken, String> {
    let text = |key: &str| claims.get(key).and_then(Value::as_str).map(str::to_owned);
    let number = |key: &str| claims.get(key).and_then(Value::as_i64);
    if text("iss").as_deref() != Some(issuer) {
        return Err("the token is from another issuer".into());
    }
    let client = provider.settings().client_id.as_str();
    let meant = match claims.get("aud") {
        Some(Value::String(one)) => one == client,
        Some(Value::Array(several)) => several.iter().any(|a| a == client),
        _ => false,
    };
    if !meant {
        return Err("the token is for another application".into());
    }
    let (now, skew) = (provider.now().timestamp(), provider.settings().clock_skew.delta().num_seconds());
    let issued = number("iat").ok_or("the token does not say when it was issued")?;
    let until = number("exp").unwrap_or(issued + LIFE);
    if issued > now + skew || until < now - skew || issued < now - skew - 86_400 {
        return Err("the token is too old, or from the future".into());
    }
    if !claims.get("events").and_then(|e| e.get(EVENT)).is_some_and(Value::is_object) {
        return Err("the token is not about a sign-out".into());
    }
    if claims.contains_key("nonce") {
        return Err("the token has a nonce, as only ID tokens have".into());
    }
    for name in ["sid", "sub"] {
        if claims.get(name).is_some_and(|v| v.as_str().is_none_or(str::is_empty)) {
            return Err(format!("the token's {name} is not a text"));
        }
    }
    let (sid, subject) = (text("sid"), text("sub"));
    if sid.is_none() && subject.is_none() {
        return Err("the token names neither a session nor a person".into());
    }
    Ok(LogoutToken { issuer: issuer.to_owned(), id: text("jti").ok_or("the token has no id (jti)")?, sid, subject })
}
