//! Making what stands in the repository: the commit, the branch, the pull request.

use super::{
    carry::{Carrying, Halt},
    host::{CommitPlan, Files, HostError, HostErrorKind, PullRequestDraft, PullRequestState, Signature},
    words,
};
use crate::{
    Portal, catalogue,
    portal::{from_json, word},
    requests::evidence_of,
};
use causeway_contract::requests::RequestKind;
use causeway_store::{environments, from_micros, people, requests};
use serde_json::{Value, json};

const CHANGED: &str = "Withdraw this request and clone it: the new one is made on the newest files. Or have the folder put back as it was, \
    and try delivery again.";

impl Portal {
    /// Fixes the commit to build upon, while the folder holds what the approval was given on.
    pub(super) async fn prepare(&self, c: &mut Carrying) -> Result<Value, Halt> {
        let tip = self.host().tip().await?;
        let revision = self.revision(&c.request).await?;
        let facts: catalogue::Facts = from_json(&revision.facts)?;
        let kind: RequestKind = word(&c.request.kind)?;
        let directory = self.directory(&c.request, &facts, kind).await?;
        let now = self.host().files(&tip.commit, &directory).await?;
        if catalogue::files_digest(&now) != revision.base_digest {
            let message = format!(
                "The files in {directory} on {} are not those the approval was given on: somebody changed them since.",
                tip.branch
            );
            let error = HostError::new(HostErrorKind::Refused, message, "base digest differs");
            return Err(Halt::Stuck { error, next: Some(CHANGED) });
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
        let found = environments::find(&mut conn, request.environment_id).await?;
        Ok(found.map_or_else(|| catalogue::directory(facts), |e| e.directory))
    }

    pub(super) async fn make_commit(&self, c: &mut Carrying) -> Result<Value, Halt> {
        let (plan, files_digest) = self.plan(c).await?;
        let commit = self.host().commit(&plan).await?;
        let detail = json!({ "commit": commit, "files_digest": files_digest });
        c.delivery.head_sha = Some(commit);
        Ok(detail)
    }

    /// The commit to make, the same each time, and the digest of its files.
    async fn plan(&self, c: &Carrying) -> Result<(CommitPlan, String), Halt> {
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
        Ok((plan, revision.files_digest))
    }

    /// The commit may have been made by another process, into a mirror that is not here: it is made again and has the same id.
    /// A person who was renamed since gives another id; nothing is pushed yet then, so that one counts.
    pub(super) async fn push(&self, c: &mut Carrying) -> Result<Value, Halt> {
        let branch = c.delivery.branch.clone();
        let recorded = c.delivery.head_sha.clone().unwrap_or_default();
        let commit = if self.host().head(&branch).await?.as_deref() == Some(recorded.as_str()) {
            recorded
        } else {
            let (plan, _) = self.plan(c).await?;
            let commit = self.host().commit(&plan).await?;
            self.host().push(&branch, &commit).await?;
            commit
        };
        let detail = json!({ "branch": branch, "commit": commit });
        c.delivery.head_sha = Some(commit);
        Ok(detail)
    }

    pub(super) async fn open(&self, c: &mut Carrying) -> Result<Value, Halt> {
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
            commit: c.delivery.head_sha.clone().unwrap_or_default(),
            requester_email: requester.map(|p| p.email).unwrap_or_default(),
        };
        let opened = self.host().open_pull_request(&draft).await?;
        let detail = json!({ "pull_request": opened.id, "url": opened.url, "commit": opened.head });
        c.delivery.pull_request_id = Some(opened.id);
        c.delivery.pull_request_url = Some(opened.url);
        // Somebody may have closed it before a process that was killed could note that it is open.
        let state = match opened.state {
            PullRequestState::Open => "OPEN",
            PullRequestState::Merged => "MERGED",
            PullRequestState::Declined => "DECLINED",
        };
        c.delivery.pull_request_state = Some(state.into());
        Ok(detail)
    }
}
