//! What becomes of the pull request. Polling is the truth; webhooks only make it look sooner.

use super::{
    carry::{Carrying, Halt, Outcome},
    host::{HostErrorKind, PullRequest, PullRequestState},
};
use crate::{
    Portal,
    approvals::abandon,
    portal::{from_json, word},
    requests::events,
};
use causeway_contract::requests::{RequestKind, RequestState};
use causeway_store::{
    Conn,
    audit::{NewEvent, Who},
    deliveries, environments, micros, requests,
};
use serde_json::json;

const MOVED: &str = "Somebody pushed to this branch after the approval, so the build status is FAILED and merging is blocked. \
    Decline the pull request and clone this request, or take the extra commits off the branch.";
const CONFLICT: &str = "The pull request conflicts with the default branch. Decline it in Bitbucket and clone this request: \
    the new one is made on the newest files.";
const GONE: &str = "The pull request was deleted in Bitbucket. Clone this request to start over.";

impl Portal {
    pub(super) async fn follow(&self, c: &mut Carrying) -> Result<Outcome, Halt> {
        let id = c.delivery.pull_request_id.unwrap_or_default();
        let seen = match self.host().pull_request(id).await {
            Err(mut gone) if gone.kind == HostErrorKind::NotFound => {
                gone.message = GONE.into();
                return Err(Halt::Stuck(gone));
            }
            other => other?,
        };
        match seen.state {
            PullRequestState::Open => self.still_open(c, &seen).await,
            PullRequestState::Merged => self.merged(c, &seen).await,
            PullRequestState::Declined => self.declined(c, &seen).await,
        }
    }

    /// Keeps the build status true and says what stands in the way.
    async fn still_open(&self, c: &mut Carrying, seen: &PullRequest) -> Result<Outcome, Halt> {
        let moved = c.delivery.head_sha.as_deref() != Some(seen.head.as_str());
        let wanted = if moved { "FAILED" } else { "SUCCESSFUL" };
        let status_changed = c.delivery.status_state.as_deref() != Some(wanted);
        if status_changed || moved {
            // On a moved branch each new head needs its own FAILED; publishing the same again changes nothing.
            self.publish_for(c, &seen.head).await?;
        }
        let problem = if moved {
            Some(MOVED)
        } else if seen.conflicted == Some(true) {
            Some(CONFLICT)
        } else {
            None
        };
        let news = c.delivery.problem.as_deref() != problem;
        c.delivery.problem = problem.map(str::to_owned);
        c.delivery.checked_at = Some(micros(self.now()));
        let mut conn = self.db().begin().await?;
        deliveries::put(&mut conn, &c.delivery).await?;
        if !news {
            // Nothing to tell: only the time of the look is written.
            conn.commit().await?;
            return Ok(Outcome::Again(self.config().follow_every));
        }
        let action = match problem {
            Some(MOVED) => "delivery.branch_moved",
            Some(_) => "delivery.conflicted",
            None => "delivery.recovered",
        };
        let detail =
            json!({ "commit": seen.head, "approved": c.delivery.head_sha, "problem": problem, "url": seen.url });
        self.commit(conn, events::by_causeway(action, &c.request, detail)).await?;
        Ok(Outcome::Again(self.config().follow_every))
    }

    async fn merged(&self, c: &mut Carrying, seen: &PullRequest) -> Result<Outcome, Halt> {
        let approved = c.delivery.head_sha.as_deref() == Some(seen.head.as_str());
        let problem = (!approved).then(|| {
            "This was merged with commits that nobody approved here. Treat it as an unauthorised change: compare the pull request with the change shown below.".to_owned()
        });
        let mut conn = self.db().begin().await?;
        let Some(mut request) = requests::lock(&mut conn, c.request.id).await? else { return Ok(Outcome::Finished) };
        let now = micros(self.now());
        c.delivery.pull_request_state = Some("MERGED".into());
        c.delivery.merge_sha = seen.merge_commit.clone();
        c.delivery.problem = problem.clone();
        c.delivery.checked_at = Some(now);
        deliveries::put(&mut conn, &c.delivery).await?;
        request.state = RequestState::Merged.to_string();
        (request.updated_at, request.closed_at) = (now, Some(now));
        requests::update(&mut conn, &request).await?;
        self.build_environment(&mut conn, &request, now).await?;
        let action = if approved { "delivery.merged" } else { "delivery.merged_unapproved" };
        let detail = json!({ "pull_request": seen.id, "url": seen.url, "commit": seen.head, "merge_commit": seen.merge_commit, "problem": problem });
        self.commit(conn, in_bitbucket(action, &request, detail)).await?;
        // The files shown on the environment's page come from the default branch as it is now.
        if let Err(error) = self.host().tip().await {
            tracing::info!(%error, "the default branch could not be fetched after a merge; the reconciler will");
        }
        Ok(Outcome::Finished)
    }

