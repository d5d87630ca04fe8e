//! The person on the page, their home and their sessions.

use super::AppError;
#[cfg(feature = "ssr")]
use super::caller::{answer, caller};
use causeway_contract::{
    ids::SessionId,
    people::{SessionView, Viewer},
    requests::HomeView,
};
use leptos::prelude::*;
use server_fn::codec::Json;

/// The signed-in person, and what the navigation may show them.
#[server(name = GetViewer, prefix = "/api", endpoint = "people/viewer", input = Json)]
pub async fn viewer() -> Result<Viewer, AppError> {
    let (portal, actor) = caller()?;
    answer(portal.viewer(&actor).await)
}

/// What concerns the person now.
#[server(prefix = "/api", endpoint = "people/home", input = Json)]
pub async fn home() -> Result<HomeView, AppError> {
    let (portal, actor) = caller()?;
    answer(portal.home(&actor).await)
}

/// Where the person is signed in.
#[server(prefix = "/api", endpoint = "sessions/list", input = Json)]
pub async fn sessions() -> Result<Vec<SessionView>, AppError> {
    let (portal, actor) = caller()?;
    answer(portal.sessions(&actor).await)
}

/// Ends one session.
#[server(prefix = "/api", endpoint = "sessions/revoke")]
pub async fn revoke_session(session: SessionId) -> Result<(), AppError> {
    let (portal, actor) = caller()?;
    answer(portal.revoke_session(&actor, session).await)
}
