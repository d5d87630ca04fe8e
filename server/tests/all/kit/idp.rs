//! An OpenID provider in this process. It does what the specification says until a test tells it otherwise.

use axum::{
    Form, Json, Router,
    extract::State,
    response::{Html, IntoResponse, Response},
    routing::{get, post},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD as B64};
use causeway_store::{Clock, MockClock};
use http::StatusCode;
use p256::ecdsa::{Signature, SigningKey, signature::Signer};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};
use url::Url;

pub(crate) const CLIENT: &str = "causeway";
pub(crate) const SECRET: &str = "not-a-secret";

#[derive(Clone)]
pub(crate) struct Idp {
    pub(crate) issuer: String,
    clock: MockClock,
    state: Arc<Mutex<Desk>>,
}

/// What the next answers are made of.
pub(crate) struct Desk {
    keys: Vec<(String, SigningKey)>,
    codes: HashMap<String, (String, String)>,
    /// Put over the ID token's claims; `null` takes one out.
    pub(crate) claims: Map<String, Value>,
    pub(crate) user_info: Map<String, Value>,
    /// Before every answer.
    pub(crate) delay: Duration,
    pub(crate) down: bool,
    /// Answers of the token endpoint that are not its own.
    pub(crate) odd: Option<Odd>,
    /// Only the keys cannot be fetched.
    pub(crate) keys_down: bool,
    pub(crate) user_info_fetches: usize,
    /// Sign with a key that is not published.
    pub(crate) foreign_key: bool,
    pub(crate) key_fetches: usize,
}

#[derive(Clone, Copy)]
pub(crate) enum Odd {
    Down,
    /// Something in front of the provider shows its page in its place.
    Page,
    Busy,
}

impl Idp {
    pub(crate) async fn start(clock: MockClock) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let issuer = format!("http://localhost:{}", listener.local_addr().unwrap().port());
        let desk = Desk {
            keys: vec![("first".into(), key())],
            codes: HashMap::new(),
            claims: Map::new(),
            user_info: Map::new(),
            delay: Duration::ZERO,
            down: false,
            odd: None,
            keys_down: false,
            user_info_fetches: 0,
            foreign_key: false,
            key_fetches: 0,
        };
        let idp = Self { issuer, clock, state: Arc::new(Mutex::new(desk)) };
        let router = Router::new()
            .route("/.well-known/openid-configuration", get(discovery))
            .route("/jwks", get(jwks))
            .route("/token", post(token))
            .route("/userinfo", get(user_info))
            .with_state(idp.clone());
        tokio::spawn(axum::serve(listener, router).into_future());
        idp
    }

    pub(crate) fn desk(&self) -> MutexGuard<'_, Desk> {
        self.state.lock().unwrap()
    }

    /// What the next ID tokens say beside the usual.
    pub(crate) fn says(&self, claims: Value) {
        self.desk().claims = claims.as_object().unwrap().clone();
    }

    /// Signs with a new key and publishes only that.
    pub(crate) fn rotate(&self) {
        let mut desk = self.desk();
        let name = format!("key-{}", desk.keys.len() + 1);
        desk.keys = vec![(name, key())];
    }

    /// The person says yes: the code for an authorization address that the portal redirected to.
    pub(crate) fn code_for(&self, address: &str) -> String {
        let url = Url::parse(address).unwrap();
        let query: HashMap<String, String> = url.query_pairs().into_owned().collect();
        assert_eq!(query["code_challenge_method"], "S256");
        assert_eq!(query["response_type"], "code");
        assert_eq!(query["client_id"], CLIENT);
        let code = hex::encode(causeway_server::random::bytes::<8>());
        self.desk().codes.insert(code.clone(), (query["nonce"].clone(), query["code_challenge"].clone()));
        code
    }

    pub(crate) fn now(&self) -> i64 {
        self.clock.now().timestamp()
    }

    /// A signed JWT.
    pub(crate) fn sign(&self, claims: &Value) -> String {
        let desk = self.desk();
        let (kid, published) = desk.keys.last().unwrap();
        let header = json!({ "alg": "ES256", "kid": kid, "typ": "JWT" });
        let text = format!("{}.{}", B64.encode(header.to_string()), B64.encode(claims.to_string()));
        let signature: Signature =
            if desk.foreign_key { key().sign(text.as_bytes()) } else { published.sign(text.as_bytes()) };
        format!("{text}.{}", B64.encode(signature.to_bytes()))
    }

    fn id_token(&self, nonce: &str) -> String {
        let mut claims = json!({
            "iss": self.issuer, "aud": CLIENT, "sub": "someone", "nonce": nonce, "sid": "provider-session",
            "iat": self.now(), "exp": self.now() + 300, "name": "Some One", "email": "some.one@example.com", "email_verified": true,
        });
        for (key, value) in &self.desk().claims {
            if value.is_null() {
                claims.as_object_mut().unwrap().remove(key);
            } else {
                claims[key] = value.clone();
            }
        }
        self.sign(&claims)
    }

    /// `Some` when the provider is down.
    async fn mood(&self) -> Option<Response> {
        let (delay, down) = {
            let desk = self.desk();
            (desk.delay, desk.down)
        };
        tokio::time::sleep(delay).await;
        down.then(|| StatusCode::BAD_GATEWAY.into_response())
    }
}

