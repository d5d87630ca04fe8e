//! Digests of values and of the whole.

use super::{Attribute, Seen};
use crate::json::{Json, NULL, canonical};
use crate::words;
use hmac::{Hmac, Mac};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fmt;

/// A secret of the portal, for digests of sensitive values: without it, whoever reads a stored digest could try passwords
/// until one fits.
#[derive(Clone)]
pub struct Key(Vec<u8>);

impl Key {
    /// `None` for a secret of fewer than 16 bytes.
    pub fn new(secret: &[u8]) -> Option<Self> {
        (secret.len() >= 16).then(|| Self(secret.to_vec()))
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(…)")
    }
}

/// Makes a [`Seen`] of a value.
#[derive(Clone, Copy)]
pub(super) struct Digests<'a> {
    pub(super) key: &'a Key,
    pub(super) plan_time: Option<&'a str>,
    /// The resource: equal secrets of two resources have different digests.
    pub(super) scope: &'a str,
}

impl Digests<'_> {
    /// Of a value that may be shown; `None` when there is nothing in it.
    pub(super) fn value(&self, value: &Json) -> Option<Seen> {
        let tidy = tidy(value);
        (!tidy.is_null()).then(|| Seen::Value { digest: plain(&canonical(&tidy)), text: words::value(value) })
    }

    /// Of a value after apply: parts of it may be unknown.
    pub(super) fn after(&self, value: &Json, unknown: &Json) -> Option<Seen> {
        if !has_true(unknown) {
            let at_plan_time = value.text().is_some_and(|text| Some(text) == self.plan_time);
            return if at_plan_time { Some(Seen::PlanTime) } else { self.value(value) };
        }
        Some(Seen::Value { digest: plain(&with_unknown(value, unknown)), text: words::value(value) })
    }

    /// Of a sensitive value.
    pub(super) fn sensitive(&self, path: &str, value: &Json, unknown: &Json) -> Option<Seen> {
        if tidy(value).is_null() && !has_true(unknown) {
            return None;
        }
        Some(Seen::Sensitive { digest: self.keyed(path, &with_unknown(value, unknown)) })
    }

    /// Of a single value that may be sensitive.
    pub(super) fn setting(&self, path: &str, value: &Json, sensitive: bool) -> Option<Seen> {
        if sensitive || path.split(['.', '[', ']', '"']).any(secret_name) {
            self.sensitive(path, value, &NULL)
        } else {
            self.value(value)
        }
    }

    /// Of a part of a document: null and empty are values there.
    pub(super) fn part(&self, path: &str, value: &Json, secret: bool) -> Seen {
        let bytes = canonical(value);
        if secret {
            Seen::Sensitive { digest: self.keyed(path, &bytes) }
        } else {
            Seen::Value { digest: plain(&bytes), text: words::value(value) }
        }
    }

    /// Commands may hold secrets: what is shown is which kinds of provisioner there are.
    pub(super) fn provisioners(&self, provisioners: &Json) -> Option<Seen> {
        let list = provisioners.list().filter(|list| !list.is_empty())?;
        let kinds: Vec<&str> = list.iter().filter_map(|p| p.get("type").text()).collect();
        Some(Seen::Value { digest: self.keyed(super::PROVISIONERS, &canonical(provisioners)), text: kinds.join(", ") })
    }

    fn keyed(&self, path: &str, bytes: &[u8]) -> String {
        let mut mac = <Hmac<Sha256> as Mac>::new_from_slice(&self.key.0)
            .unwrap_or_else(|_| unreachable!("HMAC takes a key of any length"));
        for part in ["causeway-evidence-sensitive-1", self.scope, path] {
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part.as_bytes());
        }
        mac.update(bytes);
        short(&mac.finalize().into_bytes())
    }
}

/// Whether an attribute of this name is treated as sensitive although the plan does not say so: providers forget it.
pub(super) fn secret_name(name: &str) -> bool {
    const SECRET: [&str; 10] = [
        "password",
        "passwd",
        "passphrase",
        "secret",
        "token",
        "private_key",
        "access_key",
        "api_key",
        "credential",
        "connection_string",
    ];
    let name = name.to_ascii_lowercase();
    SECRET.iter().any(|secret| name.contains(secret))
}

/// A value without what means nothing: members of objects that are null, or empty objects or lists. What has nothing left
/// is `Null`. Elements of lists keep their places.
pub(super) fn tidy(value: &Json) -> Json {
    match value {
        Json::List(elements) if elements.is_empty() => Json::Null,
        Json::List(elements) => Json::List(elements.iter().map(tidy).collect()),
        Json::Object(members) => {
            let kept: BTreeMap<String, Json> =
                members.iter().map(|(k, v)| (k.clone(), tidy(v))).filter(|(_, v)| !v.is_null()).collect();
            if kept.is_empty() { Json::Null } else { Json::Object(kept) }
        }
        other => other.clone(),
    }
}

/// Whether anything is marked.
pub(super) fn has_true(marks: &Json) -> bool {
    match marks {
        Json::Bool(yes) => *yes,
        Json::List(elements) => elements.iter().any(has_true),
        Json::Object(members) => members.values().any(has_true),
        _ => false,
    }
}

fn with_unknown(value: &Json, unknown: &Json) -> Vec<u8> {
    let mut bytes = canonical(&tidy(value));
    if has_true(unknown) {
        bytes.extend_from_slice(&canonical(&marked(unknown)));
    }
    bytes
}

/// Marks without those that are false, which Terraform writes or leaves out as the type goes.
fn marked(marks: &Json) -> Json {
    match marks {
        Json::Bool(true) => Json::Bool(true),
        Json::List(elements) => Json::List(elements.iter().map(marked).collect()),
        Json::Object(members) => {
            Json::Object(members.iter().filter(|(_, v)| has_true(v)).map(|(k, v)| (k.clone(), marked(v))).collect())
        }
        _ => Json::Null,
    }
}

fn plain(bytes: &[u8]) -> String {
    short(&Sha256::new().chain_update(b"causeway-evidence-value-1").chain_update(bytes).finalize())
}

/// 160 of 256 bits: a plan has tens of thousands of values.
fn short(digest: &[u8]) -> String {
    hex::encode(&digest[..20])
}

/// The digest of the whole, part by part.
pub(super) struct Parts(Sha256);

impl Parts {
    pub(super) fn new(scheme: u32) -> Self {
        Self(Sha256::new().chain_update(b"causeway-evidence-plan-").chain_update(scheme.to_be_bytes()))
    }

    pub(super) fn count(&mut self, count: usize) -> &mut Self {
        self.0.update((count as u64).to_be_bytes());
        self
    }

    pub(super) fn text(&mut self, text: &str) -> &mut Self {
        self.count(text.len());
        self.0.update(text.as_bytes());
        self
    }

    pub(super) fn option(&mut self, text: Option<&str>) -> &mut Self {
        self.count(usize::from(text.is_some())).text(text.unwrap_or_default())
    }

    pub(super) fn seen(&mut self, seen: Option<&Seen>) -> &mut Self {
        let (tag, digest) = seen.map_or(("none", ""), Seen::parts);
        self.text(tag).text(digest)
    }

    pub(super) fn attributes(&mut self, attributes: &[Attribute]) -> &mut Self {
        self.count(attributes.len());
        for attribute in attributes {
            self.text(&attribute.path).seen(attribute.before.as_ref()).seen(attribute.after.as_ref());
        }
        self
    }

    pub(super) fn finish(self) -> String {
        hex::encode(self.0.finalize())
    }
}
