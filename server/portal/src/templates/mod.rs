//! The catalogue as a service: listed, shown, synced. What a template *is* stands in `catalogue`.
//!
//! Versions are kept for ever: a request stays pinned to the commit it was asked with.

mod list;
mod sync;

use crate::{catalogue::Template, portal::from_json};
use causeway_contract::{ApiError, ApiResult};
use causeway_store::{Conn, internal, templates};

/// The template at its newest version, if it can be requested; with its commit.
pub(crate) async fn usable(conn: &mut Conn, name: &str) -> ApiResult<(Template, String)> {
    let row = find(conn, name).await?.filter(|t| t.listed).ok_or_else(|| ApiError::not_found("template"))?;
    if row.error.is_some() {
        return Err(ApiError::conflict(format!(
            "The template {name} is broken at the moment and cannot be requested. Its owner, {}, sees why in the catalogue.",
            row.owner
        )));
    }
    Ok((version(conn, name, &row.commit_sha).await?, row.commit_sha))
}

/// By a name that came from outside: Postgres refuses to be asked for one with a NUL in it.
async fn find(conn: &mut Conn, name: &str) -> ApiResult<Option<templates::TemplateRow>> {
    if name.contains('\0') {
        return Ok(None);
    }
    Ok(templates::find(conn, name).await?)
}

/// The template as it was at a commit.
pub(crate) async fn version(conn: &mut Conn, name: &str, commit: &str) -> ApiResult<Template> {
    let body = templates::version(conn, name, commit).await?;
    let body =
        body.ok_or_else(|| internal(&std::io::Error::other(format!("template {name} at {commit} is not stored"))))?;
    from_json(&body)
}

/// The title of the newest version; the name where there is none.
pub(crate) async fn title(conn: &mut Conn, name: &str) -> ApiResult<String> {
    Ok(templates::find(conn, name).await?.map_or_else(|| name.to_owned(), |t| t.title))
}
