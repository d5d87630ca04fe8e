//! `POST /sign-out`: here, then at the provider (OpenID Connect RP-Initiated Logout 1.0).

use crate::http::{Link, Notice, SessionToken, Web, notice_page};
use axum::{extract::State, response::Response};
use http::StatusCode;
use openidconnect::{LogoutRequest, PostLogoutRedirectUrl};
use tower_sessions::Session;
use url::Url;

/// Ends the session and shows a page that leads on to the provider. A redirect would not do: browsers hold every hop after a
/// form to `form-action`, and the provider's hops are not ours to list.
pub async fn sign_out(State(web): State<Web>, token: SessionToken, session: Session) -> Response {
    let ended = match &token.0 {
        Some(token) => web.portal.sign_out(token).await,
        None => Ok(None),
    };
    let id_token = match ended {
        Ok(Some(id_token)) => id_token,
        // No redirect: it would lead on to the provider, and browsers hold that against the form too.
        Ok(None) => return had_ended(),
        Err(error) => return crate::http::error_page(&error),
    };
    if let Err(error) = session.flush().await {
        tracing::warn!(%error, "the cookie of an ended session could not be taken back");
    }
    let Some(next) = provider_address(&web, id_token).await else {
        return notice_page(
            StatusCode::OK,
            &Notice {
                title: "You are signed out of Causeway",
                text: format!(
                    "You may still be signed in to {}: close the browser on a shared machine.",
                    web.config.sign_in.provider_name
                ),
                links: vec![Link { href: "/".into(), text: "Sign in again".into() }],
                refresh: None,
            },
        );
    };
    notice_page(
        StatusCode::OK,
        &Notice {
            title: "You are signed out of Causeway",
            text: format!("Signing you out of {} too.", web.config.sign_in.provider_name),
            links: vec![Link { href: next.to_string(), text: "Go on".into() }],
            refresh: Some(next.into()),
        },
    )
}

fn had_ended() -> Response {
    notice_page(
        StatusCode::OK,
        &Notice {
            title: "You are signed out of Causeway",
            text: "Your session here had ended already.".into(),
            links: vec![Link { href: "/".into(), text: "Sign in again".into() }],
            refresh: None,
        },
    )
}

async fn provider_address(web: &Web, id_token: Option<String>) -> Option<Url> {
    let metadata = web.provider.metadata().await.ok()?;
    let endpoint = metadata.additional_metadata().end_session_endpoint.clone()?;
    let back = PostLogoutRedirectUrl::new(format!("{}/", web.config.server.public_url)).ok()?;
    let request =
        LogoutRequest::from(endpoint).set_client_id(web.provider.client_id()).set_post_logout_redirect_uri(back);
    let mut url = request.http_get_url();
    if let Some(token) = id_token {
        url.query_pairs_mut().append_pair("id_token_hint", &token);
    }
    Some(url)
}
