//! The provider signs somebody out and tells the application (OpenID Connect Back-Channel Logout 1.0).

use super::{CLIENT_ID, Provider, session::Session};
use crate::random;
use serde_json::{Map, Value, json};
use std::{sync::Arc, time::Duration};

const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";
/// Waits before the second and third attempt.
const RETRIES: [Duration; 2] = [Duration::from_millis(500), Duration::from_secs(3)];

impl Provider {
    /// Ends the sessions that match and tells the application about each, without waiting for it. Returns how many.
    pub(crate) fn sign_out(self: &Arc<Self>, which: impl Fn(&Session) -> bool) -> usize {
        let ended = self.change(|book| book.end(which));
        for session in &ended {
            let provider = Arc::clone(self);
            let token = self.logout_token(session);
            tokio::spawn(async move { provider.tell(&token).await });
        }
        ended.len()
    }

    fn logout_token(&self, session: &Session) -> String {
        let now = self.now();
        let claims = json!({
            "iss": self.issuer, "aud": CLIENT_ID, "iat": now, "exp": now + 120, "jti": random::uuid(),
            "sub": session.sub, "sid": session.sid, "events": { EVENT: {} },
        });
        let Value::Object(claims) = claims else { return self.sign("logout+jwt", &Map::new()) };
        self.sign("logout+jwt", &claims)
    }

    async fn tell(&self, token: &str) {
        let mut waits = RETRIES.iter();
        loop {
            let body = url::form_urlencoded::Serializer::new(String::new()).append_pair("logout_token", token).finish();
            let sent = self
                .http
                .post(self.backchannel_logout_uri())
                .header("content-type", "application/x-www-form-urlencoded")
                .body(body)
                .send()
                .await;
            match sent {
                // 400 is an answer too: the application does not want this token, and will not the next time.
                Ok(answer) if !answer.status().is_server_error() => {
                    return tracing::debug!(status = answer.status().as_u16(), "told the application of a sign-out");
                }
                Ok(answer) => tracing::warn!(status = answer.status().as_u16(), "the application failed at a sign-out"),
                Err(error) => tracing::warn!(%error, "the application was not reached for a sign-out"),
            }
            match waits.next() {
                Some(wait) => tokio::time::sleep(*wait).await,
                None => return,
            }
        }
    }
}
