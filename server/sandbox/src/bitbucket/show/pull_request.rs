//! Pull requests and what belongs to them.

use crate::bitbucket::{
    users::{self, User},
    world::{Activity, Comment, Participant, PullRequest, Repository, Review, Side},
};
use serde_json::{Value, json};

/// A user by name, as others see them.
pub(crate) fn user_named(base: &str, name: &str) -> Value {
    match users::find(name) {
        Some(user) => super::user(base, &user),
        None => json!({ "name": name, "displayName": name, "active": false, "slug": name, "type": "NORMAL" }),
    }
}

pub(crate) fn participant(base: &str, participant: &Participant, role: &str) -> Value {
    let mut value = json!({
        "user": user_named(base, &participant.user), "role": role,
        "approved": participant.status == Review::Approved, "status": participant.status.as_str(),
    });
    if let Some(commit) = &participant.last_reviewed {
        value["lastReviewedCommit"] = json!(commit);
    }
    value
}

fn side(base: &str, repository: &Repository, side: &Side) -> Value {
    json!({
        "id": side.id, "displayId": side.name(), "latestCommit": side.commit, "type": "BRANCH",
        "repository": super::repository(base, repository),
    })
}

pub(crate) fn pull_request(base: &str, repository: &Repository, pr: &PullRequest) -> Value {
    let list =
        |people: &[Participant], role: &str| -> Value { people.iter().map(|p| participant(base, p, role)).collect() };
    let url = format!("{base}/projects/{}/repos/{}/pull-requests/{}", repository.project, repository.slug, pr.id);
    let mut value = json!({
        "id": pr.id, "version": pr.version, "title": pr.title, "state": pr.state.as_str(), "open": pr.is_open(),
        "closed": !pr.is_open(), "draft": pr.draft, "createdDate": pr.created, "updatedDate": pr.updated,
        "fromRef": side(base, repository, &pr.from), "toRef": side(base, repository, &pr.to), "locked": false,
        "author": participant(base, &Participant::new(&pr.author), "AUTHOR"),
        "reviewers": list(&pr.reviewers, "REVIEWER"), "participants": list(&pr.participants, "PARTICIPANT"),
        "links": { "self": [{ "href": url }] },
    });
    if let Some(description) = &pr.description {
        value["description"] = json!(description);
    }
    if let Some(closed) = pr.closed {
        value["closedDate"] = json!(closed);
    }
    if let Some(commit) = &pr.merge_commit {
        value["properties"] = json!({ "mergeCommit": { "id": commit, "displayId": &commit[..11] } });
    }
    value
}

/// A comment with its answers. Only its author may change it, so the viewer matters.
pub(crate) fn comment(base: &str, comment: &Comment, all: &[Comment], viewer: &User) -> Value {
    let answers = all.iter().filter(|c| c.parent == Some(comment.id));
    let answers: Vec<Value> = answers.map(|c| self::comment(base, c, all, viewer)).collect();
    let own = comment.author == viewer.name;
    let mut value = json!({
        "id": comment.id, "version": comment.version, "text": comment.text, "author": user_named(base, &comment.author),
        "createdDate": comment.created, "updatedDate": comment.updated, "severity": comment.severity,
        "state": comment.state, "anchored": comment.anchor.is_some(), "pending": false,
        "properties": {}, "comments": answers, "tasks": [],
        "permittedOperations": { "editable": own, "transitionable": true, "deletable": own },
    });
    if let Some(anchor) = &comment.anchor {
        value["anchor"] = anchor.clone();
    }
    if let Some(parent) = comment.parent {
        value["parent"] = json!({ "id": parent });
    }
    value
}

pub(crate) fn activity(base: &str, activity: &Activity, pr: &PullRequest, viewer: &User) -> Value {
    let mut value = json!({
        "id": activity.id, "createdDate": activity.created, "user": user_named(base, &activity.user),
        "action": activity.action,
    });
    if let Some(comment) = activity.comment.and_then(|id| pr.comments.iter().find(|c| c.id == id)) {
        value["commentAction"] = json!("ADDED");
        value["comment"] = self::comment(base, comment, &pr.comments, viewer);
    }
    if let Some([previous_from, from, previous_to, to]) = &activity.moved {
        value["previousFromHash"] = json!(previous_from);
        value["fromHash"] = json!(from);
        value["previousToHash"] = json!(previous_to);
        value["toHash"] = json!(to);
    }
    if let Some(commit) = &activity.commit {
        value["commit"] = json!({ "id": commit, "displayId": &commit[..11] });
    }
    if activity.action == "UPDATED" {
        let list = |names: &[String]| -> Value { names.iter().map(|n| user_named(base, n)).collect() };
        value["addedReviewers"] = list(&activity.added);
        value["removedReviewers"] = list(&activity.removed);
    }
    value
}