fn key() -> SigningKey {
    SigningKey::from_slice(&causeway_server::random::bytes::<32>()).unwrap()
}

async fn discovery(State(idp): State<Idp>) -> Response {
    if let Some(away) = idp.mood().await {
        return away;
    }
    let at = |path: &str| format!("{}{path}", idp.issuer);
    Json(json!({
        "issuer": idp.issuer, "authorization_endpoint": at("/authorize"), "token_endpoint": at("/token"), "jwks_uri": at("/jwks"),
        "userinfo_endpoint": at("/userinfo"), "end_session_endpoint": at("/end-session"), "response_types_supported": ["code"],
        "subject_types_supported": ["public"], "id_token_signing_alg_values_supported": ["ES256", "HS256", "none"],
    }))
    .into_response()
}

async fn jwks(State(idp): State<Idp>) -> Response {
    if let Some(away) = idp.mood().await {
        return away;
    }
    let mut desk = idp.desk();
    if desk.keys_down {
        return StatusCode::BAD_GATEWAY.into_response();
    }
    desk.key_fetches += 1;
    let jwk = |(kid, key): &(String, SigningKey)| {
        let point = key.verifying_key().to_encoded_point(false);
        json!({ "kty": "EC", "crv": "P-256", "use": "sig", "kid": kid, "x": B64.encode(point.x().unwrap()), "y": B64.encode(point.y().unwrap()) })
    };
    Json(json!({ "keys": desk.keys.iter().map(jwk).collect::<Vec<_>>() })).into_response()
}

async fn token(State(idp): State<Idp>, Form(form): Form<HashMap<String, String>>) -> Response {
    if let Some(away) = idp.mood().await {
        return away;
    }
    match idp.desk().odd {
        Some(Odd::Down) => return (StatusCode::SERVICE_UNAVAILABLE, Html("<h1>Maintenance</h1>")).into_response(),
        Some(Odd::Page) => return Html("<h1>Maintenance</h1>").into_response(),
        Some(Odd::Busy) => return StatusCode::TOO_MANY_REQUESTS.into_response(),
        None => {}
    }
    let taken = idp.desk().codes.remove(&form["code"]);
    let verified = taken.filter(|(_, challenge)| *challenge == B64.encode(Sha256::digest(&form["code_verifier"])));
    let Some((nonce, _)) = verified else {
        return (StatusCode::BAD_REQUEST, Json(json!({ "error": "invalid_grant" }))).into_response();
    };
    Json(json!({ "access_token": "access", "token_type": "Bearer", "expires_in": 300, "id_token": idp.id_token(&nonce) })).into_response()
}

async fn user_info(State(idp): State<Idp>) -> Response {
    let mut desk = idp.desk();
    desk.user_info_fetches += 1;
    Json(desk.user_info.clone()).into_response()
}
