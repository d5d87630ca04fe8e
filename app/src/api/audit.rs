//! The record.

use super::AppError;
#[cfg(feature = "ssr")]
use super::caller::{answer, caller};
use causeway_contract::audit::{AuditFilter, AuditPage};
use leptos::prelude::*;
use server_fn::codec::Json;

/// Audit events, newest first.
#[server(prefix = "/api", endpoint = "audit/list", input = Json)]
pub async fn audit(filter: AuditFilter) -> Result<AuditPage, AppError> {
    let (portal, actor) = caller()?;
    answer(portal.audit(&actor, filter).await)
}
