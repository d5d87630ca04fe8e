//! What was asked for, a row a revision.

use crate::{Conn, StoreResult};
use sqlx::FromRow;
use uuid::Uuid;

/// What was asked for at one revision.
#[derive(Clone, Debug, FromRow, PartialEq, Eq)]
pub struct Revision {
    pub request_id: Uuid,
    pub revision: i64,
    pub justification: String,
    pub answers: String,
    pub facts: String,
    /// JSON object, path to content: what the branch will hold.
    pub files: String,
    /// JSON array of paths that the branch removes.
    pub removed: String,
    /// JSON of `Vec<FileDiff>` as shown when it was submitted.
    pub diff: String,
    /// JSON array of pairs.
    pub tags: String,
    pub request_digest: String,
    pub files_digest: String,
    /// Digest of the folder's files that the diff was made against: delivery refuses when they have changed since.
    pub base_digest: String,
    pub created_by: Uuid,
    pub created_at: i64,
}

/// # Errors
/// The engine's.
pub async fn insert_revision(conn: &mut Conn, r: &Revision) -> StoreResult<()> {
    run!(conn, c => sqlx::query(
        "INSERT INTO request_revisions (request_id, revision, justification, answers, facts, files, removed, diff, tags, request_digest, files_digest, base_digest, created_by, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)")
        .bind(r.request_id).bind(r.revision).bind(&r.justification).bind(&r.answers).bind(&r.facts).bind(&r.files).bind(&r.removed)
        .bind(&r.diff).bind(&r.tags).bind(&r.request_digest).bind(&r.files_digest).bind(&r.base_digest).bind(r.created_by).bind(r.created_at).execute(c).await.map(|_| ()))?;
    Ok(())
}

/// # Errors
/// The engine's.
pub async fn revision(conn: &mut Conn, request: Uuid, revision: i64) -> StoreResult<Option<Revision>> {
    run!(conn, c => sqlx::query_as("SELECT * FROM request_revisions WHERE request_id = $1 AND revision = $2")
        .bind(request).bind(revision).fetch_optional(c).await)
}

/// Everybody who wrote a revision of the request.
///
/// # Errors
/// The engine's.
pub async fn editors(conn: &mut Conn, request: Uuid) -> StoreResult<Vec<Uuid>> {
    run!(conn, c => sqlx::query_scalar("SELECT DISTINCT created_by FROM request_revisions WHERE request_id = $1").bind(request).fetch_all(c).await)
}
