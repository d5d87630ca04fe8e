//! Environments.

use super::AppError;
#[cfg(feature = "ssr")]
use super::caller::{answer, caller};
use causeway_contract::{
    Page,
    environments::{EnvironmentFilter, EnvironmentSummary, EnvironmentView},
    ids::EnvironmentId,
};
use leptos::prelude::*;
use server_fn::codec::Json;

/// Environments the person may see.
#[server(prefix = "/api", endpoint = "environments/list", input = Json)]
pub async fn environments(filter: EnvironmentFilter) -> Result<Page<EnvironmentSummary>, AppError> {
    let (portal, actor) = caller()?;
    answer(portal.environments(&actor, filter).await)
}

/// One environment in full.
#[server(prefix = "/api", endpoint = "environments/get", input = Json)]
pub async fn environment(id: EnvironmentId) -> Result<EnvironmentView, AppError> {
    let (portal, actor) = caller()?;
    answer(portal.environment(&actor, id).await)
}