    async fn build_environment(&self, conn: &mut Conn, request: &requests::Request, now: i64) -> Result<(), Halt> {
        let Some(mut environment) = environments::find(conn, request.environment_id).await? else { return Ok(()) };
        let kind: RequestKind = word(&request.kind)?;
        environment.updated_at = now;
        environment.state = if kind == RequestKind::Delete { "removed" } else { "live" }.into();
        if kind != RequestKind::Delete
            && let Some(revision) = requests::revision(conn, request.id, request.revision).await?
        {
            let facts: crate::catalogue::Facts = from_json(&revision.facts)?;
            environment.commit_sha = request.commit_sha.clone();
            environment.cost_centre = facts.cost_centre;
            environment.answers = revision.answers;
            environment.price = request.price.clone();
        }
        environments::update(conn, &environment).await?;
        Ok(())
    }

    async fn declined(&self, c: &mut Carrying, seen: &PullRequest) -> Result<Outcome, Halt> {
        let mut conn = self.db().begin().await?;
        let Some(mut request) = requests::lock(&mut conn, c.request.id).await? else { return Ok(Outcome::Finished) };
        let now = micros(self.now());
        c.delivery.pull_request_state = Some("DECLINED".into());
        c.delivery.problem =
            Some("The pull request was declined in Bitbucket. Clone this request to start over.".into());
        c.delivery.checked_at = Some(now);
        deliveries::put(&mut conn, &c.delivery).await?;
        request.state = RequestState::Declined.to_string();
        (request.updated_at, request.closed_at) = (now, Some(now));
        requests::update(&mut conn, &request).await?;
        abandon(&mut conn, &request, now).await?;
        let detail = json!({ "pull_request": seen.id, "url": seen.url });
        self.commit(conn, in_bitbucket("delivery.declined", &request, detail)).await?;
        Ok(Outcome::Finished)
    }

    /// Delivery cannot go on without a person.
    pub(crate) async fn get_stuck(
        &self,
        id: uuid::Uuid,
        error: &super::host::HostError,
    ) -> causeway_contract::ApiResult<()> {
        let mut conn = self.db().begin().await?;
        let Some(mut request) = requests::lock(&mut conn, id).await? else { return Ok(()) };
        let Some(mut delivery) = deliveries::find(&mut conn, id).await? else { return Ok(()) };
        let now = micros(self.now());
        delivery.problem = Some(error.message.clone());
        delivery.checked_at = Some(now);
        deliveries::put(&mut conn, &delivery).await?;
        request.state = RequestState::Stuck.to_string();
        request.updated_at = now;
        requests::update(&mut conn, &request).await?;
        let detail = json!({ "problem": error.message, "cause": error.detail });
        self.commit(conn, events::by_causeway("delivery.stuck", &request, detail)).await?;
        Ok(())
    }

    /// The host has been away for several tries: the page says so, without an event for each try.
    pub(crate) async fn note_trouble(&self, id: uuid::Uuid, message: &str) -> causeway_contract::ApiResult<()> {
        let mut conn = self.db().begin().await?;
        if let Some(mut delivery) = deliveries::find(&mut conn, id).await? {
            delivery.problem = Some(format!("{message} Causeway keeps trying; nothing is needed from you."));
            delivery.checked_at = Some(micros(self.now()));
            deliveries::put(&mut conn, &delivery).await?;
            conn.commit().await?;
        }
        Ok(())
    }
}

/// Somebody did it in Bitbucket, not here.
fn in_bitbucket(action: &'static str, request: &requests::Request, detail: serde_json::Value) -> NewEvent {
    events::event(Who::System("Bitbucket".into()), action, request, detail)
}
