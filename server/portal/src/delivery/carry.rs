//! The steps, one after the other, from wherever the last process left off.

use super::{
    Act, Moment, Step,
    host::{HostError, HostErrorKind},
    words,
};
use crate::{Portal, portal::word, requests::events};
use causeway_contract::{ApiError, requests::RequestState};
use causeway_store::{
    Conn,
    deliveries::{self, Delivery},
    jobs, micros, requests,
};
use serde_json::{Value, json};
use std::time::Duration;
use uuid::Uuid;

/// How a run of the job ended.
pub(crate) enum Outcome {
    /// Nothing is left to do.
    Finished,
    /// Look again after this.
    Again(Duration),
}

/// Why a run stopped short.
pub(crate) enum Halt {
    /// Trying again may help.
    Retry { error: HostError, after: Option<Duration> },
    /// A person must do something: what the kind of error asks for, or `next`.
    Stuck { error: HostError, next: Option<&'static str> },
    /// The lease ran out and another worker has the job: nothing may be written any more.
    Lost,
    /// The request was ended by somebody meanwhile.
    Over,
    /// Our own database; the job queue tries again.
    Ours(ApiError),
}

impl From<HostError> for Halt {
    fn from(error: HostError) -> Self {
        match error.kind {
            HostErrorKind::Retry { after } => Halt::Retry { error, after },
            _ => Halt::Stuck { error, next: None },
        }
    }
}
impl From<ApiError> for Halt {
    fn from(error: ApiError) -> Self {
        Halt::Ours(error)
    }
}
impl From<causeway_store::StoreError> for Halt {
    fn from(error: causeway_store::StoreError) -> Self {
        Halt::Ours(error.into())
    }
}

/// A claim of a delivery's job.
#[derive(Clone, Debug)]
pub(crate) struct Hold {
    pub(crate) job: Uuid,
    /// Of this claim alone.
    pub(crate) token: String,
}

/// A request being delivered.
pub(super) struct Carrying {
    pub(super) hold: Hold,
    pub(super) request: requests::Request,
    pub(super) delivery: Delivery,
}

impl Portal {
    /// Does what is left to do for one request.
    pub(crate) async fn deliver(&self, id: Uuid, hold: &Hold) -> Result<Outcome, Halt> {
        let Some(mut carrying) = self.start_or_resume(id, hold).await? else { return Ok(Outcome::Finished) };
        for step in Step::ALL {
            if step.done_at(&carrying.delivery).is_some() {
                continue;
            }
            self.observe(Act::Step(step), Moment::Before);
            let detail = match step {
                // Its row is what is carried: it is always done.
                Step::Start => Value::Null,
                Step::Prepare => self.prepare(&mut carrying).await?,
                Step::Commit => self.make_commit(&mut carrying).await?,
                Step::Push => self.push(&mut carrying).await?,
                Step::Open => self.open(&mut carrying).await?,
                Step::Publish => match self.publish(&mut carrying).await {
                    // The pull request stands: whatever is wrong with the status, what became of it counts.
                    Err(stuck @ Halt::Stuck { .. }) => return self.ended_or(&mut carrying, stuck).await,
                    published => published?,
                },
            };
            self.observe(Act::Step(step), Moment::Done);
            self.record(step, &mut carrying, detail).await?;
            self.observe(Act::Step(step), Moment::Recorded);
        }
        self.follow(&mut carrying).await
    }

    pub(super) fn observe(&self, act: Act, moment: Moment) {
        if let Some(observer) = self.inner.observer.get() {
            observer.at(act, moment);
        }
    }

    /// Sets what watches deliveries from inside. Once per portal; later calls do nothing.
    pub fn observe_deliveries(&self, observer: std::sync::Arc<dyn super::Observer>) {
        let _ = self.inner.observer.set(observer);
    }

