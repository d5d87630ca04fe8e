//! Webhooks: a reason to look now. Nothing in them is believed.

use super::JOB;
use crate::Portal;
use causeway_contract::ApiResult;
use causeway_store::{Conn, deliveries, jobs, micros, seen};

/// Kind of the messages in the store of those that were taken once already.
const KIND: &str = "bitbucket_webhook";

/// What a webhook says it is about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HostHint {
    pub pull_request: Option<i64>,
    /// Without `refs/heads/`.
    pub branch: Option<String>,
}

/// What came of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heeded {
    /// A delivery is looked at soon.
    Taken,
    /// It is about no delivery that is under way.
    Nothing,
    /// It was taken before.
    Replay,
}

impl Portal {
    /// Looks soon at the deliveries that a message is about. `message`: what tells it from all others. Noting it and acting on it
    /// are one transaction: a message is lost to a failure only when the sender hears of it.
    ///
    /// # Errors
    /// A database that is away: the sender may try again, and polling finds it anyway.
    pub async fn bitbucket_hints(&self, message: &str, repository: &str, hints: &[HostHint]) -> ApiResult<Heeded> {
        let mut conn = self.db().begin().await?;
        if !seen::note(&mut conn, KIND, message, micros(self.now())).await? {
            return Ok(Heeded::Replay);
        }
        let mut found = false;
        for hint in hints {
            found |= self.heed(&mut conn, repository, hint).await?;
        }
        conn.commit().await?;
        if !found {
            return Ok(Heeded::Nothing);
        }
        self.wake_worker();
        Ok(Heeded::Taken)
    }

    async fn heed(&self, conn: &mut Conn, repository: &str, hint: &HostHint) -> ApiResult<bool> {
        let mut request = None;
        if let Some(id) = hint.pull_request {
            request = deliveries::request_of_pull_request(conn, repository, id).await?;
        }
        if let (None, Some(branch)) = (request, &hint.branch) {
            request = deliveries::request_of_branch(conn, repository, branch).await?;
        }
        let Some(request) = request else { return Ok(false) };
        Ok(jobs::nudge(conn, JOB, request, micros(self.now())).await?)
    }
}
