//! From the code to verified claims.

use super::{
    Provider, ProviderError,
    claims::{self, Claims},
    flow::Flow,
    groups::{Groups, groups},
    person::is_named,
};
use crate::config::Roles;
use http::header::AUTHORIZATION;
use openidconnect::{
    AsyncHttpClient, AuthType, AuthorizationCode, ClaimsVerificationError, HttpRequest, Nonce, OAuth2TokenResponse,
    PkceCodeVerifier, ProviderMetadataWithLogout, RequestTokenError, TokenResponse,
    core::{CoreClient, CoreIdToken, CoreIdTokenVerifier, CoreJwsSigningAlgorithm},
};

/// Why there are no claims.
pub(super) enum Failure {
    /// The provider does not answer: try again.
    Away(ProviderError),
    /// The answer is not one to trust. What was wrong, for the record.
    Refused(String),
}

/// Verified claims with groups, and the token they came in.
pub(super) struct Answer {
    pub(super) claims: Claims,
    pub(super) groups: Groups,
    pub(super) id_token: String,
}

/// Redeems the code and verifies what comes back.
pub(super) async fn exchange(provider: &Provider, flow: &Flow, code: String, roles: &Roles) -> Result<Answer, Failure> {
    let metadata = provider.metadata().await.map_err(Failure::Away)?;
    let auth = if provider.credential_in_body(&metadata) { AuthType::RequestBody } else { AuthType::BasicAuth };
    let client =
        CoreClient::from_provider_metadata((*metadata).clone(), provider.client_id(), provider.client_secret())
            .set_redirect_uri(provider.redirect().map_err(Failure::Away)?)
            .set_auth_type(auth);
    let tokens = client
        .exchange_code(AuthorizationCode::new(code))
        .map_err(|e| Failure::Refused(e.to_string()))?
        .set_pkce_verifier(PkceCodeVerifier::new(flow.verifier.clone()))
        .request_async(provider.http())
        .await
        .map_err(|error| match error {
            RequestTokenError::Request(e) => Failure::Away(ProviderError::theirs(e.to_string())),
            RequestTokenError::ServerResponse(e) => Failure::Refused(format!("the provider refused the code: {e}")),
            RequestTokenError::Parse(e, _) => Failure::Refused(format!("the provider's answer cannot be read: {e}")),
            RequestTokenError::Other(e) => Failure::Refused(format!("the provider's answer cannot be read: {e}")),
        })?;
    let token = tokens.id_token().ok_or_else(|| Failure::Refused("the provider sent no ID token".into()))?;
    verify(provider, token, &metadata, &flow.nonce).await?;
    let id_token = token.to_string();
    let mut claims =
        claims::of_token(&id_token).ok_or_else(|| Failure::Refused("the ID token cannot be read".into()))?;
    let mut found = groups(&claims, &roles.groups_claim);
    if (matches!(found, Groups::Missing) || !is_named(&claims, roles))
        && let Some(info) = user_info(provider, &metadata, tokens.access_token().secret(), &claims).await
    {
        for (key, value) in info {
            claims.entry(key).or_insert(value);
        }
        found = groups(&claims, &roles.groups_claim);
    }
    Ok(Answer { claims, groups: found, id_token })
}

/// Signature, issuer, audience, times and nonce. A signature that no known key fits makes the keys be fetched again, once.
async fn verify(
    provider: &Provider,
    token: &CoreIdToken,
    metadata: &ProviderMetadataWithLogout,
    nonce: &str,
) -> Result<(), Failure> {
    let nonce = Nonce::new(nonce.to_owned());
    let Err(first) = token.claims(&verifier(provider, metadata), &nonce) else { return Ok(()) };
    if !matches!(first, ClaimsVerificationError::SignatureVerification(_)) {
        return Err(Failure::Refused(format!("the ID token is not valid: {first}")));
    }
    let renewed = provider.renew_keys().await.map_err(Failure::Away)?;
    match token.claims(&verifier(provider, &renewed), &nonce) {
        Ok(_) => Ok(()),
        Err(error) => Err(Failure::Refused(format!("the ID token is not valid: {}", whole(&error)))),
    }
}

fn whole(error: &ClaimsVerificationError) -> String {
    match std::error::Error::source(error) {
        Some(cause) => format!("{error}: {cause}"),
        None => error.to_string(),
    }
}

fn verifier<'a>(provider: &Provider, metadata: &ProviderMetadataWithLogout) -> CoreIdTokenVerifier<'a> {
    let skew = provider.settings().clock_skew.delta();
    let offered = metadata.id_token_signing_alg_values_supported().iter().filter(|alg| is_asymmetric(alg)).cloned();
    let clock = provider.clone();
    let later = provider.clone();
    let keys = metadata.jwks().clone();
    let base = CoreIdTokenVerifier::new_public_client(provider.client_id(), metadata.issuer().clone(), keys);
    base.set_allowed_algs(offered)
        // Expired only when it has been for longer than the clocks may differ.
        .set_time_fn(move || clock.now() - skew)
        .set_issue_time_verifier_fn(move |issued| {
            if issued > later.now() + skew {
                return Err(format!(
                    "issued in the future ({issued}); the clocks of the provider and of this machine differ"
                ));
            }
            Ok(())
        })
}

/// Symmetric signatures prove nothing that TLS does not, and "none" proves nothing at all.
pub(super) fn is_asymmetric(alg: &CoreJwsSigningAlgorithm) -> bool {
    use CoreJwsSigningAlgorithm as A;
    !matches!(alg, A::HmacSha256 | A::HmacSha384 | A::HmacSha512 | A::None)
}

/// Claims of the user info endpoint, when it is there and speaks of the same person. Its absence stops nobody.
async fn user_info(
    provider: &Provider,
    metadata: &ProviderMetadataWithLogout,
    access: &str,
    claims: &Claims,
) -> Option<Claims> {
    let endpoint = metadata.userinfo_endpoint()?;
    let info = match read_user_info(provider, endpoint.url().as_str(), access).await {
        Ok(info) => info,
        Err(why) => {
            tracing::warn!(why, "the provider's user info was not to be had");
            return None;
        }
    };
    if info.get("sub") != claims.get("sub") {
        tracing::warn!("the provider's user info speaks of somebody else: not used");
        return None;
    }
    Some(info)
}

async fn read_user_info(provider: &Provider, endpoint: &str, access: &str) -> Result<Claims, String> {
    let request = HttpRequest::new(Vec::new());
    let (mut parts, body) = request.into_parts();
    parts.uri = endpoint.parse().map_err(|_| "its address is none")?;
    let bearer = format!("Bearer {access}").parse().map_err(|_| "the access token cannot be sent")?;
    parts.headers.insert(AUTHORIZATION, bearer);
    let answer = provider.http().call(HttpRequest::from_parts(parts, body)).await.map_err(|e| e.to_string())?;
    if !answer.status().is_success() {
        return Err(format!("the answer was {}", answer.status()));
    }
    // A signed answer (application/jwt) ends here too: ask the provider for a plain one.
    serde_json::from_slice(answer.body()).map_err(|e| format!("it cannot be read as a JSON object: {e}"))
}