    /// The step [`Step::Start`], or the row of a delivery that is under way. `None`: nothing to deliver (any more).
    async fn start_or_resume(&self, id: Uuid, hold: &Hold) -> Result<Option<Carrying>, Halt> {
        let mut conn = self.db().begin().await?;
        let Some(mut request) = requests::lock(&mut conn, id).await? else { return Ok(None) };
        if !jobs::holds(&mut conn, hold.job, &hold.token).await? {
            return Err(Halt::Lost);
        }
        let hold = hold.clone();
        let existing = deliveries::find(&mut conn, id).await?;
        match (word::<RequestState>(&request.state)?, existing) {
            (RequestState::Delivering | RequestState::InReview, Some(delivery)) => {
                Ok(Some(Carrying { hold, request, delivery }))
            }
            // A pull request that is there is looked after, however stuck: what is in the way may have gone.
            (RequestState::Stuck, Some(delivery)) if delivery.opened_at.is_some() => {
                Ok(Some(Carrying { hold, request, delivery }))
            }
            (RequestState::Approved, None) => {
                self.observe(Act::Step(Step::Start), Moment::Before);
                let now = micros(self.now());
                let delivery = words::new_delivery(&request, self.host().repository(), now);
                deliveries::put(&mut conn, &delivery).await?;
                request.state = RequestState::Delivering.to_string();
                request.updated_at = now;
                requests::update(&mut conn, &request).await?;
                self.observe(Act::Step(Step::Start), Moment::Done);
                let event = events::by_causeway("delivery.started", &request, json!({ "branch": delivery.branch }));
                self.commit(conn, event).await?;
                self.observe(Act::Step(Step::Start), Moment::Recorded);
                Ok(Some(Carrying { hold, request, delivery }))
            }
            _ => Ok(None),
        }
    }

    /// A transaction to write in: the request is locked and still under way, and the job is still held. The rows as they are.
    pub(super) async fn underway(&self, id: Uuid, hold: &Hold) -> Result<(Conn, requests::Request, Delivery), Halt> {
        let mut conn = self.db().begin().await?;
        let Some(request) = requests::lock(&mut conn, id).await? else { return Err(Halt::Over) };
        if !jobs::holds(&mut conn, hold.job, &hold.token).await? {
            return Err(Halt::Lost);
        }
        let Some(delivery) = deliveries::find(&mut conn, id).await? else { return Err(Halt::Over) };
        match word(&request.state)? {
            RequestState::Delivering | RequestState::InReview | RequestState::Stuck => Ok((conn, request, delivery)),
            _ => Err(Halt::Over),
        }
    }

    /// Writes a done step: its time, its event and, after the last one, the request's new state.
    async fn record(&self, step: Step, c: &mut Carrying, detail: Value) -> Result<(), Halt> {
        let (mut conn, mut request, _) = self.underway(c.request.id, &c.hold).await?;
        let now = micros(self.now());
        let (time, action) = match step {
            Step::Start => return Ok(()),
            Step::Prepare => (&mut c.delivery.prepared_at, "delivery.prepared"),
            Step::Commit => (&mut c.delivery.committed_at, "delivery.committed"),
            Step::Push => (&mut c.delivery.pushed_at, "delivery.pushed"),
            Step::Open => (&mut c.delivery.opened_at, "delivery.opened"),
            Step::Publish => (&mut c.delivery.published_at, "delivery.published"),
        };
        *time = Some(now);
        (c.delivery.problem, c.delivery.trouble) = (None, None);
        deliveries::put(&mut conn, &c.delivery).await?;
        if step == Step::Publish {
            request.state = RequestState::InReview.to_string();
        }
        request.updated_at = now;
        requests::update(&mut conn, &request).await?;
        self.commit(conn, events::by_causeway(action, &request, detail)).await?;
        c.request = request;
        Ok(())
    }

    pub(super) async fn revision(&self, request: &requests::Request) -> Result<requests::Revision, Halt> {
        let mut conn: Conn = self.db().read().await?;
        let found = requests::revision(&mut conn, request.id, request.revision).await?;
        found.ok_or_else(|| Halt::Ours(causeway_store::internal(&std::io::Error::other("a request has no revision"))))
    }

    pub(super) fn request_url(&self, request: &requests::Request) -> String {
        format!("{}/requests/{}", self.config().public_url, request.id)
    }
}
