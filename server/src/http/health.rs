//! For load balancers: is the process there, and can it work.

use super::Web;
use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use causeway_store::pending_migrations;
use http::StatusCode;

/// The process answers.
pub(super) async fn alive() -> &'static str {
    "alive\n"
}

/// The database answers and has the schema of this version, or a newer one: replicas run on while the next version migrates.
pub(super) async fn ready(State(web): State<Web>) -> Response {
    let db = web.portal.db();
    let found = async {
        let mut conn = db.read().await?;
        pending_migrations(&mut conn, db).await
    };
    match found.await {
        Ok(m) if m.are_enough() => "ready\n".into_response(),
        Ok(m) => (
            StatusCode::SERVICE_UNAVAILABLE,
            format!("the schema is at {} of {} migrations; run causeway migrate\n", m.applied, m.known),
        )
            .into_response(),
        Err(error) => {
            tracing::error!(%error, "not ready: the database does not answer");
            (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer\n").into_response()
        }
    }
}
