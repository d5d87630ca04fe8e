//! Reviewers and what they say.

use super::{
    Answer, Call, Endpoint, Expect, Outcome, Refusal,
    endpoint::{LIMIT, START, text},
    row,
    shapes::{FLAG, REVIEW, ROLE, TEXT, USER, shape},
};
use crate::{
    bitbucket::{
        acts::{current, is_open, not_archived, record, resolve_reviewers},
        events::Event,
        show,
        users::{self, User},
        world::{Participant, Permission, Review},
    },
    clock,
};
use serde_json::Value;

pub(super) const TABLE: &[Endpoint] = &[
    row!(GET "/api/latest/projects/{projectKey}/repos/{repositorySlug}/pull-requests/{pullRequestId}/participants", [START, LIMIT], Expect::Nothing, list),
    row!(POST "/api/latest/projects/{projectKey}/repos/{repositorySlug}/pull-requests/{pullRequestId}/participants", [], Expect::Json(&ADD), add),
    row!(PUT "/api/latest/projects/{projectKey}/repos/{repositorySlug}/pull-requests/{pullRequestId}/participants/{userSlug}", [text("version")], Expect::Json(&STATUS), set),
    row!(DELETE "/api/latest/projects/{projectKey}/repos/{repositorySlug}/pull-requests/{pullRequestId}/participants/{userSlug}", [], Expect::Nothing, remove),
    row!(POST "/api/latest/projects/{projectKey}/repos/{repositorySlug}/pull-requests/{pullRequestId}/approve", [], Expect::Nothing, approve),
    row!(DELETE "/api/latest/projects/{projectKey}/repos/{repositorySlug}/pull-requests/{pullRequestId}/approve", [], Expect::Nothing, unapprove),
];

shape!(ADD { !"role" &ROLE, !"user" &USER, "status" &REVIEW, "approved" &FLAG });
shape!(STATUS { !"status" &REVIEW, "lastReviewedCommit" &TEXT, "user" &USER, "approved" &FLAG, "role" &ROLE });

async fn list(call: Call) -> Outcome {
    let world = call.server.world().await;
    let (_, pr) = call.target()?.find(&world, call.user()?, Permission::Read)?;
    let mut all = vec![show::participant(call.base(), &Participant::new(&pr.author), "AUTHOR")];
    all.extend(pr.reviewers.iter().map(|p| show::participant(call.base(), p, "REVIEWER")));
    all.extend(pr.participants.iter().map(|p| show::participant(call.base(), p, "PARTICIPANT")));
    call.window()?.page(all)
}

async fn add(call: Call) -> Outcome {
    let name = call.text("/user/name").ok_or_else(|| Refusal::at(400, "user.name", "This property is required."))?;
    if call.text("/role") != Some("REVIEWER") {
        return Err(Refusal::at(400, "role", "Only the role REVIEWER can be given."));
    }
    let target = call.target()?;
    let user = call.user()?;
    let mut world = call.server.world().await;
    let (repository, pr) = target.find(&world, user, Permission::Write)?;
    not_archived(repository)?;
    is_open(pr)?;
    let new = resolve_reviewers(repository, &pr.author, &[name.to_owned()])?.remove(0);
    let now = clock::millis();
    let id = world.next_id();
    let pr = target.find_mut(&mut world)?;
    if pr.reviewers.iter().all(|r| r.user != new.user) {
        pr.participants.retain(|p| p.user != new.user);
        pr.reviewers.push(new.clone());
        pr.touch(now);
        record(pr, id, user.name, "UPDATED", now).added = vec![new.user.clone()];
    }
    call.server.keep(&world)?;
    let (repository, pr) = target.find(&world, user, Permission::Read)?;
    call.server.sender.send(call.base(), repository, user, Event::pull_request("pr:reviewer:updated", pr));
    Answer::ok(show::participant(call.base(), &new, "REVIEWER"))
}

async fn remove(call: Call) -> Outcome {
    let target = call.target()?;
    let user = call.user()?;
    let gone = users::find(call.part("userSlug")).ok_or_else(|| Refusal::no_user(call.part("userSlug")))?;
    let mut world = call.server.world().await;
    let (repository, pr) = target.find(&world, user, Permission::Write)?;
    not_archived(repository)?;
    is_open(pr)?;
    let now = clock::millis();
    let id = world.next_id();
    let pr = target.find_mut(&mut world)?;
    pr.reviewers.retain(|r| r.user != gone.name);
    pr.touch(now);
    record(pr, id, user.name, "UPDATED", now).removed = vec![gone.name.into()];
    call.server.keep(&world)?;
    Answer::nothing()
}

async fn set(call: Call) -> Outcome {
    let user = call.user()?.clone();
    if !user.name.eq_ignore_ascii_case(call.part("userSlug")) {
        return Err(Refusal::not_permitted());
    }
    let status = call.text("/status").and_then(Review::parse).unwrap_or(Review::Unapproved);
    let (version, seen) = (call.version()?, call.text("/lastReviewedCommit").map(str::to_owned));
    Answer::ok(review(&call, &user, status, version, seen).await?)
}

async fn approve(call: Call) -> Outcome {
    let user = call.user()?.clone();
    Answer::ok(review(&call, &user, Review::Approved, None, None).await?)
}

async fn unapprove(call: Call) -> Outcome {
    let user = call.user()?.clone();
    Answer::ok(review(&call, &user, Review::Unapproved, None, None).await?)
}

async fn review(
    call: &Call,
    user: &User,
    status: Review,
    version: Option<i64>,
    seen: Option<String>,
) -> Result<Value, Refusal> {
    let target = call.target()?;
    let mut world = call.server.world().await;
    let (repository, pr) = target.find(&world, user, Permission::Read)?;
    not_archived(repository)?;
    is_open(pr)?;
    if version.is_some() {
        current(call.base(), repository, pr, version)?;
    }
    if pr.author == user.name {
        let text = "Authors may not update their status.";
        return Err(Refusal::because(400, "pull.InvalidPullRequestParticipantException", text));
    }
    if seen.as_ref().is_some_and(|commit| *commit != pr.from.commit) {
        let text = "The pull request has been updated since the last reviewed commit.";
        return Err(Refusal::because(409, "pull.PullRequestOutOfDateException", text));
    }
    let now = clock::millis();
    let id = world.next_id();
    let pr = target.find_mut(&mut world)?;
    let head = pr.from.commit.clone();
    // Whoever says something without having been asked becomes a reviewer.
    if pr.reviewers.iter().all(|r| r.user != user.name) {
        pr.reviewers.push(Participant::new(user.name));
    }
    let position = pr.reviewers.iter().position(|r| r.user == user.name).unwrap_or_default();
    let before = pr.reviewers[position].status;
    pr.reviewers[position].status = status;
    pr.reviewers[position].last_reviewed = Some(head);
    pr.updated = now;
    let (action, key) = match status {
        Review::Approved => ("APPROVED", "pr:reviewer:approved"),
        Review::NeedsWork => ("REVIEWED", "pr:reviewer:needs_work"),
        Review::Unapproved => ("UNAPPROVED", "pr:reviewer:unapproved"),
    };
    let shown = show::participant(call.base(), &pr.reviewers[position], "REVIEWER");
    if before != status {
        record(pr, id, user.name, action, now);
        call.server.keep(&world)?;
        let (repository, pr) = target.find(&world, user, Permission::Read)?;
        let event = Event::reviewed(key, pr, user.name, before.as_str());
        call.server.sender.send(call.base(), repository, user, event);
    }
    Ok(shown)
}
