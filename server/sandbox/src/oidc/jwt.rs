//! Signed tokens (ES256).

use super::Provider;
use crate::sync::lock;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Map, Value, json};

impl Provider {
    /// Signs claims; `typ` is `JWT` or `logout+jwt`.
    pub(crate) fn sign(&self, typ: &str, claims: &Map<String, Value>) -> String {
        let keys = lock(&self.keys);
        let header = json!({ "alg": "ES256", "typ": typ, "kid": keys.current_id() });
        let part = |text: String| URL_SAFE_NO_PAD.encode(text);
        let message = format!("{}.{}", part(header.to_string()), part(Value::Object(claims.clone()).to_string()));
        let signature = URL_SAFE_NO_PAD.encode(keys.sign(message.as_bytes()));
        format!("{message}.{signature}")
    }

    /// Claims of a token that we signed, whatever its age: as a hint, an expired one is good.
    pub(crate) fn own_claims(&self, token: &str) -> Option<Map<String, Value>> {
        let (message, signature) = token.rsplit_once('.')?;
        let (_, payload) = message.split_once('.')?;
        let signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
        if !lock(&self.keys).verify(message.as_bytes(), &signature) {
            return None;
        }
        let claims = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).ok()?).ok()?;
        let Value::Object(claims) = claims else { return None };
        (claims.get("iss") == Some(&json!(self.issuer))).then_some(claims)
    }
}
