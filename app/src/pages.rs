//! Pages: a folder a noun, a page a file. A page loads its view through `parts::load` and lays parts out.

pub mod approvals;
pub mod audit;
pub mod catalogue;
pub mod drafts;
pub mod environments;
pub mod gallery;
pub mod home;
pub mod requests;
pub mod settings;

use causeway_contract::ApiError;
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use std::str::FromStr;

/// The `:id` of the address. What cannot be one names nothing that exists.
fn id_of<T>(noun: &'static str) -> Memo<Result<T, crate::api::AppError>>
where
    T: FromStr + Clone + PartialEq + Send + Sync + 'static,
{
    let params = use_params_map();
    Memo::new(move |_| {
        params.with(|p| p.get_str("id").and_then(|id| id.parse().ok())).ok_or_else(|| ApiError::not_found(noun).into())
    })
}
