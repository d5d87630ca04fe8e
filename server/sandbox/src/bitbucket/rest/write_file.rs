//! Writing one file: one commit.

use super::{Answer, Call, Endpoint, Expect, Outcome, Refusal, row};
use crate::bitbucket::{git::Authorship, show, world::Permission};
use std::collections::BTreeMap;

pub(super) const TABLE: &[Endpoint] =
    &[row!(PUT "/api/latest/projects/{projectKey}/repos/{repositorySlug}/browse/{path}", [], Expect::Form, put)];

const FIELDS: [&str; 5] = ["content", "message", "branch", "sourceCommitId", "sourceBranch"];

async fn put(call: Call) -> Outcome {
    if let Some(unknown) = call.form.keys().find(|k| !FIELDS.contains(&k.as_str())) {
        return Err(Refusal::at(400, unknown, "This part is not known here."));
    }
    let text =
        |name: &str| call.form.get(name).map(|b| String::from_utf8_lossy(b).into_owned()).filter(|t| !t.is_empty());
    let content = call.form.get("content").ok_or_else(|| Refusal::at(400, "content", "The content is required."))?;
    let branch = text("branch").ok_or_else(|| Refusal::at(400, "branch", "The branch is required."))?;
    let branch = if branch.starts_with("refs/heads/") { branch } else { format!("refs/heads/{branch}") };
    let path = call.part("path").to_owned();
    let bad = |part: &str| part.is_empty() || matches!(part, "." | ".." | ".git");
    if path.split('/').any(bad) {
        return Err(Refusal::at(400, "path", "The path does not lead to a file inside the repository."));
    }
    let user = call.user()?.clone();
    let (project, slug, commit) = {
        let mut world = call.server.world().await;
        let repository = call.repository_mut(&mut world, Permission::Write)?;
        let git = call.server.git(repository);
        let head = repository.refs.get(&branch).cloned();
        let parent = match (&head, text("sourceBranch")) {
            (Some(head), _) => Some(head.clone()),
            (None, Some(source)) => {
                Some(git.resolve(&source).await?.ok_or_else(|| Refusal::no_commit(&source, &repository.slug))?)
            }
            (None, None) if repository.refs.is_empty() => None,
            (None, None) => return Err(Refusal::no_commit(&branch, &repository.slug)),
        };
        if let Some(parent) = &parent {
            let current = git.read(parent, &path).await?;
            let last = git.log(None, parent, Some(&path)).await?.first().map(|c| c.id.clone());
            match (&current, text("sourceCommitId")) {
                (Some(_), None) => {
                    let text = format!("The file \"{path}\" already exists. Provide sourceCommitId to change it.");
                    return Err(Refusal::because(409, "content.FileAlreadyExistsException", text));
                }
                (Some(_), Some(source)) if last.as_ref() != Some(&source) && *parent != source => {
                    let text = format!("The file \"{path}\" has changed since the given sourceCommitId.");
                    return Err(Refusal::because(409, "content.FileOutOfDateException", text));
                }
                (None, Some(_)) => {
                    let text = format!("The file \"{path}\" does not exist. Leave sourceCommitId out to create it.");
                    return Err(Refusal::because(409, "content.FileOutOfDateException", text));
                }
                _ => {}
            }
            if current.as_ref() == Some(content) {
                let text = "The content provided is the same as what already exists. No change was committed.";
                return Err(Refusal::because(409, "content.FileContentUnmodifiedException", text));
            }
        }
        let message = text("message").unwrap_or_else(|| format!("{path} edited online with Bitbucket"));
        let who = Authorship { name: user.display_name.into(), email: user.email.into() };
        let files = BTreeMap::from([(path, content.clone())]);
        let id = git.commit_files(&branch, parent.as_deref(), &files, &message, &who).await?;
        let commit = git.commit(&id).await?.ok_or_else(|| Refusal::no_commit(&id, &repository.slug))?;
        (repository.project.clone(), repository.slug.clone(), commit)
    };
    call.server.take_in(&project, &slug, &user).await?;
    Answer::ok(show::commit(call.base(), &commit))
}
