//! Pull requests: opening, changing, merging, closing.

use super::{
    Answer, Call, Endpoint, Expect, Outcome, Refusal,
    endpoint::text,
    row,
    shapes::{FLAG, PULL_REQUEST, TEXT, VERSION, WHOLE, shape},
};
use crate::{
    bitbucket::{
        acts::{
            Draft, MergeWish, branch, check_texts, current, duplicate, is_open, not_archived, record, resolve_reviewers,
        },
        events::Event,
        show,
        world::{Participant, Permission},
    },
    clock,
};
use serde_json::Value;

pub(super) const TABLE: &[Endpoint] = &[
    row!(POST "/api/latest/projects/{projectKey}/repos/{repositorySlug}/pull-requests", [], Expect::Json(&PULL_REQUEST), open),
    row!(PUT "/api/latest/projects/{projectKey}/repos/{repositorySlug}/pull-requests/{pullRequestId}", [], Expect::Json(&PULL_REQUEST), update),
    row!(DELETE "/api/latest/projects/{projectKey}/repos/{repositorySlug}/pull-requests/{pullRequestId}", [], Expect::Json(&VERSION), delete),
    row!(POST "/api/latest/projects/{projectKey}/repos/{repositorySlug}/pull-requests/{pullRequestId}/merge", [text("version")], Expect::Maybe(&MERGE), merge),
    row!(POST "/api/latest/projects/{projectKey}/repos/{repositorySlug}/pull-requests/{pullRequestId}/decline", [text("version")], Expect::Maybe(&DECLINE), decline),
    row!(POST "/api/latest/projects/{projectKey}/repos/{repositorySlug}/pull-requests/{pullRequestId}/reopen", [text("version")], Expect::Maybe(&VERSION), reopen),
];

shape!(MERGE { "autoMerge" &FLAG, "autoSubject" &TEXT, "message" &TEXT, "strategyId" &TEXT, "version" &WHOLE });
shape!(DECLINE { "comment" &TEXT, "version" &WHOLE });

/// User names of `reviewers[].user.name`.
fn reviewers(body: &Value) -> Result<Vec<String>, Refusal> {
    let list = body["reviewers"].as_array().cloned().unwrap_or_default();
    list.iter()
        .map(|r| {
            let name = r.pointer("/user/name").and_then(Value::as_str);
            name.map(str::to_owned)
                .ok_or_else(|| Refusal::at(400, "reviewers", "Each reviewer needs a user with a name."))
        })
        .collect()
}

/// The repository of one end, when it is named, must be the one in the path: the sandbox has no forks.
fn same_repository(call: &Call, end: &str) -> Result<(), Refusal> {
    let given = |pointer: &str| call.text(&format!("/{end}/repository/{pointer}")).map(str::to_owned);
    let (Some(slug), Some(key)) = (given("slug"), given("project/key")) else {
        let text = "The repository of this end must be given by slug and project key.";
        return Err(Refusal::at(400, &format!("{end}.repository"), text));
    };
    let same =
        slug.eq_ignore_ascii_case(call.part("repositorySlug")) && key.eq_ignore_ascii_case(call.part("projectKey"));
    if same {
        return Ok(());
    }
    let text = format!("Repository {key}/{slug} does not exist.");
    Err(Refusal::because(404, "repository.NoSuchRepositoryException", text))
}

async fn open(call: Call) -> Outcome {
    let required = |pointer: &str, context: &str| {
        call.text(pointer).map(str::to_owned).ok_or_else(|| Refusal::at(400, context, "This property is required."))
    };
    let title = required("/title", "title")?;
    let (from, to) = (required("/fromRef/id", "fromRef.id")?, required("/toRef/id", "toRef.id")?);
    same_repository(&call, "fromRef")?;
    same_repository(&call, "toRef")?;
    let draft = Draft {
        project: call.part("projectKey").into(),
        slug: call.part("repositorySlug").into(),
        title,
        description: call.text("/description").map(str::to_owned),
        from,
        to,
        reviewers: reviewers(&call.body)?,
        draft: call.flag("/draft").unwrap_or(false),
    };
    Answer::created(call.server.open_pull_request(call.user()?, draft).await?)
}

