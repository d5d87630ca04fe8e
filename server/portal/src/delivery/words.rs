//! What stands in the repository: names, messages, descriptions.

use super::STATUS_KEY;
use causeway_contract::requests::Evidence;
use causeway_store::{deliveries::Delivery, requests};

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
