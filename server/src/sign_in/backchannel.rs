//! `POST /backchannel-logout`: the provider ends sessions.

use super::logout_token::verify;
use crate::http::{ClientAddress, Web};
use axum::{
    Form, Json,
    extract::State,
    response::{IntoResponse, Response},
};
use http::{StatusCode, header::CACHE_CONTROL};
use serde::Deserialize;
use serde_json::json;

#[derive(Deserialize)]
pub struct Posted {
    logout_token: String,
}

/// Answers as section 2.8 says: 200 when done, 400 for a token that is not valid or was used before.
pub async fn backchannel_logout(
    State(web): State<Web>,
    address: ClientAddress,
    Form(posted): Form<Posted>,
) -> Response {
    let refused = async |why: &str| {
        tracing::warn!(why, "a back-channel logout was refused");
        if web.refusals.may_be_recorded(&address.0, web.portal.now())
            && let Err(error) = web.portal.refuse_sign_out_by_provider(&address.0, why).await
        {
            tracing::error!(%error, "a refused back-channel logout could not be recorded");
        }
        let body = json!({ "error": "invalid_request", "error_description": why });
        (StatusCode::BAD_REQUEST, [(CACHE_CONTROL, "no-store")], Json(body)).into_response()
    };
    let token = match verify(&web.provider, &posted.logout_token).await {
        Ok(token) => token,
        Err(why) => return refused(&why).await,
    };
    match web
        .portal
        .sign_out_by_provider(&token.issuer, &token.id, token.sid.as_deref(), token.subject.as_deref())
        .await
    {
        Ok(Some(ended)) => {
            tracing::info!(ended, "the provider signed somebody out");
            (StatusCode::OK, [(CACHE_CONTROL, "no-store")]).into_response()
        }
        Ok(None) => refused("the token was used before").await,
        Err(error) => (StatusCode::SERVICE_UNAVAILABLE, [(CACHE_CONTROL, "no-store")], error.message).into_response(),
    }
}
