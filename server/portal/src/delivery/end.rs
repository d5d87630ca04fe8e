//! The end of a delivery: merged, declined, deleted.

use super::{
    Act, Ending, Moment,
    carry::{Carrying, Halt, Outcome},
    host::{PullRequest, PullRequestState},
    words,
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
use serde_json::{Value, json};

impl Portal {
    pub(super) async fn ended(&self, c: &mut Carrying, seen: &PullRequest) -> Result<Outcome, Halt> {
        match seen.state {
            PullRequestState::Merged => self.merged(c, seen).await,
            _ => {
                let detail = json!({ "pull_request": seen.id, "url": seen.url });
                self.closed(c, Ending::Declined, Some(&seen.head), detail).await
            }
        }
    }

    pub(super) async fn deleted(&self, c: &mut Carrying) -> Result<Outcome, Halt> {
        let detail = json!({ "pull_request": c.delivery.pull_request_id });
        self.closed(c, Ending::Deleted, None, detail).await
    }

    async fn merged(&self, c: &mut Carrying, seen: &PullRequest) -> Result<Outcome, Halt> {
        self.observe(Act::Ending(Ending::Merged), Moment::Before);
        let (mut conn, mut request, mut delivery) = self.underway(c.request.id, &c.hold).await?;
        let approved = delivery.head_sha.as_deref() == Some(seen.head.as_str());
        let target = delivery.target_branch.clone().unwrap_or_default();
        let elsewhere = seen.target != target;
        let (action, problem) = match (elsewhere, approved) {
            (true, _) => ("delivery.merged_elsewhere", Some(words::merged_elsewhere(&seen.target, &target))),
            (false, false) => ("delivery.merged_unapproved", Some(words::MERGED_UNAPPROVED.to_owned())),
            (false, true) => ("delivery.merged", None),
        };
        let now = micros(self.now());
        delivery.pull_request_state = Some("MERGED".into());
        delivery.merge_sha = seen.merge_commit.clone();
        (delivery.problem, delivery.trouble, delivery.checked_at) = (problem.clone(), None, Some(now));
        deliveries::put(&mut conn, &delivery).await?;
        request.state = RequestState::Merged.to_string();
        (request.updated_at, request.closed_at) = (now, Some(now));
        requests::update(&mut conn, &request).await?;
        if elsewhere {
            abandon(&mut conn, &request, now).await?;
        } else {
            self.build_environment(&mut conn, &request, now).await?;
        }
        self.observe(Act::Ending(Ending::Merged), Moment::Done);
        let detail = json!({ "pull_request": seen.id, "url": seen.url, "commit": seen.head, "target": seen.target, "merge_commit": seen.merge_commit, "problem": problem });
        self.commit(conn, in_bitbucket(action, &request, detail)).await?;
        self.observe(Act::Ending(Ending::Merged), Moment::Recorded);
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

    /// Declined or deleted: the commit is made unmergeable first, then the request ends and its environment's name is free.
    async fn closed(
        &self,
        c: &mut Carrying,
        ending: Ending,
        head: Option<&str>,
        detail: Value,
    ) -> Result<Outcome, Halt> {
        let (action, state, problem) = match ending {
            Ending::Deleted => ("delivery.deleted", "DELETED", words::DELETED),
            Ending::Declined | Ending::Merged => ("delivery.declined", "DECLINED", words::DECLINED),
        };
        self.observe(Act::Ending(ending), Moment::Before);
        let failed = match self.close_status(c, head).await {
            Err(stuck @ Halt::Stuck { .. }) => Some(stuck),
            done => done.map(|()| None)?,
        };
        self.observe(Act::Ending(ending), Moment::Done);
        let (mut conn, mut request, mut delivery) = self.underway(c.request.id, &c.hold).await?;
        let now = micros(self.now());
        delivery.pull_request_state = Some(state.into());
        if let Some(stuck) = failed {
            // While SUCCESSFUL stands there, somebody could reopen and merge: it is looked after, and may be withdrawn.
            deliveries::put(&mut conn, &delivery).await?;
            conn.commit().await?;
            return Err(stuck);
        }
        delivery.status_state = c.delivery.status_state.clone();
        (delivery.problem, delivery.trouble, delivery.checked_at) = (Some(problem.into()), None, Some(now));
        deliveries::put(&mut conn, &delivery).await?;
        request.state = RequestState::Declined.to_string();
        (request.updated_at, request.closed_at) = (now, Some(now));
        requests::update(&mut conn, &request).await?;
        abandon(&mut conn, &request, now).await?;
        self.commit(conn, in_bitbucket(action, &request, detail)).await?;
        self.observe(Act::Ending(ending), Moment::Recorded);
        Ok(Outcome::Finished)
    }
}

/// Somebody did it in Bitbucket, not here.
fn in_bitbucket(action: &'static str, request: &requests::Request, detail: Value) -> NewEvent {
    events::event(Who::System("Bitbucket".into()), action, request, detail)
}
