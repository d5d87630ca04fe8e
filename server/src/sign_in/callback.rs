//! `GET /sign-in/callback`: back from the provider.

use super::{
    exchange::{Answer, Failure, exchange},
    flow::{self, Flow},
    mfa::second_factor,
    pages,
    person::person,
    start::{Way, begin, browser},
    store::SIGNED_IN,
};
use crate::http::{ClientAddress, Web};
use axum::{
    extract::{Query, State},
    response::{IntoResponse, Redirect, Response},
};
use causeway_portal::access::sessions::Browser;
use http::HeaderMap;
use serde::Deserialize;
use serde_json::json;
use tower_sessions::Session;

/// What the provider puts into the address (RFC 6749 4.1.2, RFC 9207).
#[derive(Deserialize)]
pub struct Returned {
    state: Option<String>,
    code: Option<String>,
    error: Option<String>,
    error_description: Option<String>,
    iss: Option<String>,
}

/// Why somebody is not let in: `reason` for the record, `sentence` for the person.
pub(super) struct Refusal {
    pub(super) reason: &'static str,
    pub(super) sentence: String,
    pub(super) detail: String,
    pub(super) name: Option<String>,
}

/// Verifies what the provider says, and makes the session.
pub async fn callback(
    State(web): State<Web>,
    Query(returned): Query<Returned>,
    address: ClientAddress,
    headers: HeaderMap,
    session: Session,
) -> Response {
    let browser = browser(&headers, &address);
    let flow = match flow::take(&session, returned.state.as_deref().unwrap_or_default()).await {
        Ok(Some(flow)) => flow,
        Ok(None) => {
            tracing::info!(address = %browser.address, "a sign-in came back that nobody here began");
            return pages::stale();
        }
        Err(error) => return pages::provider_away(&web, &error, "/"),
    };
    if flow.silent && returned.error.as_deref().is_some_and(takes_a_person) {
        return go(&web, begin(&web.provider, &session, &browser, flow.return_to.clone(), Way::Plain).await, &flow);
    }
    let answer = match redeem(&web, &flow, &returned).await {
        Ok(answer) => answer,
        Err(Failed::Away(error)) => return pages::provider_away(&web, &error, &flow.return_to),
        Err(Failed::Refused(refusal)) => return refuse(&web, refusal, &browser, &flow).await,
    };
    if web.config.sign_in.require_mfa && !second_factor(&answer.claims, &web.config.sign_in) {
        return step_up(&web, &session, &browser, flow, &answer).await;
    }
    admit(&web, &session, browser, flow, answer).await
}

enum Failed {
    Away(super::ProviderError),
    Refused(Refusal),
}

async fn redeem(web: &Web, flow: &Flow, returned: &Returned) -> Result<Answer, Failed> {
    let refused = |reason, sentence: &str, detail: String| {
        Err(Failed::Refused(Refusal { reason, sentence: sentence.into(), detail, name: None }))
    };
    let issuer = web.config.sign_in.issuer.as_text();
    if returned.iss.as_deref().is_some_and(|iss| iss.trim_end_matches('/') != issuer) {
        return refused(
            "issuer",
            "The answer came from another sign-in service than the one you were sent to.",
            "iss differs".into(),
        );
    }
    if let Some(error) = &returned.error {
        let sentence = match error.as_str() {
            "access_denied" => "The sign-in was cancelled or refused.",
            "temporarily_unavailable" | "server_error" => "The sign-in service has a problem of its own.",
            _ => "The sign-in service did not let you through.",
        };
        let described = returned.error_description.as_deref().unwrap_or_default();
        return refused(
            "provider_error",
            sentence,
            format!("{error}: {}", described.chars().take(300).collect::<String>()),
        );
    }
    let Some(code) = returned.code.clone() else {
        return refused("no_code", "The sign-in service sent an incomplete answer.", "neither code nor error".into());
    };
    exchange(&web.provider, flow, code, &web.config.roles.groups_claim).await.or_else(|failure| match failure {
        Failure::Away(error) => Err(Failed::Away(error)),
        Failure::Refused(detail) => {
            refused("not_valid", "What the sign-in service sent could not be verified.", detail)
        }
    })
}

/// Asks the provider for a second factor, once; a person who comes back without is told so.
async fn step_up(web: &Web, session: &Session, browser: &Browser, flow: Flow, answer: &Answer) -> Response {
    if flow.stepped_up {
        let name =
            answer.claims.get("name").or_else(|| answer.claims.get("sub")).and_then(|v| v.as_str()).map(str::to_owned);
        let refusal = Refusal {
            reason: "second_factor",
            sentence: format!(
                "Causeway lets people in only with a second factor, and the sign-in service did not report one. \
                 Set one up there, or ask {}.",
                web.config.roles.help_contact
            ),
            detail: format!("amr {}, acr {}", show(answer, "amr"), show(answer, "acr")),
            name,
        };
        return refuse(web, refusal, browser, &flow).await;
    }
    go(web, begin(&web.provider, session, browser, flow.return_to.clone(), Way::StepUp).await, &flow)
}

/// Errors of OpenID Connect Core 3.1.2.6 that a silent sign-in ends with when the provider would have to show something.
fn takes_a_person(error: &str) -> bool {
    matches!(error, "login_required" | "interaction_required" | "consent_required" | "account_selection_required")
}

fn go(web: &Web, begun: Result<url::Url, super::ProviderError>, flow: &Flow) -> Response {
    match begun {
        Ok(url) => Redirect::to(url.as_str()).into_response(),
        Err(error) => pages::provider_away(web, &error, &flow.return_to),
    }
}

fn show(answer: &Answer, claim: &str) -> String {
    answer.claims.get(claim).map_or_else(|| "missing".into(), ToString::to_string)
}

async fn admit(web: &Web, session: &Session, browser: Browser, flow: Flow, answer: Answer) -> Response {
    let Some(facts) = person(&web.config, &answer.claims, &answer.groups, answer.id_token, browser.clone()) else {
        let sentence = "What the sign-in service sent does not say who you are.".to_owned();
        let refusal = Refusal { reason: "no_subject", sentence, detail: "sub or iss is missing".into(), name: None };
        return refuse(web, refusal, &browser, &flow).await;
    };
    let kept = async {
        flow::forget(session).await.map_err(|e| e.to_string())?;
        // A new id, so that whoever planted the old one does not hold the session of a person now.
        session.cycle_id().await.map_err(|e| e.to_string())?;
        session.insert(SIGNED_IN, &facts).await.map_err(|e| e.to_string())?;
        session.save().await.map_err(|e| e.to_string())?;
        session.remove_value(SIGNED_IN).await.map(|_| ()).map_err(|e| e.to_string())
    };
    match kept.await {
        Ok(()) => Redirect::to(&flow.return_to).into_response(),
        Err(error) => {
            tracing::error!(error, "a verified sign-in could not be written down");
            pages::not_kept(web, &flow.return_to)
        }
    }
}

async fn refuse(web: &Web, refusal: Refusal, browser: &Browser, flow: &Flow) -> Response {
    tracing::warn!(reason = refusal.reason, detail = refusal.detail, "a sign-in was refused");
    let detail = json!(refusal.detail);
    if let Err(error) = web.portal.refuse_sign_in(refusal.name.as_deref(), refusal.reason, browser, detail).await {
        tracing::error!(%error, "a refused sign-in could not be recorded");
    }
    pages::refused(web, &refusal, &flow.return_to)
}
