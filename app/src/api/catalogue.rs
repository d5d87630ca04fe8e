//! Templates.

use super::AppError;
#[cfg(feature = "ssr")]
use super::caller::{answer, caller};
use causeway_contract::templates::{TemplateCard, TemplateView};
use leptos::prelude::*;
use server_fn::codec::Json;

/// Every template, broken ones with their error.
#[server(prefix = "/api", endpoint = "catalogue/list", input = Json)]
pub async fn catalogue() -> Result<Vec<TemplateCard>, AppError> {
    let (portal, actor) = caller()?;
    answer(portal.catalogue(&actor).await)
}

/// One template in full.
#[server(prefix = "/api", endpoint = "catalogue/get", input = Json)]
pub async fn template(name: String) -> Result<TemplateView, AppError> {
    let (portal, actor) = caller()?;
    answer(portal.template(&actor, &name).await)
}
