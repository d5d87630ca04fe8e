//! The record of one request, in sentences.

use causeway_contract::requests::{TimelineEntry, Tone};
use causeway_store::{audit::Event, from_micros};
use serde_json::Value;

/// One line; `None` for events that are for the audit page only.
pub(crate) fn entry(event: &Event) -> Option<TimelineEntry> {
    let detail: Value = serde_json::from_str(&event.detail).unwrap_or_default();
    let text = |key: &str| detail.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    if event.outcome == "refused" {
        return None;
    }
    let (tone, what) = match event.action.as_str() {
        "request.submitted" => (Tone::Information, "submitted the request".to_owned()),
        "request.revised" => (Tone::Information, "changed the request and submitted it again".to_owned()),
        "request.stage_approved" => (Tone::Good, format!("approved \u{201c}{}\u{201d}", text("stage"))),
        "request.approved" => (Tone::Good, text("why")),
        "request.denied" => (Tone::Bad, format!("denied \u{201c}{}\u{201d}", text("stage"))),
        "request.changes_asked" => (Tone::Attention, "asked for changes".to_owned()),
        "request.commented" => (Tone::Information, "commented".to_owned()),
        "request.withdrawn" => (Tone::Information, "withdrew the request".to_owned()),
        "delivery.started" => (Tone::Information, "started delivery".to_owned()),
        "delivery.prepared" => (Tone::Information, format!("read {} at {}", text("branch"), short(&text("base")))),
        "delivery.committed" => (Tone::Information, format!("made commit {}", short(&text("commit")))),
        "delivery.pushed" => (Tone::Information, format!("pushed branch {}", text("branch"))),
        "delivery.opened" => (Tone::Good, format!("opened pull request {}", detail["pull_request"])),
        "delivery.published" => {
            (Tone::Information, format!("set build status causeway/approval to {}", text("status")))
        }
        "delivery.branch_moved" => (Tone::Bad, "found that somebody pushed to the branch".to_owned()),
        "delivery.conflicted" => {
            (Tone::Attention, "found that the pull request conflicts with the default branch".to_owned())
        }
        "delivery.retargeted" => {
            (Tone::Bad, "found that the pull request would be merged into another branch".to_owned())
        }
        "delivery.delayed" => (Tone::Attention, "could not reach Bitbucket".to_owned()),
        "delivery.resumed" => (Tone::Good, "could look at the pull request again".to_owned()),
        "delivery.recovered" => (Tone::Good, "found the branch in order again".to_owned()),
        "delivery.merged" => (Tone::Good, format!("merged pull request {}", detail["pull_request"])),
        "delivery.merged_unapproved" => (
            Tone::Bad,
            format!("merged pull request {} with commits that nobody approved here", detail["pull_request"]),
        ),
        "delivery.merged_elsewhere" => {
            (Tone::Bad, format!("merged pull request {} into {}", detail["pull_request"], text("target")))
        }
        "delivery.deleted" => (Tone::Bad, format!("deleted pull request {}", detail["pull_request"])),
        "delivery.declined" => (Tone::Bad, format!("declined pull request {}", detail["pull_request"])),
        "delivery.stuck" => (Tone::Bad, "could not go on".to_owned()),
        "delivery.retried" => (Tone::Information, "asked to try delivery again".to_owned()),
        other => (Tone::Information, other.replace(['.', '_'], " ")),
    };
    let comment = [text("comment"), text("problem")].into_iter().find(|t| !t.is_empty());
    Some(TimelineEntry {
        seq: event.seq,
        at: from_micros(event.at),
        actor: event.actor_name.clone(),
        what,
        comment,
        tone,
        evidence: detail.get("evidence").and_then(|e| serde_json::from_value(e.clone()).ok()),
        link: detail.get("url").and_then(Value::as_str).map(str::to_owned),
    })
}

fn short(commit: &str) -> &str {
    commit.get(..10).unwrap_or(commit)
}
