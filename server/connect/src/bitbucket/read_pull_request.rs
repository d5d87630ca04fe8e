//! Reading a pull request as it stands.

use super::{DataCenter, errors, wire::WirePullRequest};
use causeway_portal::delivery::host::{HostError, HostErrorKind, PullRequest, PullRequestState};
use serde_json::Value;

impl DataCenter {
    pub(super) async fn read(&self, id: i64) -> Result<PullRequest, HostError> {
        let number = id.to_string();
        let wire: WirePullRequest =
            self.api.get(&self.resource("api", &["pull-requests", &number]), &[]).await?.json()?;
        let mut found = self.understood(&wire)?;
        match found.state {
            PullRequestState::Open if wire.is_archived() => {
                let detail = format!("pull request {id} is open in {}, which is archived", self.name);
                return Err(errors::own(
                    HostErrorKind::Archived,
                    "The repository was archived while the pull request was open.",
                    detail,
                ));
            }
            PullRequestState::Open => found.conflicted = self.conflicted(&number).await?,
            PullRequestState::Merged if found.merge_commit.is_none() => {
                found.merge_commit = self.merged_by(&number).await?
            }
            PullRequestState::Merged | PullRequestState::Declined => {}
        }
        Ok(found)
    }

    /// The server's JSON in the portal's terms.
    pub(super) fn understood(&self, wire: &WirePullRequest) -> Result<PullRequest, HostError> {
        let page = self.page(&["pull-requests", &wire.id.to_string(), "overview"]);
        wire.plain(page.into()).ok_or_else(|| {
            let detail = format!("pull request {} of {} has the state {:?}", wire.id, self.name, wire.state);
            errors::own(HostErrorKind::Refused, "The pull request is in a state that Causeway does not know.", detail)
        })
    }

    /// Whether merging would conflict; `None` where the server does not say.
    async fn conflicted(&self, number: &str) -> Result<Option<bool>, HostError> {
        let told: Result<Value, _> =
            match self.api.get(&self.resource("api", &["pull-requests", number, "merge"]), &[]).await {
                Ok(answer) => answer.json(),
                Err(failure) => Err(failure),
            };
        match told {
            Ok(told) => Ok(match (told["outcome"].as_str(), told["conflicted"].as_bool()) {
                (Some("CONFLICTED"), _) | (_, Some(true)) => Some(true),
                (Some("UNKNOWN"), _) => None,
                (_, says) => says,
            }),
            // Asked to slow down or away: the next look tells. Closed since, or not allowed: it is not known.
            Err(failure) => match failure.error.kind {
                HostErrorKind::Retry { .. } => Err(failure.error),
                _ => Ok(None),
            },
        }
    }

    /// The commit of the merge, from the activities: not every server puts it beside the pull request.
    async fn merged_by(&self, number: &str) -> Result<Option<String>, HostError> {
        let pick = |activity: &Value| {
            (activity["action"] == "MERGED").then(|| activity["commit"]["id"].as_str().map(str::to_owned)).flatten()
        };
        match self.api.find(&self.resource("api", &["pull-requests", number, "activities"]), &[], pick).await {
            Ok(found) => Ok(found),
            Err(failure) if matches!(failure.error.kind, HostErrorKind::Retry { .. }) => Err(failure.error),
            Err(_) => Ok(None),
        }
    }
}
