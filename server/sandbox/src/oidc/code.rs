//! Authorization codes: one use, sixty seconds.

use super::Provider;
use crate::{clock, random, sync::lock};
use std::collections::HashMap;

const LIFETIME: i64 = 60;

#[derive(Clone)]
pub(crate) struct Code {
    pub sub: String,
    pub sid: String,
    pub auth_time: i64,
    pub second_factor: bool,
    pub scope: String,
    pub nonce: Option<String>,
    pub challenge: String,
    pub redirect_uri: String,
}

/// By digest: the code, when it ends, and whether it was used. They live as long as the process: a minute is short.
#[derive(Default)]
pub(crate) struct Codes(HashMap<String, (Code, i64, bool)>);

pub(crate) enum Taken {
    Fresh(Box<Code>),
    /// Somebody used it before: what was given for it is taken back.
    Again,
    Unknown,
}

impl Provider {
    pub(crate) fn issue(&self, code: Code) -> String {
        let secret = random::secret();
        let now = clock::seconds();
        let codes = &mut lock(&self.codes).0;
        codes.retain(|_, (_, ends, _)| *ends + LIFETIME > now);
        codes.insert(random::digest(&secret), (code, now + LIFETIME, false));
        secret
    }

    pub(crate) fn take(&self, secret: &str) -> Taken {
        match lock(&self.codes).0.get_mut(&random::digest(secret)) {
            Some((_, _, true)) => Taken::Again,
            Some((code, ends, used)) if *ends > clock::seconds() => {
                *used = true;
                Taken::Fresh(Box::new(code.clone()))
            }
            _ => Taken::Unknown,
        }
    }
}
