//! What the demo shows on its first day.

use causeway_contract::ApiResult;
use causeway_portal::Portal;
use causeway_sandbox::Sandbox;

/// Reads the catalogue, so that the first page that is opened has templates.
///
/// # Errors
/// A database that is away.
pub(super) async fn run(portal: &Portal, _sandbox: &Sandbox) -> ApiResult<()> {
    portal.sync_catalogue().await
}
