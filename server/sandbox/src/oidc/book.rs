//! What the provider remembers across restarts.

use super::{people_groups::Groups, session::Session};
use crate::random;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How long an access token lasts, in seconds.
pub(crate) const TOKEN_LIFETIME: i64 = 3_600;

#[derive(Default, Serialize, Deserialize)]
pub(crate) struct Book {
    pub client_secret: String,
    #[serde(default)]
    pub sessions: Vec<Session>,
    #[serde(default)]
    pub tokens: Vec<AccessToken>,
    /// Groups that were changed from what the list of people says, by subject.
    #[serde(default)]
    pub groups: BTreeMap<String, Groups>,
}

/// An access token; only its digest is kept.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct AccessToken {
    pub digest: String,
    pub sub: String,
    pub sid: String,
    pub scope: String,
    pub expires: i64,
    /// Digest of the code it was given for: a code used twice takes its tokens back.
    pub code: String,
}

impl Book {
    pub(crate) fn token(&self, token: &str, now: i64) -> Option<&AccessToken> {
        let digest = random::digest(token);
        self.tokens.iter().find(|t| t.digest == digest && t.expires > now)
    }

    /// The session of a browser, by its cookie.
    pub(crate) fn session_of(&self, cookie: &str, now: i64) -> Option<&Session> {
        let digest = random::digest(cookie);
        self.sessions.iter().find(|s| s.browser == digest && s.expires > now)
    }

    /// Ends sessions and takes their tokens back. Returns what was ended.
    pub(crate) fn end(&mut self, which: impl Fn(&Session) -> bool) -> Vec<Session> {
        let (ended, kept) = std::mem::take(&mut self.sessions).into_iter().partition(|s| which(s));
        self.sessions = kept;
        let ended: Vec<Session> = ended;
        self.tokens.retain(|t| ended.iter().all(|s| s.sid != t.sid));
        ended
    }

    pub(crate) fn prune(&mut self, now: i64) {
        self.sessions.retain(|s| s.expires > now);
        self.tokens.retain(|t| t.expires > now);
    }
}
