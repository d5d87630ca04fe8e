//! What becomes of the pull request. Polling is the truth; webhooks only make it look sooner.

use super::{
    carry::{Carrying, Halt, Outcome},
    host::{HostErrorKind, PullRequest, PullRequestState},
    status::Says,
    words,
};
use crate::{Portal, requests::events};
use causeway_contract::requests::RequestState;
use causeway_store::{deliveries, from_micros, micros, requests};
use chrono::TimeDelta;
use serde_json::json;
use std::time::Duration;
use uuid::Uuid;

impl Portal {
    pub(super) async fn follow(&self, c: &mut Carrying) -> Result<Outcome, Halt> {
        let id = c.delivery.pull_request_id.unwrap_or_default();
        match self.host().pull_request(id).await {
            Ok(seen) if seen.state == PullRequestState::Open => self.still_open(c, &seen).await,
            Ok(seen) => self.ended(c, &seen).await,
            Err(gone) if gone.kind == HostErrorKind::Gone => self.deleted(c).await,
            Err(error) => Err(error.into()),
        }
    }

    /// The pull request's end, when it has come to one; otherwise what stood in the way.
    pub(super) async fn ended_or(&self, c: &mut Carrying, halt: Halt) -> Result<Outcome, Halt> {
        let id = c.delivery.pull_request_id.unwrap_or_default();
        match self.host().pull_request(id).await {
            Ok(seen) if seen.state != PullRequestState::Open => self.ended(c, &seen).await,
            Err(gone) if gone.kind == HostErrorKind::Gone => self.deleted(c).await,
            _ => Err(halt),
        }
    }

    /// Keeps the build status true and says what stands in the way.
    async fn still_open(&self, c: &mut Carrying, seen: &PullRequest) -> Result<Outcome, Halt> {
        let target = c.delivery.target_branch.clone().unwrap_or_default();
        let (says, problem, action) = if c.delivery.head_sha.as_deref() != Some(seen.head.as_str()) {
            (Says::OtherCommit, Some(words::MOVED.to_owned()), "delivery.branch_moved")
        } else if seen.target != target {
            (Says::OtherBranch, Some(words::retargeted(&seen.target, &target)), "delivery.retargeted")
        } else if seen.conflicted == Some(true) {
            (Says::Approved, Some(words::CONFLICT.to_owned()), "delivery.conflicted")
        } else {
            (Says::Approved, None, "delivery.recovered")
        };
        // Read back and posted only on a difference: somebody may have written over it.
        self.say(c, &seen.head, says).await?;
        let (mut conn, mut request, mut delivery) = self.underway(c.request.id, &c.hold).await?;
        let now = micros(self.now());
        let stuck = request.state == RequestState::Stuck.as_str();
        let away = stuck || delivery.trouble.is_some();
        let news = delivery.problem != problem;
        delivery.status_state = Some(says.word().into());
        delivery.pull_request_state = Some("OPEN".into());
        (delivery.problem, delivery.trouble, delivery.checked_at) = (problem.clone(), None, Some(now));
        deliveries::put(&mut conn, &delivery).await?;
        if stuck {
            request.state = RequestState::InReview.to_string();
            request.updated_at = now;
            requests::update(&mut conn, &request).await?;
        }
        let mut told = Vec::new();
        if away {
            told.push(events::by_causeway("delivery.resumed", &request, json!({ "url": seen.url })));
        }
        if news {
            let detail = json!({ "commit": seen.head, "approved": delivery.head_sha, "target": seen.target, "problem": problem, "url": seen.url });
            told.push(events::by_causeway(action, &request, detail));
        }
        if told.is_empty() {
            // Nothing to tell: only the time of the look is written.
            conn.commit().await?;
        } else {
            self.commit_all(conn, told).await?;
        }
        let age = self.now() - from_micros(delivery.opened_at.unwrap_or(now));
        (c.request, c.delivery) = (request, delivery);
        Ok(Outcome::Again(rhythm(self.config().follow_every, age, c.hold.job)))
    }
}

/// The pause until the next look: a sixtieth of the pull request's age, from `every` to ten times that. A fifth more or less,
/// by the job's id, so that many do not come at once.
fn rhythm(every: Duration, age: TimeDelta, job: Uuid) -> Duration {
    let whole = age.to_std().unwrap_or_default() / 60;
    let share = 800 + (job.as_u128() % 401) as u32;
    whole.clamp(every, every * 10) * share / 1000
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_old_pull_request_is_looked_at_less_often_and_each_in_its_own_time() {
        let every = Duration::from_secs(60);
        let middle = Uuid::from_u128(200);
        let pause = |hours| rhythm(every, TimeDelta::hours(hours), middle).as_secs();
        assert_eq!([pause(0), pause(1), pause(3), pause(10), pause(1_000)], [60, 60, 180, 600, 600]);
        assert_eq!(rhythm(every, TimeDelta::seconds(-5), Uuid::from_u128(0)).as_secs(), 48);
        assert_eq!(rhythm(every, TimeDelta::zero(), Uuid::from_u128(400)).as_secs(), 72);
    }
}