/// Replaces title, description, reviewers (all of them: whoever is left out is removed), target and draft state.
async fn update(call: Call) -> Outcome {
    if call.body.get("author").is_some() || call.body.get("participants").is_some() {
        let text = "The author and the participants of a pull request cannot be changed.";
        return Err(Refusal::at(400, "author", text));
    }
    let version = call.whole("/version");
    if version.is_none() {
        return Err(Refusal::at(400, "version", "The version is required."));
    }
    check_texts(call.text("/title"), call.text("/description"))?;
    let target = call.target()?;
    let user = call.user()?;
    let mut world = call.server.world().await;
    let (repository, pr) = target.find(&world, user, Permission::Read)?;
    if pr.author != user.name && !repository.allows(user, Permission::Write) {
        return Err(Refusal::not_permitted());
    }
    not_archived(repository)?;
    is_open(pr)?;
    current(call.base(), repository, pr, version)?;
    let wanted = resolve_reviewers(repository, &pr.author, &reviewers(&call.body)?)?;
    let to = match call.text("/toRef/id") {
        Some(name) => branch(repository, name)?,
        None => pr.to.clone(),
    };
    if to.id != pr.to.id
        && let Some(existing) = duplicate(repository, &pr.from, &to)
    {
        let text = "Only one pull request may be open for a given source and target branch";
        return Err(Refusal::because(409, "pull.DuplicatePullRequestException", text)
            .with("existingPullRequest", show::pull_request(call.base(), repository, existing)));
    }
    let has = |list: &[Participant], name: &str| list.iter().any(|p| p.user == name);
    let added: Vec<String> = wanted.iter().filter(|w| !has(&pr.reviewers, &w.user)).map(|w| w.user.clone()).collect();
    let removed: Vec<String> = pr.reviewers.iter().filter(|r| !has(&wanted, &r.user)).map(|r| r.user.clone()).collect();
    // A reviewer who stays keeps what was said.
    let kept = |new: Participant| pr.reviewers.iter().find(|r| r.user == new.user).cloned().unwrap_or(new);
    let reviewers: Vec<Participant> = wanted.into_iter().map(kept).collect();
    let now = clock::millis();
    let id = world.next_id();
    let pr = target.find_mut(&mut world)?;
    if let Some(title) = call.text("/title") {
        pr.title = title.into();
    }
    if let Some(description) = call.text("/description") {
        pr.description = Some(description.into());
    }
    if let Some(draft) = call.flag("/draft") {
        pr.draft = draft;
    }
    pr.reviewers = reviewers;
    pr.to = to;
    pr.touch(now);
    let reviewers_changed = !added.is_empty() || !removed.is_empty();
    let activity = record(pr, id, user.name, "UPDATED", now);
    (activity.added, activity.removed) = (added, removed);
    call.server.keep(&world)?;
    let (repository, pr) = target.find(&world, user, Permission::Read)?;
    call.server.sender.send(call.base(), repository, user, Event::pull_request("pr:modified", pr));
    if reviewers_changed {
        call.server.sender.send(call.base(), repository, user, Event::pull_request("pr:reviewer:updated", pr));
    }
    Answer::ok(show::pull_request(call.base(), repository, pr))
}

async fn delete(call: Call) -> Outcome {
    call.server.delete_pull_request(call.user()?, &call.target()?, call.version()?).await?;
    Answer::nothing()
}

async fn merge(call: Call) -> Outcome {
    let wish = MergeWish {
        version: call.version()?,
        message: call.text("/message").map(str::to_owned),
        strategy: call.text("/strategyId").map(str::to_owned),
        auto_merge: call.flag("/autoMerge").unwrap_or(false),
    };
    Answer::ok(call.server.merge(call.user()?, &call.target()?, wish).await?)
}

async fn decline(call: Call) -> Outcome {
    let comment = call.text("/comment").map(str::to_owned);
    Answer::ok(call.server.decline(call.user()?, &call.target()?, call.version()?, comment.as_deref()).await?)
}

async fn reopen(call: Call) -> Outcome {
    Answer::ok(call.server.reopen(call.user()?, &call.target()?, call.version()?).await?)
}
