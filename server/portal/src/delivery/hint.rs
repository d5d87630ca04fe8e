//! Webhooks: a reason to look now. Nothing in them is believed.

use super::JOB;
use crate::Portal;
use causeway_contract::ApiResult;
use causeway_store::{deliveries, jobs, micros};

/// What a webhook says it is about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HostHint {
    pub pull_request: Option<i64>,
    /// Without `refs/heads/`.
    pub branch: Option<String>,
}

impl Portal {
    /// Looks at the delivery that the hint is about, soon. Hints about other things do nothing. Returns whether one was found.
    ///
    /// # Errors
    /// A database that is away: the sender may try again, and polling finds it anyway.
    pub async fn bitbucket_hint(&self, repository: &str, hint: HostHint) -> ApiResult<bool> {
        let mut conn = self.db().begin().await?;
        let mut request = None;
        if let Some(id) = hint.pull_request {
            request = deliveries::request_of_pull_request(&mut conn, repository, id).await?;
        }
        if let (None, Some(branch)) = (request, &hint.branch) {
            request = deliveries::request_of_branch(&mut conn, branch).await?;
        }
        let Some(request) = request else { return Ok(false) };
        let found = jobs::nudge(&mut conn, JOB, request, micros(self.now())).await?;
        conn.commit().await?;
        self.wake_worker();
        Ok(found)
    }
}
