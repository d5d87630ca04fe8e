//! `GET /sign-in`: off to the provider.

use super::{
    Provider, ProviderError,
    flow::{self, Flow},
    local_path, pages,
    store::BROWSER,
};
use crate::http::{ClientAddress, Standpoint, Web};
use axum::{
    extract::{Query, State},
    response::{IntoResponse, Redirect, Response},
};
use causeway_portal::access::sessions::Browser;
use http::{HeaderMap, header::USER_AGENT};
use openidconnect::{
    AuthenticationContextClass, AuthenticationFlow, CsrfToken, Nonce, PkceCodeChallenge, ProviderMetadataWithLogout,
    Scope,
    core::{CoreAuthPrompt, CoreClient, CoreResponseType},
};
use serde::Deserialize;
use std::time::Duration;
use tower_sessions::Session;
use url::Url;

#[derive(Deserialize)]
pub struct Wanted {
    return_to: Option<String>,
}

/// Sends the browser to the provider (from a page of ours by a page of its own), or on to `return_to` when its person is signed in with fresh roles.
pub async fn start(
    State(web): State<Web>,
    standpoint: Standpoint,
    Query(wanted): Query<Wanted>,
    address: ClientAddress,
    headers: HeaderMap,
    session: Session,
) -> Response {
    let return_to = wanted.return_to.as_deref().and_then(local_path).unwrap_or_else(|| "/".into());
    if standpoint.is_fresh() {
        return Redirect::to(&return_to).into_response();
    }
    // Somebody who is signed in only renews their roles: the provider need not show anything, if it still knows them.
    let way = if matches!(standpoint, Standpoint::SignedIn { .. }) { Way::Silent } else { Way::Plain };
    match begin(&web.provider, &session, &browser(&headers, &address), return_to.clone(), way).await {
        Ok(url) if comes_from_our_page(&headers, &web.config.server.public_url.origin()) => pages::leaving(&web, &url),
        Ok(url) => Redirect::to(url.as_str()).into_response(),
        Err(error) => pages::provider_away(&web, &error, &return_to),
    }
}

/// Whether a form may have led here. Browsers hold every hop after a form to `form-action`, and would stop at the
/// provider's without a word; what they say of a form they also say of a link, so both get the page.
fn comes_from_our_page(headers: &HeaderMap, origin: &str) -> bool {
    let text = |name: &str| headers.get(name).and_then(|v| v.to_str().ok());
    match text("sec-fetch-site") {
        Some(site) => site == "same-origin",
        None => text("referer").is_some_and(|from| from.starts_with(&format!("{origin}/"))),
    }
}

/// How the provider is asked.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    Plain,
    /// `prompt=none`: answer at once, or say that it takes a person.
    Silent,
    /// With a second factor, now.
    StepUp,
}

pub(super) fn browser(headers: &HeaderMap, address: &ClientAddress) -> Browser {
    let agent = headers.get(USER_AGENT).and_then(|v| v.to_str().ok()).unwrap_or_default();
    Browser::new(agent, &address.0)
}

/// Writes a flow into the session and returns the provider's address for it.
pub(super) async fn begin(
    provider: &Provider,
    session: &Session,
    browser: &Browser,
    return_to: String,
    way: Way,
) -> Result<Url, ProviderError> {
    let metadata = provider.metadata().await?;
    let (url, flow) = address(provider, &metadata, return_to, way)?;
    session.insert(BROWSER, browser).await.map_err(|e| ProviderError::ours(&e))?;
    flow::remember(session, flow).await?;
    // Written down here and not by the layer, so that a database that is away gets a page of its own.
    session.save().await.map_err(|e| ProviderError::ours(&e))?;
    Ok(url)
}

fn address(
    provider: &Provider,
    metadata: &ProviderMetadataWithLogout,
    return_to: String,
    way: Way,
) -> Result<(Url, Flow), ProviderError> {
    let settings = provider.settings();
    let client = CoreClient::from_provider_metadata(metadata.clone(), provider.client_id(), provider.client_secret())
        .set_redirect_uri(provider.redirect()?);
    let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
    let code_flow = AuthenticationFlow::<CoreResponseType>::AuthorizationCode;
    let scopes = settings.scopes.iter().filter(|s| *s != "openid").map(|s| Scope::new(s.clone()));
    let mut request = client
        .authorize_url(code_flow, CsrfToken::new_random, Nonce::new_random)
        .add_scopes(scopes)
        .set_pkce_challenge(challenge);
    if way == Way::Silent {
        request = request.add_prompt(CoreAuthPrompt::None);
    }
    if way == Way::StepUp {
        request = request.set_max_age(Duration::ZERO);
        for acr in &settings.mfa_acr {
            request = request.add_auth_context_value(AuthenticationContextClass::new(acr.clone()));
        }
    }
    let (url, state, nonce) = request.url();
    let flow = Flow {
        state: state.secret().clone(),
        nonce: nonce.secret().clone(),
        verifier: verifier.secret().clone(),
        return_to,
        stepped_up: way == Way::StepUp,
        silent: way == Way::Silent,
    };
    Ok((url, flow))
}
