//! The JSON of an event.

use super::{Event, RefChange};
use crate::{
    bitbucket::{show, users::User, world::Repository},
    clock,
};
use serde_json::{Value, json};

const NOTHING: &str = "0000000000000000000000000000000000000000";

pub(crate) fn body(base: &str, repository: &Repository, actor: &User, event: &Event) -> Value {
    let mut body = json!({
        "eventKey": event.key(),
        "date": clock::webhook_date(clock::millis()),
        "actor": show::user(base, actor),
    });
    match event {
        Event::Refs(changes) => {
            body["repository"] = show::repository(base, repository);
            body["changes"] = changes.iter().map(change).collect();
        }
        Event::PullRequest(event) => {
            let pull_request = &event.pull_request;
            body["pullRequest"] = show::pull_request(base, repository, pull_request);
            if let Some(previous) = &event.previous {
                body["previousFromHash"] = json!(previous);
            }
            if let Some(comment) = &event.comment {
                body["comment"] = show::comment(base, comment, &pull_request.comments, actor);
            }
            if let Some((reviewer, before)) = &event.reviewed {
                let found = pull_request.reviewers.iter().find(|p| p.user == *reviewer);
                body["participant"] = found.map(|p| show::participant(base, p, "REVIEWER")).unwrap_or_default();
                body["previousStatus"] = json!(before);
            }
        }
    }
    body
}

fn change(change: &RefChange) -> Value {
    let (kind, display) = match change.name.strip_prefix("refs/tags/") {
        Some(tag) => ("TAG", tag),
        None => ("BRANCH", change.name.trim_start_matches("refs/heads/")),
    };
    let what = match (&change.old, &change.new) {
        (None, _) => "ADD",
        (_, None) => "DELETE",
        _ => "UPDATE",
    };
    json!({
        "ref": { "id": change.name, "displayId": display, "type": kind },
        "refId": change.name,
        "fromHash": change.old.as_deref().unwrap_or(NOTHING),
        "toHash": change.new.as_deref().unwrap_or(NOTHING),
        "type": what,
    })
}
