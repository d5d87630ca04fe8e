//! `POST /token`: a code becomes an identity and an access token.

use super::{
    CLIENT_ID, Provider,
    book::{AccessToken, TOKEN_LIFETIME},
    client_auth::Refused,
    code::{Code, Taken},
    session::{acr, amr},
};
use crate::{people, random};
use axum::{
    Json,
    extract::State,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::sync::Arc;
use url::form_urlencoded;

/// How long an identity token lasts, in seconds.
const ID_TOKEN_LIFETIME: i64 = 600;

pub(crate) async fn exchange(State(provider): State<Arc<Provider>>, headers: HeaderMap, body: String) -> Response {
    let pairs: Vec<(String, String)> = form_urlencoded::parse(body.as_bytes()).into_owned().collect();
    let get = |name: &str| pairs.iter().find(|(k, _)| k == name).map(|(_, v)| v.as_str());
    match provider.authenticate(&headers, get("client_id"), get("client_secret")) {
        Ok(()) => {}
        Err(Refused::Both) => {
            return refuse(StatusCode::BAD_REQUEST, "invalid_request", "Authenticate in one way, not in two.");
        }
        Err(Refused::Wrong) => {
            return refuse(StatusCode::UNAUTHORIZED, "invalid_client", "The client id or secret is wrong.");
        }
    }
    if pairs.iter().any(|(k, _)| pairs.iter().filter(|(other, _)| other == k).count() > 1) {
        return refuse(StatusCode::BAD_REQUEST, "invalid_request", "A parameter is given twice.");
    }
    if get("grant_type") != Some("authorization_code") {
        return refuse(StatusCode::BAD_REQUEST, "unsupported_grant_type", "Only authorization_code is supported.");
    }
    let (Some(code), Some(redirect_uri), Some(verifier)) = (get("code"), get("redirect_uri"), get("code_verifier"))
    else {
        let text = "code, redirect_uri and code_verifier are required.";
        return refuse(StatusCode::BAD_REQUEST, "invalid_request", text);
    };
    let grant = match provider.take(code) {
        Taken::Fresh(grant) => grant,
        Taken::Again => {
            let digest = random::digest(code);
            provider.change(|book| book.tokens.retain(|t| t.code != digest));
            return refuse(StatusCode::BAD_REQUEST, "invalid_grant", "The code was used already.");
        }
        Taken::Unknown => return refuse(StatusCode::BAD_REQUEST, "invalid_grant", "The code is unknown or too old."),
    };
    if grant.redirect_uri != redirect_uri {
        return refuse(StatusCode::BAD_REQUEST, "invalid_grant", "redirect_uri differs from the first request's.");
    }
    if !proves(verifier, &grant.challenge) {
        return refuse(StatusCode::BAD_REQUEST, "invalid_grant", "code_verifier does not fit the challenge.");
    }
    match provider.tokens(&grant, code) {
        Some(answer) => no_store((StatusCode::OK, Json(answer)).into_response()),
        None => refuse(StatusCode::BAD_REQUEST, "invalid_grant", "The person is no longer there."),
    }
}

impl Provider {
    fn tokens(&self, grant: &Code, code: &str) -> Option<Value> {
        let person = people::by_sub(&grant.sub)?;
        let access_token = random::secret();
        let now = self.now();
        let mut claims = self.claims(person, &grant.scope);
        let half = &Sha256::digest(access_token.as_bytes())[..16];
        let own = json!({
            "iss": self.issuer, "aud": CLIENT_ID, "iat": now, "exp": now + ID_TOKEN_LIFETIME,
            "auth_time": grant.auth_time, "sid": grant.sid, "acr": acr(grant.second_factor),
            "amr": amr(grant.second_factor), "at_hash": URL_SAFE_NO_PAD.encode(half),
        });
        if let Value::Object(own) = own {
            claims.extend(own);
        }
        if let Some(nonce) = &grant.nonce {
            claims.insert("nonce".into(), json!(nonce));
        }
        self.change(|book| {
            book.tokens.push(AccessToken {
                digest: random::digest(&access_token),
                sub: grant.sub.clone(),
                sid: grant.sid.clone(),
                scope: grant.scope.clone(),
                expires: crate::clock::seconds() + TOKEN_LIFETIME,
                code: random::digest(code),
            });
        });
        Some(json!({
            "access_token": access_token, "token_type": "Bearer", "expires_in": TOKEN_LIFETIME,
            "scope": grant.scope, "id_token": self.sign("JWT", &claims),
        }))
    }
}

/// PKCE, S256 (RFC 7636, 4.6).
fn proves(verifier: &str, challenge: &str) -> bool {
    let length_fits = (43..=128).contains(&verifier.len());
    length_fits && random::same(&URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes())), challenge)
}

fn refuse(status: StatusCode, error: &str, text: &str) -> Response {
    let mut response = (status, Json(json!({ "error": error, "error_description": text }))).into_response();
    if status == StatusCode::UNAUTHORIZED {
        response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Basic realm=\"token\""));
    }
    no_store(response)
}

fn no_store(mut response: Response) -> Response {
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response.headers_mut().insert(header::PRAGMA, HeaderValue::from_static("no-cache"));
    response
}
