//! One commit.

use super::{
    frame::{Visit, repository_path},
    parts,
};
use crate::bitbucket::{Bitbucket, acts::permitted, rest::Refusal, world::Permission};
use axum::{
    extract::{Path, State},
    http::{HeaderMap, StatusCode, Uri},
    response::Response,
};
use minijinja::{Value, context};
use std::sync::Arc;

pub(super) async fn show(
    State(server): State<Arc<Bitbucket>>,
    Path((key, slug, id)): Path<(String, String, String)>,
    headers: HeaderMap,
    uri: Uri,
) -> Response {
    let visit = Visit::new(&headers, &uri);
    match content(&server, &key, &slug, &id, &visit).await {
        Ok((title, content)) => visit.page(StatusCode::OK, &title, "commit.html", content),
        Err(refusal) => visit.refuse(&refusal),
    }
}

async fn content(
    server: &Bitbucket,
    key: &str,
    slug: &str,
    id: &str,
    visit: &Visit,
) -> Result<(String, Value), Refusal> {
    let world = server.world().await;
    let repository = permitted(&world, key, slug, &visit.user, Permission::Read)?;
    let git = server.git(repository);
    let missing = || Refusal::no_commit(id, &repository.slug);
    let id = git.resolve(id).await?.ok_or_else(missing)?;
    let commit = git.commit(&id).await?.ok_or_else(missing)?;
    let base = commit.parents.first().map_or(crate::bitbucket::rest::EMPTY_TREE, String::as_str);
    let diff = git.diff(base, &id, 3, false, None).await?;
    let content = context! {
        key => repository.project, slug => repository.slug,
        repository => repository_path(&repository.project, &repository.slug),
        commit => parts::commit(&commit), builds => parts::builds(&world.builds_of(&id)), diff => parts::diff(&diff),
    };
    Ok((commit.subject().to_owned(), content))
}
