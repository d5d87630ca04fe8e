//! Delivery as the request's page shows it.

use super::Step;
use causeway_contract::{
    ApiResult,
    requests::{DeliveryView, PullRequestView},
};
use causeway_store::{Conn, deliveries, from_micros, requests};

pub(crate) async fn view(conn: &mut Conn, request: &requests::Request) -> ApiResult<Option<DeliveryView>> {
    let Some(row) = deliveries::find(conn, request.id).await? else { return Ok(None) };
    let steps = Step::ALL.iter().map(|s| (s.label().to_owned(), s.done_at(&row).map(from_micros))).collect();
    let pull_request = row.pull_request_id.map(|id| PullRequestView {
        id,
        url: row.pull_request_url.clone().unwrap_or_default(),
        state: row.pull_request_state.clone().unwrap_or_default(),
        merge_commit: row.merge_sha.clone(),
    });
    Ok(Some(DeliveryView {
        repository: row.repository,
        branch: row.branch,
        commit: row.head_sha,
        pull_request,
        approval_status: row.status_state,
        problem: row.problem,
        trouble: row.trouble,
        steps,
        checked_at: row.checked_at.map(from_micros),
    }))
}
