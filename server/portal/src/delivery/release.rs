//! Letting go of a request whose delivery is stuck.

use causeway_contract::requests::RequestState;
use causeway_store::{Conn, StoreResult, deliveries};
use uuid::Uuid;

/// Beside the table of actions: what stands in Bitbucket must be closed there first, or it could be merged behind our back.
pub(crate) async fn may_withdraw(
    conn: &mut Conn,
    request: Uuid,
    state: RequestState,
) -> StoreResult<Result<(), String>> {
    if state != RequestState::Stuck {
        return Ok(Ok(()));
    }
    let delivery = deliveries::find(conn, request).await?;
    Ok(match delivery.filter(|d| d.pull_request_state.as_deref() == Some("OPEN")).and_then(|d| d.pull_request_id) {
        Some(number) => Err(format!(
            "Decline the pull request first: number {number} is open in Bitbucket, and this request is closed with it."
        )),
        None => Ok(()),
    })
}
