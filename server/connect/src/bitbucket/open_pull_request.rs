//! Opening a pull request, once.

use super::{
    DataCenter,
    api::Answer,
    errors::{self, Failure},
    reviewers::{self, Own},
    wire::{WirePullRequest, WireRepository},
};
use crate::git::check_branch;
use causeway_portal::delivery::host::{HostError, HostErrorKind, PullRequest, PullRequestDraft};
use serde_json::{Value, json};

const TITLE: usize = 255;
const DESCRIPTION: usize = 32_767;
/// All default reviewers, those that are valid, nobody.
const ATTEMPTS: usize = 3;

impl DataCenter {
    pub(super) async fn open(&self, draft: &PullRequestDraft) -> Result<PullRequest, HostError> {
        check_branch(&draft.from_branch)?;
        check_branch(&draft.to_branch)?;
        if let Some(known) = self.known_from(draft).await? {
            return Ok(known);
        }
        let answer = self.api.get(&self.resource("api", &[]), &[]).await?;
        let repository: WireRepository = answer.json()?;
        if repository.archived == Some(true) {
            return Err(self.archived());
        }
        let mut reviewers = match repository.id {
            Some(id) => self.reviewers(draft, id, &own(&answer)).await?,
            None => Vec::new(),
        };
        for _ in 0..ATTEMPTS {
            let failure = match self.create(draft, &reviewers).await {
                Ok(created) => return self.understood(&created),
                Err(failure) => failure,
            };
            if let Some(reported) =
                failure.named("InvalidPullRequestReviewersException").filter(|_| !reviewers.is_empty())
            {
                tracing::warn!(
                    said = reported.message,
                    "Bitbucket refuses some of the default reviewers: going on without them"
                );
                reviewers = reviewers::valid(&reported.entry, &reviewers);
                continue;
            }
            return self.settle(draft, failure).await;
        }
        Err(errors::own(
            HostErrorKind::Refused,
            "Bitbucket does not accept the reviewers.",
            format!("{} refused twice", self.name),
        ))
    }

    async fn create(&self, draft: &PullRequestDraft, reviewers: &[String]) -> Result<WirePullRequest, Failure> {
        let end = |branch: &str| {
            json!({
                "id": format!("refs/heads/{branch}"),
                "repository": { "slug": self.slug, "project": { "key": self.project } },
            })
        };
        let reviewers: Vec<Value> = reviewers.iter().map(|name| json!({ "user": { "name": name } })).collect();
        let body = json!({
            "title": draft.title.chars().take(TITLE).collect::<String>(),
            "description": draft.description.chars().take(DESCRIPTION).collect::<String>(),
            "fromRef": end(&draft.from_branch),
            "toRef": end(&draft.to_branch),
            "reviewers": reviewers,
        });
        self.api.post(&self.resource("api", &["pull-requests"]), &body).await?.json()
    }

    /// A refusal that may be no failure at all: it is open already, or the reason must be looked up.
    async fn settle(&self, draft: &PullRequestDraft, failure: Failure) -> Result<PullRequest, HostError> {
        if let Some(reported) = failure.named("DuplicatePullRequestException") {
            let existing =
                serde_json::from_value::<WirePullRequest>(reported.entry["existingPullRequest"].clone()).ok();
            if let Some(existing) = existing.filter(|e| e.is_open() && e.joins(&from(draft), &to(draft))) {
                return self.understood(&existing);
            }
            if let Some(open) = self.known_from(draft).await? {
                return Ok(open);
            }
        }
        // The specification gives an archived repository no exception of its own.
        if failure.status == 409 && failure.error.kind == HostErrorKind::Refused {
            return Err(self.or_archived(failure.error).await);
        }
        Err(failure.error)
    }

    /// The pull request from this branch of this repository into that one: the open one, or the newest that was closed with the
    /// commit that this one would have. A process that was killed may have opened it, and a person closed it since.
    async fn known_from(&self, draft: &PullRequestDraft) -> Result<Option<PullRequest>, HostError> {
        let (from, to) = (from(draft), to(draft));
        let query = [("state", "ALL"), ("direction", "OUTGOING"), ("at", from.as_str()), ("order", "NEWEST")];
        let mut closed = None;
        let pick = |value: &Value| {
            let wire = serde_json::from_value::<WirePullRequest>(value.clone()).ok()?;
            let here = wire.from_ref.as_ref().and_then(|r| r.repository.as_ref()).is_none_or(|r| self.is_this(r));
            if !here || !wire.joins(&from, &to) {
                return None;
            }
            if wire.is_open() {
                return Some(wire);
            }
            if closed.is_none() && wire.is_at(&draft.commit) {
                closed = Some(wire);
            }
            None
        };
        let open = self.api.find(&self.resource("api", &["pull-requests"]), &query, pick).await?;
        open.or(closed).map(|wire| self.understood(&wire)).transpose()
    }

    fn is_this(&self, repository: &WireRepository) -> bool {
        let is = |told: Option<&str>, own: &str| told.is_none_or(|t| t.eq_ignore_ascii_case(own));
        is(repository.slug.as_deref(), &self.slug)
            && is(repository.project.as_ref().and_then(|p| p["key"].as_str()), &self.project)
    }

    fn archived(&self) -> HostError {
        errors::own(
            HostErrorKind::Archived,
            "The repository is archived: it takes no changes.",
            format!("{} is archived", self.name),
        )
    }

    /// Neither git nor every refusal tells that a repository is archived: the repository itself does. Any other error stays.
    pub(super) async fn or_archived(&self, error: HostError) -> HostError {
        if matches!(error.kind, HostErrorKind::Retry { .. } | HostErrorKind::Moved) {
            return error;
        }
        let told = self.api.get(&self.resource("api", &[]), &[]).await.and_then(|answer| answer.json());
        match told {
            Ok(WireRepository { archived: Some(true), .. }) => self.archived(),
            _ => error,
        }
    }
}

fn from(draft: &PullRequestDraft) -> String {
    format!("refs/heads/{}", draft.from_branch)
}

fn to(draft: &PullRequestDraft) -> String {
    format!("refs/heads/{}", draft.to_branch)
}

/// The account behind the credential, as the server names it beside every answer.
fn own(answer: &Answer) -> Own {
    Own { id: answer.header("X-AUSERID").and_then(|id| id.parse().ok()), name: super::probe::user_name(answer) }
}
