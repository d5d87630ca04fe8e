//! What stands in the repository: names, messages, descriptions. And what the page says of a delivery.

use super::{STATUS_KEY, host::HostErrorKind};
use causeway_contract::requests::Evidence;
use causeway_store::{deliveries::Delivery, requests};

pub(super) const MOVED: &str = "Somebody pushed to this branch after the approval, so the build status is FAILED and merging is blocked. \
    Decline the pull request and clone this request, or take the extra commits off the branch.";
pub(super) const CONFLICT: &str = "The pull request conflicts with the default branch. Decline it in Bitbucket and clone this request: \
    the new one is made on the newest files.";
pub(super) const DECLINED: &str = "The pull request was declined in Bitbucket. Clone this request to start over.";
pub(super) const DELETED: &str = "The pull request was deleted in Bitbucket. Clone this request to start over.";
pub(super) const MERGED_UNAPPROVED: &str = "This was merged with commits that nobody approved here. Treat it as an unauthorised change: \
    compare the pull request with the change shown below.";

/// The pull request points at another branch than the approval.
pub(super) fn retargeted(seen: &str, target: &str) -> String {
    format!(
        "Somebody changed the branch that the pull request would be merged into from {target} to {seen}, so the build status is \
         FAILED and merging is blocked. Set it back to {target}, or decline the pull request and clone this request."
    )
}

pub(super) fn merged_elsewhere(seen: &str, target: &str) -> String {
    format!(
        "This was merged into {seen}, and the approval was for {target}: nothing of it is on {target}. Clone this request to have \
         it made there, and have it taken off {seen}."
    )
}

/// What a person does about an error. `opened`: the pull request is there and is looked at again by itself.
pub(super) fn next_step(kind: &HostErrorKind, opened: bool) -> &'static str {
    use HostErrorKind::{Archived, Denied, Empty, Gone, Moved, NotFound, Refused, Retry};
    match (kind, opened) {
        (Denied, true) => {
            "Ask the people who run Causeway to put its Bitbucket account right; it looks again every five minutes."
        }
        (NotFound | Gone, true) => {
            "Ask the people who run Causeway whether the repository was moved; it looks again every five minutes."
        }
        (Archived, true) => "Ask for the repository to be unarchived; Causeway looks again every five minutes.",
        (Refused | Moved | Empty | Retry { .. }, true) => {
            "Causeway looks again every five minutes; tell the people who run it if this stays."
        }
        (Denied, false) => {
            "Ask the people who run Causeway to put its Bitbucket account right, then try delivery again."
        }
        (NotFound | Gone, false) => "See that the repository and its branches are there, then try delivery again.",
        (Moved, false) => {
            "Delete that branch in Bitbucket and try delivery again, or withdraw this request and clone it."
        }
        (Archived, false) => {
            "Ask for the repository to be unarchived and try delivery again, or withdraw this request."
        }
        (Empty, false) => "Withdraw this request: what it asks for is there already.",
        (Refused | Retry { .. }, false) => {
            "Have what stands in the way put right and try delivery again, or withdraw this request."
        }
    }
}

/// The row a delivery begins with; the branch's name is decided here.
pub(super) fn new_delivery(request: &requests::Request, repository: &str, now: i64) -> Delivery {
    Delivery {
        request_id: request.id,
        repository: repository.to_owned(),
        branch: format!("causeway/{}-{}", request.number, request.environment_name),
        target_branch: None,
        base_sha: None,
        head_sha: None,
        pull_request_id: None,
        pull_request_url: None,
        pull_request_state: None,
        merge_sha: None,
        status_state: None,
        problem: None,
        trouble: None,
        started_at: now,
        prepared_at: None,
        committed_at: None,
        pushed_at: None,
        opened_at: None,
        published_at: None,
        checked_at: None,
    }
}

/// Subject of the commit and title of the pull request.
pub(super) fn title(request: &requests::Request) -> String {
    let verb = match request.kind.as_str() {
        "update" => "Change",
        "delete" => "Delete",
        _ => "Create",
    };
    format!("{verb} {} ({}, request {})", request.environment_name, request.tier, request.number)
}

/// Text of one line, for a sentence in Markdown.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A person's words as a Markdown quotation, so that they cannot pass for Causeway's.
fn quote(text: &str) -> String {
    let text = text.trim();
    if text.is_empty() {
        return String::new();
    }
    text.lines().map(|line| format!("> {line}")).collect::<Vec<_>>().join("\n")
}

/// The commit's message: subject, the person's reason, trailers that lead back.
pub(super) fn message(request: &requests::Request, revision: &requests::Revision, url: &str) -> String {
    let reason = revision.justification.trim();
    let body = if reason.is_empty() { String::new() } else { format!("{reason}\n\n") };
    format!("{}\n\n{body}Causeway-Request: {}\nCauseway-Url: {url}\n", title(request), request.id)
}

/// The pull request's description, in Markdown.
pub(super) fn description(
    request: &requests::Request,
    revision: &requests::Revision,
    evidence: &Evidence,
    who: &str,
    url: &str,
) -> String {
    let unpriced = match evidence.unpriced {
        0 => String::new(),
        1 => " and one part without a price".into(),
        n => format!(" and {n} parts without a price"),
    };
    let monthly = match evidence.monthly.as_str() {
        "unpriced" => "no part of it has a list price".into(),
        known => format!("{known} a month at list price{unpriced}"),
    };
    format!(
        "{} asked for this in Causeway: {url}\n\n\
         - Template: {} at {}\n\
         - Tier: {}, region: {}, team: {}, cost centre: {}\n\
         - Estimate: {monthly}\n\
         - Files digest: `{}`\n\n\
         {}\n\n\
         Approval is decided in Causeway only and shown here as the build status `{STATUS_KEY}`. \
         Approving this pull request does not replace it.",
        one_line(who),
        request.template,
        request.commit_sha.get(..10).unwrap_or(&request.commit_sha),
        request.tier,
        request.region,
        one_line(&request.team),
        request.cost_centre,
        revision.files_digest,
        quote(&revision.justification),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_persons_words_cannot_pass_for_ours() {
        assert_eq!(quote("a\n# Approved by Causeway\n"), "> a\n> # Approved by Causeway");
        assert_eq!(one_line("x\n\n- Approved: yes"), "x - Approved: yes");
    }
}
