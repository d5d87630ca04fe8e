//! Comments on pull requests, and tasks, which are comments that block.

use super::{
    Answer, Call, Endpoint, Expect, Outcome, Refusal,
    endpoint::{LIMIT, START, needed, one_of, text},
    row,
    shapes::{FLAG, MAP, TEXT, USER, WHOLE, shape},
};
use crate::{
    bitbucket::{
        acts::{not_archived, plain_comment, record},
        events::Event,
        rest::check::Shape,
        show,
        world::{Comment, Permission, PullRequest},
    },
    clock,
};

pub(super) const TABLE: &[Endpoint] = &[
    row!(GET "/api/latest/projects/{projectKey}/repos/{repositorySlug}/pull-requests/{pullRequestId}/comments",
        [needed("path"), text("fromHash"), text("toHash"), one_of("anchorState", &["ACTIVE", "ORPHANED", "ALL"]),
         text("diffType"), text("diffTypes"), text("state"), text("states"), START, LIMIT],
        Expect::Nothing, list),
    row!(POST "/api/latest/projects/{projectKey}/repos/{repositorySlug}/pull-requests/{pullRequestId}/comments", [], Expect::Json(&COMMENT), create),
    row!(GET "/api/latest/projects/{projectKey}/repos/{repositorySlug}/pull-requests/{pullRequestId}/comments/{commentId}", [], Expect::Nothing, get),
    row!(PUT "/api/latest/projects/{projectKey}/repos/{repositorySlug}/pull-requests/{pullRequestId}/comments/{commentId}", [], Expect::Json(&COMMENT), update),
    row!(DELETE "/api/latest/projects/{projectKey}/repos/{repositorySlug}/pull-requests/{pullRequestId}/comments/{commentId}", [text("version")], Expect::Nothing, delete),
    row!(GET "/api/latest/projects/{projectKey}/repos/{repositorySlug}/pull-requests/{pullRequestId}/blocker-comments",
        [text("count"), text("state"), text("states"), START, LIMIT], Expect::Nothing, tasks),
    row!(POST "/api/latest/projects/{projectKey}/repos/{repositorySlug}/pull-requests/{pullRequestId}/blocker-comments", [], Expect::Json(&COMMENT), create_task),
];

static SEVERITY: Shape = Shape::OneOf(&["NORMAL", "BLOCKER"]);
static COMMENT_STATE: Shape = Shape::OneOf(&["OPEN", "RESOLVED", "PENDING"]);
shape!(PARENT { !"id" &WHOLE, "version" &WHOLE, "text" &TEXT });
shape!(COMMENT {
    "anchor" &MAP, "anchored" &FLAG, "author" &USER, "createdDate" &WHOLE, "html" &TEXT, "id" &WHOLE, "parent" &PARENT,
    "pending" &FLAG, "properties" &MAP, "reply" &FLAG, "severity" &SEVERITY, "state" &COMMENT_STATE, "text" &TEXT,
    "updatedDate" &WHOLE, "version" &WHOLE
});

const TOO_LONG: &str = "Please enter a non-empty value less than 32768 characters";

fn checked(text: &str) -> Result<&str, Refusal> {
    let fits = !text.trim().is_empty() && text.chars().count() < 32_768;
    if fits { Ok(text) } else { Err(Refusal::at(400, "text", TOO_LONG)) }
}

async fn create(call: Call) -> Outcome {
    add(&call, "NORMAL").await
}

async fn create_task(call: Call) -> Outcome {
    add(&call, "BLOCKER").await
}

async fn add(call: &Call, severity: &str) -> Outcome {
    let text = checked(call.text("/text").unwrap_or_default())?;
    let target = call.target()?;
    let user = call.user()?;
    let mut world = call.server.world().await;
    let (repository, pr) = target.find(&world, user, Permission::Read)?;
    not_archived(repository)?;
    let parent = call.whole("/parent/id").and_then(|id| u64::try_from(id).ok());
    if let Some(parent) = parent
        && pr.comments.iter().all(|c| c.id != parent)
    {
        return Err(missing(parent));
    }
    let now = clock::millis();
    let (id, activity) = (world.next_id(), world.next_id());
    let comment = Comment {
        parent,
        anchor: call.body.get("anchor").cloned(),
        severity: call.text("/severity").unwrap_or(severity).into(),
        ..plain_comment(id, text, user.name, now)
    };
    let pr = target.find_mut(&mut world)?;
    pr.comments.push(comment.clone());
    pr.updated = now;
    record(pr, activity, user.name, "COMMENTED", now).comment = Some(id);
    call.server.keep(&world)?;
    let (repository, pr) = target.find(&world, user, Permission::Read)?;
    call.server.sender.send(call.base(), repository, user, Event::commented("pr:comment:added", pr, &comment));
    Answer::created(show::comment(call.base(), &comment, &pr.comments, user))
}

