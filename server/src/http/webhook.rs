//! `POST /webhooks/bitbucket`: hints that something moved. The truth is asked for afterwards.

use super::Web;
use axum::{
    body::Bytes,
    extract::State,
    response::{IntoResponse, Response},
};
use causeway_connect::{
    http::Secret,
    webhook::{EVENT_KEY, Event, Refusal, SIGNATURE, Webhook, receive},
};
use causeway_contract::ApiResult;
use causeway_portal::delivery::{Heeded, HostHint};
use http::{HeaderMap, StatusCode};
use sha2::{Digest, Sha256};

/// Verifies the signature over the raw body, forgets replays, and nudges what the event is about.
pub(super) async fn bitbucket(State(web): State<Web>, headers: HeaderMap, body: Bytes) -> Response {
    let header = |name: &str| headers.get(name).and_then(|v| v.to_str().ok());
    let settings = &web.config.bitbucket;
    let secrets = [&settings.webhook_secret, &settings.webhook_secret_previous].map(|s| Secret::new(s.expose()));
    match receive(header(EVENT_KEY), header(SIGNATURE), &body, &secrets) {
        Ok(Webhook::Ping) => "pong\n".into_response(),
        Ok(Webhook::Ignored { key }) => {
            tracing::debug!(key, "a webhook that nothing follows from");
            "ignored\n".into_response()
        }
        Ok(Webhook::Event(event)) => match heed(&web, &event, &body).await {
            Ok(Heeded::Replay) => "seen before\n".into_response(),
            Ok(Heeded::Taken) => "taken\n".into_response(),
            Ok(Heeded::Nothing) => "nothing of ours\n".into_response(),
            Err(error) => (StatusCode::SERVICE_UNAVAILABLE, format!("{error}\n")).into_response(),
        },
        Err(refusal) => {
            tracing::warn!(%refusal, "a webhook was refused");
            let status = match refusal {
                Refusal::Unsigned | Refusal::Forged => StatusCode::UNAUTHORIZED,
                Refusal::NoSecret => StatusCode::FORBIDDEN,
                Refusal::Malformed => StatusCode::BAD_REQUEST,
            };
            (status, format!("{refusal}\n")).into_response()
        }
    }
}

async fn heed(web: &Web, event: &Event, body: &[u8]) -> ApiResult<Heeded> {
    // The request id is not signed, so it cannot tell a replay; the body is. Two events with one body say the same thing.
    let id = hex::encode(Sha256::digest(body));
    let hint = |branch: Option<&String>| HostHint { pull_request: event.pull_request, branch: branch.cloned() };
    let hints: Vec<HostHint> = match &event.branches[..] {
        [] => vec![hint(None)],
        branches => branches.iter().map(|branch| hint(Some(branch))).collect(),
    };
    web.portal.bitbucket_hints(&id, event.repository.as_deref().unwrap_or_default(), &hints).await
}
