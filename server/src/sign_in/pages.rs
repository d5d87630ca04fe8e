//! Pages of sign-in that are not the portal's: what went wrong, and what to do now.

use super::{ProviderError, callback::Refusal};
use crate::http::{Link, Notice, Web, notice_page};
use axum::response::Response;
use causeway_app::paths;
use http::{HeaderValue, StatusCode, header::RETRY_AFTER};

fn again(return_to: &str) -> Link {
    Link { href: paths::sign_in(return_to), text: "Try again".into() }
}

/// 503: the provider is away or slow.
pub(super) fn provider_away(web: &Web, error: &ProviderError, return_to: &str) -> Response {
    tracing::error!(%error, "sign-in is not possible");
    if error.ours {
        return not_kept(web, return_to);
    }
    let name = &web.config.sign_in.provider_name;
    let mut response = notice_page(
        StatusCode::SERVICE_UNAVAILABLE,
        &Notice {
            title: "Sign-in is not possible right now",
            text: format!(
                "Causeway could not reach {name}. Nothing is wrong with your account, and nothing you typed is lost. \
                 Try again in a minute; if it stays, tell {}.",
                web.config.roles.help_contact
            ),
            links: vec![again(return_to)],
            refresh: None,
        },
    );
    response.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("30"));
    response
}

/// 200: on to the provider, by itself where the browser lets pages do that.
pub(super) fn leaving(web: &Web, provider: &url::Url) -> Response {
    notice_page(
        StatusCode::OK,
        &Notice {
            title: "Signing you in",
            text: format!("Going on to {}.", web.config.sign_in.provider_name),
            links: vec![Link { href: provider.to_string(), text: "Go on".into() }],
            refresh: Some(provider.to_string()),
        },
    )
}

/// 400: no flow of this browser fits.
pub(super) fn stale() -> Response {
    notice_page(
        StatusCode::BAD_REQUEST,
        &Notice {
            title: "This sign-in has run out",
            text: format!(
                "It took longer than {} minutes, was finished already, or was begun in another browser. Begin again.",
                causeway_portal::access::sessions::FLOW_MINUTES
            ),
            links: vec![Link { href: "/".into(), text: "Sign in".into() }],
            refresh: None,
        },
    )
}

/// 403: the person came back, but is not let in.
pub(super) fn refused(web: &Web, refusal: &Refusal, return_to: &str) -> Response {
    notice_page(
        StatusCode::FORBIDDEN,
        &Notice {
            title: "You are not signed in",
            text: format!("{} If trying again does not help, ask {}.", refusal.sentence, web.config.roles.help_contact),
            links: vec![again(return_to)],
            refresh: None,
        },
    )
}

/// 503: the database would not take the session.
pub(super) fn not_kept(web: &Web, return_to: &str) -> Response {
    notice_page(
        StatusCode::SERVICE_UNAVAILABLE,
        &Notice {
            title: "Your sign-in could not be kept",
            text: format!(
                "Causeway's database did not take it. Try again in a minute; if it stays, tell {}.",
                web.config.roles.help_contact
            ),
            links: vec![again(return_to)],
            refresh: None,
        },
    )
}
