//! The steps, one after the other, from wherever the last process left off.

use super::{
    Moment, STATUS_KEY, Step,
    host::{BuildState, BuildStatus, CommitPlan, Files, HostError, HostErrorKind, PullRequestDraft, Signature},
    words,
};
use crate::{
    Portal, catalogue,
    portal::{from_json, word},
    requests::{events, evidence_of},
};
use causeway_contract::{
    ApiError,
    requests::{RequestKind, RequestState},
};
use causeway_store::{
    Conn,
    deliveries::{self, Delivery},
    from_micros, micros, people, requests,
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
    /// A person must do something.
    Stuck(HostError),
    /// Our own database; the job queue tries again.
    Ours(ApiError),
}

impl From<HostError> for Halt {
    fn from(error: HostError) -> Self {
        match error.kind {
            HostErrorKind::Retry { after } => Halt::Retry { error, after },
            _ => Halt::Stuck(error),
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

/// A request being delivered.
pub(super) struct Carrying {
    pub(super) request: requests::Request,
    pub(super) delivery: Delivery,
}

impl Portal {
    /// Does what is left to do for one request.
    pub(crate) async fn deliver(&self, id: Uuid) -> Result<Outcome, Halt> {
        let Some(mut carrying) = self.start_or_resume(id).await? else { return Ok(Outcome::Finished) };
        for step in [Step::Prepare, Step::Commit, Step::Push, Step::Open, Step::Publish] {
            if step.done_at(&carrying.delivery).is_some() {
                continue;
            }
            self.observe(step, Moment::Before);
            let detail = match step {
                Step::Start => Value::Null,
                Step::Prepare => self.prepare(&mut carrying).await?,
                Step::Commit => self.make_commit(&mut carrying).await?,
                Step::Push => self.push(&mut carrying).await?,
                Step::Open => self.open(&mut carrying).await?,
                Step::Publish => self.publish(&mut carrying).await?,
            };
            self.observe(step, Moment::Done);
            self.record(step, &mut carrying, detail).await?;
            self.observe(step, Moment::Recorded);
        }
        self.follow(&mut carrying).await
    }

    pub(super) fn observe(&self, step: Step, moment: Moment) {
        if let Some(observer) = self.inner.observer.get() {
            observer.at(step, moment);
        }
    }

    /// Sets what watches deliveries from inside. Once per portal; later calls do nothing.
    pub fn observe_deliveries(&self, observer: std::sync::Arc<dyn super::Observer>) {
        let _ = self.inner.observer.set(observer);
    }

    /// The step [`Step::Start`], or the row of a delivery that is under way. `None`: nothing to deliver (any more).
    async fn start_or_resume(&self, id: Uuid) -> Result<Option<Carrying>, Halt> {
        let mut conn = self.db().begin().await?;
        let Some(mut request) = requests::lock(&mut conn, id).await? else { return Ok(None) };
        let existing = deliveries::find(&mut conn, id).await?;
        match (word::<RequestState>(&request.state)?, existing) {
            (RequestState::Delivering | RequestState::InReview, Some(delivery)) => {
                Ok(Some(Carrying { request, delivery }))
            }
            (RequestState::Approved, None) => {
                self.observe(Step::Start, Moment::Before);
                let now = micros(self.now());
                let delivery = words::new_delivery(&request, self.host().repository(), now);
                deliveries::put(&mut conn, &delivery).await?;
                request.state = RequestState::Delivering.to_string();
                request.updated_at = now;
                requests::update(&mut conn, &request).await?;
                self.observe(Step::Start, Moment::Done);
                let event = events::by_causeway("delivery.started", &request, json!({ "branch": delivery.branch }));
                self.commit(conn, event).await?;
                self.observe(Step::Start, Moment::Recorded);
                Ok(Some(Carrying { request, delivery }))
            }
            _ => Ok(None),
        }
    }

    async fn prepare(&self, c: &mut Carrying) -> Result<Value, Halt> {
        let tip = self.host().tip().await?;
        let revision = self.revision(&c.request).await?;
        let facts: catalogue::Facts = from_json(&revision.facts)?;
        let kind: RequestKind = word(&c.request.kind)?;
        let directory = self.directory(&c.request, &facts, kind).await?;
        let now = self.host().files(&tip.commit, &directory).await?;
        if catalogue::files_digest(&now) != revision.base_digest {
            let message = format!(
                "The files in {directory} on {} are not those the approval was given on: somebody changed them since. \
                 Clone this request, look at the new change, and submit it.",
                tip.branch
            );
            return Err(Halt::Stuck(HostError::new(HostErrorKind::Refused, message, "base digest differs")));
        }
        let detail = json!({ "base": tip.commit, "branch": tip.branch });
        (c.delivery.base_sha, c.delivery.target_branch) = (Some(tip.commit), Some(tip.branch));
        Ok(detail)
    }

    async fn directory(
        &self,
        request: &requests::Request,
        facts: &catalogue::Facts,
        kind: RequestKind,
    ) -> Result<String, Halt> {
        if kind == RequestKind::Create {
            return Ok(catalogue::directory(facts));
        }
        let mut conn = self.db().read().await?;
        let found = causeway_store::environments::find(&mut conn, request.environment_id).await?;
        Ok(found.map_or_else(|| catalogue::directory(facts), |e| e.directory))
    }

    async fn make_commit(&self, c: &mut Carrying) -> Result<Value, Halt> {
        let revision = self.revision(&c.request).await?;
        let mut conn = self.db().read().await?;
        let requester = people::find(&mut conn, c.request.requester_id).await?;
        drop(conn);
        let author =
            requester.map_or_else(|| self.config().bot.clone(), |p| Signature { name: p.name, email: p.email });
        let files: Files = from_json(&revision.files)?;
        let plan = CommitPlan {
            base: c.delivery.base_sha.clone().unwrap_or_default(),
            write: files,
            remove: from_json(&revision.removed)?,
            message: words::message(&c.request, &revision, &self.request_url(&c.request)),
            author,
            committer: self.config().bot.clone(),
            at: from_micros(c.delivery.started_at).timestamp(),
        };
        let commit = self.host().commit(&plan).await?;
        let detail = json!({ "commit": commit, "files_digest": revision.files_digest });
        c.delivery.head_sha = Some(commit);
        Ok(detail)
    }

    async fn push(&self, c: &mut Carrying) -> Result<Value, Halt> {
        let commit = c.delivery.head_sha.clone().unwrap_or_default();
        self.host().push(&c.delivery.branch, &commit).await?;
        Ok(json!({ "branch": c.delivery.branch, "commit": commit }))
    }

    async fn open(&self, c: &mut Carrying) -> Result<Value, Halt> {
        let revision = self.revision(&c.request).await?;
        let mut conn = self.db().read().await?;
        let requester = people::find(&mut conn, c.request.requester_id).await?;
        let evidence = evidence_of(&mut conn, &c.request).await?;
        drop(conn);
        let who = requester.as_ref().map_or("somebody", |p| p.name.as_str());
        let draft = PullRequestDraft {
            title: words::title(&c.request),
            description: words::description(&c.request, &revision, &evidence, who, &self.request_url(&c.request)),
            from_branch: c.delivery.branch.clone(),
            to_branch: c.delivery.target_branch.clone().unwrap_or_default(),
            requester_email: requester.map(|p| p.email).unwrap_or_default(),
        };
        let opened = self.host().open_pull_request(&draft).await?;
        let detail = json!({ "pull_request": opened.id, "url": opened.url, "commit": opened.head });
        c.delivery.pull_request_id = Some(opened.id);
        c.delivery.pull_request_url = Some(opened.url);
        c.delivery.pull_request_state = Some("OPEN".into());
        Ok(detail)
    }

    /// The status is SUCCESSFUL only while the branch holds the commit that was approved.
    async fn publish(&self, c: &mut Carrying) -> Result<Value, Halt> {
        let ours = c.delivery.head_sha.clone().unwrap_or_default();
        let head = self.host().head(&c.delivery.branch).await?.unwrap_or_else(|| ours.clone());
        let state = self.publish_for(c, &head).await?;
        Ok(json!({ "status": state, "commit": head }))
    }

    /// Publishes what is true of a head commit and notes it in the (not yet stored) row.
    pub(super) async fn publish_for(&self, c: &mut Carrying, head: &str) -> Result<&'static str, Halt> {
        let approved = c.delivery.head_sha.as_deref() == Some(head);
        let (state, word, description) = if approved {
            (
                BuildState::Successful,
                "SUCCESSFUL",
                format!("Request {} is approved for exactly this commit.", c.request.number),
            )
        } else {
            (BuildState::Failed, "FAILED", format!("Request {} was approved for another commit.", c.request.number))
        };
        let status = BuildStatus {
            key: STATUS_KEY.into(),
            state,
            name: "Causeway approval".into(),
            description,
            url: self.request_url(&c.request),
            branch: c.delivery.branch.clone(),
        };
        self.host().publish_status(head, &status).await?;
        c.delivery.status_state = Some(word.into());
        Ok(word)
    }

    /// Writes a done step: its time, its event and, after the pull request is open, the request's new state.
    async fn record(&self, step: Step, c: &mut Carrying, detail: Value) -> Result<(), Halt> {
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
        c.delivery.problem = None;
        let mut conn = self.db().begin().await?;
        let Some(mut request) = requests::lock(&mut conn, c.request.id).await? else { return Ok(()) };
        if let Some(stored) = deliveries::find(&mut conn, request.id).await?.filter(|d| step.done_at(d).is_some()) {
            // Another worker took over a lease that had run out and recorded the step; its row counts.
            c.delivery = stored;
            return Ok(());
        }
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
