//! One pull request: what it is, what it changes, and merging or declining it.

use super::{
    frame::{Visit, not_own_origin, repository_path},
    parts,
};
use crate::{
    bitbucket::{
        Bitbucket,
        acts::{MergeWish, Target},
        rest::{EMPTY_TREE, Refusal, range},
        users,
        world::{Activity, Permission, PullRequest, Review},
    },
    clock, desk,
};
use axum::{
    Form,
    extract::{Path, State},
    http::{HeaderMap, HeaderValue, StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use minijinja::{Value, context};
use serde::Deserialize;
use std::sync::Arc;

type Which = Path<(String, String, String)>;

pub(super) async fn show(
    State(server): State<Arc<Bitbucket>>,
    Path(which): Which,
    headers: HeaderMap,
    uri: Uri,
) -> Response {
    page(&server, &target(&which), &Visit::new(&headers, &uri), None).await
}

#[derive(Deserialize)]
pub(super) struct Act {
    version: i64,
}

pub(super) async fn merge(
    State(server): State<Arc<Bitbucket>>,
    Path(which): Which,
    headers: HeaderMap,
    Form(act): Form<Act>,
) -> Response {
    let (target, visit) = (target(&which), visit(&which, &headers));
    if !desk::is_own(&headers) {
        return not_own_origin();
    }
    let wish = MergeWish { version: Some(act.version), ..MergeWish::default() };
    let done = server.merge(&visit.user, &target, wish).await;
    after(&server, &target, &visit, done).await
}

pub(super) async fn decline(
    State(server): State<Arc<Bitbucket>>,
    Path(which): Which,
    headers: HeaderMap,
    Form(act): Form<Act>,
) -> Response {
    let (target, visit) = (target(&which), visit(&which, &headers));
    if !desk::is_own(&headers) {
        return not_own_origin();
    }
    let done = server.decline(&visit.user, &target, Some(act.version), None).await;
    after(&server, &target, &visit, done).await
}

pub(super) async fn reopen(
    State(server): State<Arc<Bitbucket>>,
    Path(which): Which,
    headers: HeaderMap,
    Form(act): Form<Act>,
) -> Response {
    let (target, visit) = (target(&which), visit(&which, &headers));
    if !desk::is_own(&headers) {
        return not_own_origin();
    }
    let done = server.reopen(&visit.user, &target, Some(act.version)).await;
    after(&server, &target, &visit, done).await
}

fn target((project, slug, id): &(String, String, String)) -> Target {
    // No pull request has the number 0.
    Target { project: project.clone(), slug: slug.clone(), id: id.parse().unwrap_or_default() }
}

fn address((project, slug, id): &(String, String, String)) -> String {
    format!("{}/pull-requests/{}/overview", repository_path(project, slug), crate::percent::encode(id))
}

fn visit(which: &(String, String, String), headers: &HeaderMap) -> Visit {
    Visit::at(headers, address(which))
}

/// Back to the page; what went wrong is said on it.
async fn after<T>(server: &Bitbucket, target: &Target, visit: &Visit, done: Result<T, Refusal>) -> Response {
    match done {
        Ok(_) => {
            let which = (target.project.clone(), target.slug.clone(), target.id.to_string());
            let mut response = StatusCode::SEE_OTHER.into_response();
            if let Ok(value) = HeaderValue::from_str(&address(&which)) {
                response.headers_mut().insert(header::LOCATION, value);
            }
            response
        }
        Err(refusal) if refusal.status == 401 => {
            let text = format!("{} may not do this. Choose somebody else above.", visit.user.display_name);
            page(server, target, visit, Some((StatusCode::FORBIDDEN, text))).await
        }
        Err(refusal) => page(server, target, visit, Some((StatusCode::CONFLICT, refusal.words()))).await,
    }
}

async fn page(server: &Bitbucket, target: &Target, visit: &Visit, error: Option<(StatusCode, String)>) -> Response {
    let status = error.as_ref().map_or(StatusCode::OK, |(status, _)| *status);
    match content(server, target, visit, error.map(|(_, text)| text)).await {
        Ok((title, content)) => visit.page(status, &title, "pull_request.html", content),
        Err(refusal) => visit.refuse(&refusal),
    }
}

async fn content(
    server: &Bitbucket,
    target: &Target,
    visit: &Visit,
    error: Option<String>,
) -> Result<(String, Value), Refusal> {
    let world = server.world().await;
    let (repository, pr) = target.find(&world, &visit.user, Permission::Read)?;
    let git = server.git(repository);
    let (base, head) = range(&git, pr).await?;
    let since = (base != EMPTY_TREE).then_some(base.as_str());
    let commits = git.log(since, &head, None).await?;
    let diff = git.diff(&base, &head, 3, false, None).await?;
    let gate = if pr.is_open() { Some(server.gate(&world, repository, pr).await?) } else { None };
    let reviewers: Vec<Value> = pr
        .reviewers
        .iter()
        .map(|r| {
            let (tone, status) = match r.status {
                Review::Approved => ("good", "Approved"),
                Review::NeedsWork => ("bad", "Asked for changes"),
                Review::Unapproved => ("", "Not yet reviewed"),
            };
            context! { name => name(&r.user), tone, status }
        })
        .collect();
    let title = format!("#{} {}", pr.id, pr.title);
    let content = context! {
        key => repository.project, slug => repository.slug,
        repository => repository_path(&repository.project, &repository.slug),
        pr => summary(pr), reviewers, error,
        vetoes => gate.as_ref().map(|g| Value::from_serialize(&g.vetoes)).unwrap_or_else(|| Value::from(Vec::<Value>::new())),
        conflicts => gate.as_ref().map(|g| g.conflicts.clone()).unwrap_or_default(),
        mergeable => gate.as_ref().is_some_and(|g| g.can_merge()),
        acting_name => visit.user.display_name,
        builds => parts::builds(&world.builds_of(&pr.from.commit)),
        commits => commits.iter().map(parts::commit).collect::<Vec<_>>(),
        diff => parts::diff(&diff),
        activity => pr.activities.iter().rev().map(|a| activity(pr, a)).collect::<Vec<_>>(),
    };
    Ok((title, content))
}

fn name(user: &str) -> String {
    users::find(user).map_or_else(|| user.to_owned(), |u| u.display_name.to_owned())
}

fn summary(pr: &PullRequest) -> Value {
    context! {
        id => pr.id, version => pr.version, title => pr.title, description => pr.description.as_deref().unwrap_or_default(),
        state => pr.state.label(), tone => parts::tone(pr.state), draft => pr.draft, author => name(&pr.author),
        from => pr.from.name(), to => pr.to.name(), merge_commit => pr.merge_commit.as_deref().unwrap_or_default(),
    }
}

fn activity(pr: &PullRequest, activity: &Activity) -> Value {
    let what = match activity.action.as_str() {
        "OPENED" => "opened the pull request",
        "RESCOPED" => "pushed to the source branch",
        "UPDATED" => "changed the pull request",
        "MERGED" => "merged the pull request",
        "DECLINED" => "declined the pull request",
        "REOPENED" => "reopened the pull request",
        "APPROVED" => "approved",
        "UNAPPROVED" => "took the approval back",
        "REVIEWED" => "asked for changes",
        "COMMENTED" => "commented",
        other => other,
    };
    let text = activity.comment.and_then(|id| pr.comments.iter().find(|c| c.id == id)).map(|c| c.text.clone());
    context! { who => name(&activity.user), what, at => clock::words(activity.created), text => text.unwrap_or_default() }
}
