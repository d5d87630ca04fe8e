//! Webhooks of Bitbucket Data Center: who sent it, and what to look at again. A webhook is a hint: the state is always read
//! from the server before anything is done.
//!
//! To heed another event: add its key to `HEEDED`.

use crate::http::Secret;
use chrono::{DateTime, Utc};
use hmac::{Hmac, Mac};
use serde_json::Value;
use sha2::Sha256;

/// Header with the signature, `sha256=<hex>` over the raw body.
pub const SIGNATURE: &str = "x-hub-signature";
/// Header with the event's key.
pub const EVENT_KEY: &str = "x-event-key";
/// Largest body that is worth reading, in bytes.
pub const LARGEST: usize = 1024 * 1024;

const PING: &str = "diagnostics:ping";
const HEEDED: [&str; 8] = [
    "pr:opened",
    "pr:from_ref_updated",
    "pr:to_ref_updated",
    "pr:modified",
    "pr:merged",
    "pr:declined",
    "pr:deleted",
    "repo:refs_changed",
];

/// What to do with a webhook. Each of them is answered 200.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Webhook {
    /// The test button of the settings page. It is not signed, and nothing follows from it.
    Ping,
    /// Signed, but nothing that Causeway follows.
    Ignored {
        key: String,
    },
    Event(Event),
}

/// Something that Causeway may want to look at again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// `pr:merged` and the like.
    pub key: String,
    /// `PROJECT/slug` of the repository that it happened in (for pull requests: that it would be merged into).
    pub repository: Option<String>,
    pub pull_request: Option<i64>,
    /// Branches that it is about, without `refs/heads/`: the source of the pull request, or those that moved.
    pub branches: Vec<String>,
    /// When it happened, where the body says so.
    pub at: Option<DateTime<Utc>>,
}

/// Why a webhook is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Answer 401.
    #[error("The webhook is not signed: set the secret on the webhook in Bitbucket.")]
    Unsigned,
    /// Answer 401.
    #[error("The webhook's signature does not match: the secret in Bitbucket and in Causeway differ.")]
    Forged,
    /// Answer 403.
    #[error("No webhook secret is configured: Causeway takes no webhooks.")]
    NoSecret,
    /// Answer 400.
    #[error("The webhook's body is not JSON as Bitbucket sends it.")]
    Malformed,
}

/// Verifies and reads a webhook. `event_key` and `signature` are the headers of these names; `secrets` the present one and,
/// while it is being changed, the one before.
///
/// # Errors
/// [`Refusal`], with a sentence for the operator.
pub fn receive(
    event_key: Option<&str>,
    signature: Option<&str>,
    body: &[u8],
    secrets: &[Secret],
) -> Result<Webhook, Refusal> {
    if event_key == Some(PING) {
        return Ok(Webhook::Ping);
    }
    verify(signature, body, secrets)?;
    let value: Value = serde_json::from_slice(body).map_err(|_| Refusal::Malformed)?;
    if !value.is_object() {
        return Err(Refusal::Malformed);
    }
    // What is signed counts; the header is not.
    let key = value["eventKey"].as_str().or(event_key).unwrap_or_default().to_owned();
    if !HEEDED.contains(&key.as_str()) {
        return Ok(Webhook::Ignored { key: key.chars().take(100).collect() });
    }
    let event = event(key, &value);
    if event.pull_request.is_none() && event.branches.is_empty() {
        return Err(Refusal::Malformed);
    }
    Ok(Webhook::Event(event))
}

/// Compares in constant time with each secret.
fn verify(signature: Option<&str>, body: &[u8], secrets: &[Secret]) -> Result<(), Refusal> {
    let secrets: Vec<_> = secrets.iter().filter(|s| !s.is_empty()).collect();
    if secrets.is_empty() {
        return Err(Refusal::NoSecret);
    }
    let signature = signature.ok_or(Refusal::Unsigned)?;
    let claimed =
        signature.trim().strip_prefix("sha256=").and_then(|text| hex::decode(text).ok()).ok_or(Refusal::Forged)?;
    let matches = |secret: &&Secret| {
        Hmac::<Sha256>::new_from_slice(secret.expose().as_bytes())
            .is_ok_and(|mac| mac.chain_update(body).verify_slice(&claimed).is_ok())
    };
    if secrets.iter().any(matches) { Ok(()) } else { Err(Refusal::Forged) }
}

fn event(key: String, value: &Value) -> Event {
    let request = &value["pullRequest"];
    let mut branches: Vec<String> = branch(&request["fromRef"]["id"]).into_iter().collect();
    for change in value["changes"].as_array().into_iter().flatten() {
        branches.extend(branch(&change["refId"]).or_else(|| branch(&change["ref"]["id"])));
    }
    let home = if request.is_object() { &request["toRef"]["repository"] } else { &value["repository"] };
    let repository =
        home["project"]["key"].as_str().zip(home["slug"].as_str()).map(|(project, slug)| format!("{project}/{slug}"));
    Event { key, repository, pull_request: request["id"].as_i64(), branches, at: date(&value["date"]) }
}

fn branch(id: &Value) -> Option<String> {
    id.as_str()?.strip_prefix("refs/heads/").map(str::to_owned)
}

/// Milliseconds (up to 9.x), `2026-05-24T14:11:04.000Z`, or `2026-05-24T16:11:04+0200`.
fn date(value: &Value) -> Option<DateTime<Utc>> {
    if let Some(milliseconds) = value.as_i64() {
        return DateTime::from_timestamp_millis(milliseconds);
    }
    let text = value.as_str()?;
    let parsed =
        DateTime::parse_from_rfc3339(text).or_else(|_| DateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f%z"));
    parsed.ok().map(|date| date.to_utc())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn dates_come_in_three_shapes() {
        let at = |v: Value| date(&v).map(|d| d.timestamp_millis());
        assert_eq!(at(json!(1_779_631_864_000_i64)), Some(1_779_631_864_000));
        assert_eq!(at(json!("2026-05-24T14:11:04.000Z")), Some(1_779_631_864_000));
        assert_eq!(at(json!("2026-05-24T16:11:04+0200")), Some(1_779_631_864_000));
        for odd in [json!(null), json!("yesterday"), json!({}), json!(i64::MAX)] {
            assert_eq!(at(odd.clone()), None, "{odd}");
        }
    }
}
