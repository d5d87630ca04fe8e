//! `GET /sign-in/callback`: back from the provider.

use super::{
    exchange::{Answer, Failure, exchange},
    flow::{self, Flow},
    mfa::second_factor,
    pages,
    person::{name, person},
    start::{Way, begin, browser},
    store::SIGNED_IN,
};
use crate::http::{ClientAddress, SessionToken, Standpoint, Web, error_page};
use axum::{
    extract::{Query, State},
    response::{IntoResponse, Redirect, Response},
};
use causeway_contract::ApiResult;
use causeway_portal::access::sessions::{Browser, Since};
use http::HeaderMap;
use serde::Deserialize;
use serde_json::json;
use tower_sessions::Session;

/// Of why somebody was refused, in characters: strangers write parts of it.
const LONGEST_DETAIL: usize = 500;

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
    standpoint: Standpoint,
    token: SessionToken,
    Query(returned): Query<Returned>,
    address: ClientAddress,
    headers: HeaderMap,
    session: Session,
) -> Response {
    let browser = browser(&headers, &address);
    let state = returned.state.as_deref().unwrap_or_default();
    let flow = match flow::take(&session, state).await {
        Ok(Some(flow)) => flow,
        // Another tab was quicker: the person is signed in, and only wants to go on.
        Ok(None) if standpoint.is_fresh() => {
            return Redirect::to(flow::overtaken(&session, state).await.as_deref().unwrap_or("/")).into_response();
        }
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
    admit(&web, &session, &token, browser, flow, answer).await
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
        // Anybody can write this address: what goes on record is short.
        let error: String = error.chars().filter(char::is_ascii_graphic).take(60).collect();
        let described = returned.error_description.as_deref().unwrap_or_default();
        return refused("provider_error", sentence, format!("{error}: {described}"));
    }
    let Some(code) = returned.code.clone() else {
        return refused("no_code", "The sign-in service sent an incomplete answer.", "neither code nor error".into());
    };
    exchange(&web.provider, flow, code, &web.config.roles).await.or_else(|failure| match failure {
        Failure::Away(error) => Err(Failed::Away(error)),
        Failure::Refused(detail) => {
            refused("not_valid", "What the sign-in service sent could not be verified.", detail)
        }
    })
}

/// Asks the provider for a second factor, once; a person who comes back without is told so.
async fn step_up(web: &Web, session: &Session, browser: &Browser, flow: Flow, answer: &Answer) -> Response {
    if flow.stepped_up {
        let refusal = Refusal {
            reason: "second_factor",
            sentence: format!(
                "Causeway lets people in only with a second factor, and the sign-in service did not report one. \
                 Set one up there, or ask {}.",
                web.config.roles.help_contact
            ),
            detail: format!("amr {}, acr {}", show(answer, "amr"), show(answer, "acr")),
            name: name(&answer.claims, &web.config.roles),
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

async fn admit(
    web: &Web,
    session: &Session,
    token: &SessionToken,
    browser: Browser,
    flow: Flow,
    answer: Answer,
) -> Response {
    let found = person(&web.config, &answer.claims, &answer.groups, answer.id_token, browser.clone());
    let mut facts = match found {
        Ok(facts) => facts,
        Err(detail) => {
            let sentence = "What the sign-in service sent does not say who you are.".to_owned();
            let refusal = Refusal { reason: "no_subject", sentence, detail, name: None };
            return refuse(web, refusal, &browser, &flow).await;
        }
    };
    if flow.silent {
        match before(web, token).await {
            // Without a word only the same person goes on, and only until the end that the session had.
            Ok(Some(since)) if since.issuer == facts.issuer && since.subject == facts.subject => {
                facts.since = Some(since);
            }
            Ok(_) => {
                return go(
                    web,
                    begin(&web.provider, session, &browser, flow.return_to.clone(), Way::Plain).await,
                    &flow,
                );
            }
            Err(error) => return error_page(&error),
        }
    }
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

/// The session that a silent sign-in renews.
async fn before(web: &Web, token: &SessionToken) -> ApiResult<Option<Since>> {
    match &token.0 {
        Some(token) => web.portal.since(token).await,
        None => Ok(None),
    }
}

async fn refuse(web: &Web, mut refusal: Refusal, browser: &Browser, flow: &Flow) -> Response {
    refusal.detail = refusal.detail.chars().take(LONGEST_DETAIL).collect();
    tracing::warn!(reason = refusal.reason, detail = refusal.detail, "a sign-in was refused");
    let detail = json!(refusal.detail);
    if !web.refusals.may_be_recorded(&browser.address, web.portal.now()) {
        tracing::warn!(address = browser.address, "more refusals a minute than go on record");
    } else if let Err(error) = web.portal.refuse_sign_in(refusal.name.as_deref(), refusal.reason, browser, detail).await
    {
        tracing::error!(%error, "a refused sign-in could not be recorded");
    }
    pages::refused(web, &refusal, &flow.return_to)
}
