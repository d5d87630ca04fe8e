//! Pull requests: reading.

use super::{
    Answer, Call, Endpoint, Expect, Outcome, Refusal,
    endpoint::{LIMIT, START, one_of, text},
    row,
};
use crate::bitbucket::{
    acts::is_open,
    git::Git,
    show,
    world::{Permission, PullRequest, State},
};
use serde_json::json;

pub(super) const TABLE: &[Endpoint] = &[
    row!(GET "/api/latest/projects/{projectKey}/repos/{repositorySlug}/pull-requests",
        [text("withAttributes"), text("at"), text("withProperties"), text("draft"), text("filterText"),
         one_of("state", &["OPEN", "MERGED", "DECLINED", "ALL"]), one_of("order", &["NEWEST", "OLDEST"]),
         one_of("direction", &["INCOMING", "OUTGOING"]), START, LIMIT],
        Expect::Nothing, list),
    row!(GET "/api/latest/projects/{projectKey}/repos/{repositorySlug}/pull-requests/{pullRequestId}", [], Expect::Nothing, get),
    row!(GET "/api/latest/projects/{projectKey}/repos/{repositorySlug}/pull-requests/{pullRequestId}/merge", [], Expect::Nothing, can_merge),
    row!(GET "/api/latest/projects/{projectKey}/repos/{repositorySlug}/pull-requests/{pullRequestId}/activities",
        [text("fromType"), text("fromId"), START, LIMIT], Expect::Nothing, activities),
    row!(GET "/api/latest/projects/{projectKey}/repos/{repositorySlug}/pull-requests/{pullRequestId}/commits",
        [text("avatarScheme"), text("avatarSize"), text("withCounts"), START, LIMIT], Expect::Nothing, commits),
    row!(GET "/api/latest/projects/{projectKey}/repos/{repositorySlug}/pull-requests/{pullRequestId}/changes",
        [text("sinceId"), one_of("changeScope", &["ALL", "UNREVIEWED", "RANGE"]), text("untilId"), text("withComments"), START, LIMIT],
        Expect::Nothing, changes),
    row!(GET "/api/latest/projects/{projectKey}/repos/{repositorySlug}/pull-requests/{pullRequestId}/diff",
        [text("contextLines"), text("whitespace"), text("withComments"), text("srcPath"), text("sinceId"), text("untilId"), text("diffType"), text("avatarScheme"), text("avatarSize")],
        Expect::Nothing, diff),
    row!(GET "/api/latest/projects/{projectKey}/repos/{repositorySlug}/pull-requests/{pullRequestId}/diff/{path}",
        [text("contextLines"), text("whitespace"), text("withComments"), text("srcPath"), text("sinceId"), text("untilId"), text("diffType"), text("avatarScheme"), text("avatarSize")],
        Expect::Nothing, diff),
    row!(GET "/api/latest/projects/{projectKey}/repos/{repositorySlug}/pull-requests/{pullRequestId}.diff",
        [text("contextLines"), text("whitespace")], Expect::Nothing, diff_text),
    row!(GET "/api/latest/projects/{projectKey}/repos/{repositorySlug}/pull-requests/{pullRequestId}/merge-base", [], Expect::Nothing, merge_base),
];

async fn list(call: Call) -> Outcome {
    let world = call.server.world().await;
    let repository = call.repository(&world, Permission::Read)?;
    let state = call.query("state").unwrap_or("OPEN");
    let outgoing = call.query("direction") == Some("OUTGOING");
    let words = call.query("filterText").unwrap_or_default().to_lowercase();
    let fits = |pr: &&PullRequest| {
        let end = if outgoing { &pr.from } else { &pr.to };
        (state == "ALL" || pr.state.as_str() == state)
            && call.query("at").is_none_or(|at| end.id == at)
            && call.query("draft").is_none_or(|draft| pr.draft == (draft == "true"))
            && (pr.title.to_lowercase().contains(&words)
                || pr.description.as_deref().unwrap_or_default().to_lowercase().contains(&words))
    };
    let mut found: Vec<&PullRequest> = repository.pull_requests.iter().filter(fits).collect();
    if call.query("order") != Some("OLDEST") {
        found.reverse();
    }
    call.window()?.page(found.into_iter().map(|pr| show::pull_request(call.base(), repository, pr)).collect())
}

async fn get(call: Call) -> Outcome {
    let world = call.server.world().await;
    let (repository, pr) = call.target()?.find(&world, call.user()?, Permission::Read)?;
    Answer::ok(show::pull_request(call.base(), repository, pr))
}

async fn can_merge(call: Call) -> Outcome {
    let world = call.server.world().await;
    let (repository, pr) = call.target()?.find(&world, call.user()?, Permission::Read)?;
    is_open(pr)?;
    let gate = call.server.gate(&world, repository, pr).await?;
    let conflicted = gate.tree.is_none();
    Answer::ok(json!({
        "canMerge": gate.can_merge(), "conflicted": conflicted,
        "outcome": if conflicted { "CONFLICTED" } else { "CLEAN" }, "vetoes": gate.vetoes,
    }))
}