fn missing(id: u64) -> Refusal {
    Refusal::because(404, "comment.NoSuchCommentException", format!("The comment with ID {id} does not exist."))
}

fn out_of_date(comment: &Comment, version: Option<i64>) -> Result<(), Refusal> {
    let expected = version.unwrap_or(-1);
    if i64::try_from(comment.version).is_ok_and(|v| v == expected) {
        return Ok(());
    }
    let text = "You are attempting to modify a comment based on out-of-date information.";
    Err(Refusal::because(409, "comment.CommentOutOfDateException", text)
        .with("currentVersion", comment.version.into())
        .with("expectedVersion", expected.into()))
}

fn position(pr: &PullRequest, id: u64) -> Result<usize, Refusal> {
    pr.comments.iter().position(|c| c.id == id).ok_or_else(|| missing(id))
}

async fn get(call: Call) -> Outcome {
    let id = call.number("commentId")?;
    let world = call.server.world().await;
    let user = call.user()?;
    let (_, pr) = call.target()?.find(&world, user, Permission::Read)?;
    Answer::ok(show::comment(call.base(), &pr.comments[position(pr, id)?], &pr.comments, user))
}

async fn update(call: Call) -> Outcome {
    let id = call.number("commentId")?;
    let target = call.target()?;
    let user = call.user()?;
    let text = call.text("/text").map(checked).transpose()?;
    let mut world = call.server.world().await;
    let (repository, pr) = target.find(&world, user, Permission::Read)?;
    not_archived(repository)?;
    let index = position(pr, id)?;
    // Others may resolve a task, not change its words.
    if text.is_some() && pr.comments[index].author != user.name {
        return Err(Refusal::not_permitted());
    }
    out_of_date(&pr.comments[index], call.whole("/version"))?;
    let pr = target.find_mut(&mut world)?;
    let comment = &mut pr.comments[index];
    if let Some(text) = text {
        comment.text = text.into();
    }
    for (pointer, field) in [("/severity", &mut comment.severity), ("/state", &mut comment.state)] {
        if let Some(value) = call.text(pointer) {
            *field = value.into();
        }
    }
    comment.version += 1;
    comment.updated = clock::millis();
    let comment = comment.clone();
    call.server.keep(&world)?;
    let (repository, pr) = target.find(&world, user, Permission::Read)?;
    call.server.sender.send(call.base(), repository, user, Event::commented("pr:comment:edited", pr, &comment));
    Answer::ok(show::comment(call.base(), &comment, &pr.comments, user))
}

async fn delete(call: Call) -> Outcome {
    let id = call.number("commentId")?;
    let target = call.target()?;
    let user = call.user()?;
    let mut world = call.server.world().await;
    let (repository, pr) = target.find(&world, user, Permission::Read)?;
    not_archived(repository)?;
    let index = position(pr, id)?;
    if pr.comments[index].author != user.name && !repository.allows(user, Permission::Admin) {
        return Err(Refusal::not_permitted());
    }
    if pr.comments.iter().any(|c| c.parent == Some(id)) {
        let text = "This comment has replies and cannot be deleted.";
        return Err(Refusal::because(409, "comment.CommentDeletionException", text));
    }
    out_of_date(&pr.comments[index], call.version()?)?;
    let pr = target.find_mut(&mut world)?;
    let comment = pr.comments.remove(index);
    pr.activities.retain(|a| a.comment != Some(id));
    call.server.keep(&world)?;
    let (repository, pr) = target.find(&world, user, Permission::Read)?;
    call.server.sender.send(call.base(), repository, user, Event::commented("pr:comment:deleted", pr, &comment));
    Answer::nothing()
}

/// Comments at a path of the diff.
async fn list(call: Call) -> Outcome {
    let path = call.query("path").unwrap_or_default();
    let world = call.server.world().await;
    let user = call.user()?;
    let (_, pr) = call.target()?.find(&world, user, Permission::Read)?;
    let here = |c: &&Comment| {
        let at = c.anchor.as_ref().map(|a| &a["path"]);
        c.parent.is_none() && at.is_some_and(|p| p.as_str() == Some(path) || p["toString"].as_str() == Some(path))
    };
    call.window()?
        .page(pr.comments.iter().filter(here).map(|c| show::comment(call.base(), c, &pr.comments, user)).collect())
}

async fn tasks(call: Call) -> Outcome {
    let world = call.server.world().await;
    let user = call.user()?;
    let (_, pr) = call.target()?.find(&world, user, Permission::Read)?;
    let states = call.query("state").or(call.query("states"));
    let fits = |c: &&Comment| c.severity == "BLOCKER" && states.is_none_or(|s| s.split(',').any(|s| s == c.state));
    call.window()?
        .page(pr.comments.iter().filter(fits).map(|c| show::comment(call.base(), c, &pr.comments, user)).collect())
}
