//! Message ids that were taken once already.

use crate::{Conn, StoreResult};

/// Notes a message id; `false` when it was there before (a replay).
///
/// # Errors
/// The engine's.
pub async fn note(conn: &mut Conn, kind: &str, message_id: &str, now: i64) -> StoreResult<bool> {
    let done = run!(conn, c => sqlx::query(
        "INSERT INTO seen_messages (kind, message_id, seen_at) VALUES ($1, $2, $3) ON CONFLICT (kind, message_id) DO NOTHING")
        .bind(kind).bind(message_id).bind(now).execute(c).await.map(|r| r.rows_affected()))?;
    Ok(done == 1)
}

/// Forgets ids noted before the given time.
///
/// # Errors
/// The engine's.
pub async fn forget_before(conn: &mut Conn, time: i64) -> StoreResult<u64> {
    run!(conn, c => sqlx::query("DELETE FROM seen_messages WHERE seen_at < $1").bind(time).execute(c).await.map(|r| r.rows_affected()))
}