/// Newest first.
async fn activities(call: Call) -> Outcome {
    if call.query("fromId").is_some() != call.query("fromType").is_some() {
        return Err(Refusal::at(400, "fromType", "fromType and fromId are given together or not at all."));
    }
    let world = call.server.world().await;
    let user = call.user()?;
    let (_, pr) = call.target()?.find(&world, user, Permission::Read)?;
    let from = call.query("fromId").and_then(|id| id.parse::<u64>().ok());
    let newest = pr.activities.iter().rev().skip_while(|a| from.is_some_and(|id| a.id != id && a.comment != Some(id)));
    call.window()?.page(newest.map(|a| show::activity(call.base(), a, pr, user)).collect())
}

/// Where the two branches parted, and the head. For a merged one the target already holds everything, so its state
/// before the merge counts.
pub(crate) async fn range(git: &Git, pr: &PullRequest) -> Result<(String, String), Refusal> {
    let mut target = pr.to.commit.clone();
    if pr.state == State::Merged
        && let Some(merge) = &pr.merge_commit
        && let Some(commit) = git.commit(merge).await?
        && let [first, _, ..] = commit.parents.as_slice()
    {
        target.clone_from(first);
    }
    let base = git.merge_base(&target, &pr.from.commit).await?;
    Ok((base.unwrap_or_else(|| super::commits::EMPTY_TREE.into()), pr.from.commit.clone()))
}

async fn commits(call: Call) -> Outcome {
    let world = call.server.world().await;
    let (repository, pr) = call.target()?.find(&world, call.user()?, Permission::Read)?;
    let git = call.server.git(repository);
    let (base, head) = range(&git, pr).await?;
    let since = (base != super::commits::EMPTY_TREE).then_some(base.as_str());
    let commits = git.log(since, &head, None).await?;
    call.window()?.page(commits.iter().map(|c| show::commit(call.base(), c)).collect())
}

async fn changes(call: Call) -> Outcome {
    let world = call.server.world().await;
    let (repository, pr) = call.target()?.find(&world, call.user()?, Permission::Read)?;
    let git = call.server.git(repository);
    let (base, head) = range(&git, pr).await?;
    let changes = git.changes(&base, &head).await?;
    let mut page = call.window()?.cut(changes.iter().map(show::change).collect(), "values");
    page["fromHash"] = json!(base);
    page["toHash"] = json!(head);
    page["properties"] = json!({ "changeScope": "ALL" });
    Answer::ok(page)
}

fn context_lines(call: &Call) -> Result<u32, Refusal> {
    match call.query("contextLines").map(str::parse::<i64>) {
        None | Some(Ok(-1)) => Ok(10),
        Some(Ok(lines)) => {
            u32::try_from(lines).map_err(|_| Refusal::at(400, "contextLines", "This is not a number of lines."))
        }
        Some(Err(_)) => Err(Refusal::at(400, "contextLines", "This is not a number of lines.")),
    }
}

async fn diff(call: Call) -> Outcome {
    let context = context_lines(&call)?;
    let world = call.server.world().await;
    let (repository, pr) = call.target()?.find(&world, call.user()?, Permission::Read)?;
    let git = call.server.git(repository);
    let (base, head) = range(&git, pr).await?;
    let path = Some(call.part("path")).filter(|p| !p.is_empty());
    let ignore = call.query("whitespace") == Some("ignore-all");
    let files = git.diff(&base, &head, context, ignore, path).await?;
    Answer::ok(show::diffs(&base, &head, context, &files))
}

async fn diff_text(call: Call) -> Outcome {
    let context = context_lines(&call)?;
    let world = call.server.world().await;
    let (repository, pr) = call.target()?.find(&world, call.user()?, Permission::Read)?;
    let git = call.server.git(repository);
    let (base, head) = range(&git, pr).await?;
    let ignore = call.query("whitespace") == Some("ignore-all");
    Ok(Answer::Bytes("text/plain;charset=UTF-8", git.diff_text(&base, &head, context, ignore, None).await?))
}

async fn merge_base(call: Call) -> Outcome {
    let world = call.server.world().await;
    let (repository, pr) = call.target()?.find(&world, call.user()?, Permission::Read)?;
    let git = call.server.git(repository);
    let base = git.merge_base(&pr.to.commit, &pr.from.commit).await?;
    let commit = match base {
        Some(base) => git.commit(&base).await?,
        None => None,
    };
    match commit {
        Some(commit) => Answer::ok(show::commit(call.base(), &commit)),
        None => Ok(Answer::Empty(204)),
    }
}
