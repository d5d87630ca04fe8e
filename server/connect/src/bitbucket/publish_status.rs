//! Publishing a build status on a commit, where it does not stand already.

use super::{DataCenter, check_commit, errors};
use crate::git::check_branch;
use causeway_portal::delivery::host::{BuildState, BuildStatus, HostError, HostErrorKind};
use serde_json::{Value, json};

const KEY: usize = 255;
const URL: usize = 450;
const TEXT: usize = 255;

impl DataCenter {
    pub(super) async fn publish(&self, commit: &str, status: &BuildStatus) -> Result<(), HostError> {
        check_commit(commit)?;
        check_branch(&status.branch)?;
        if status.key.trim().is_empty() || status.key.chars().count() > KEY {
            let detail = format!("build status key of {} characters", status.key.chars().count());
            return Err(errors::own(
                HostErrorKind::Refused,
                "The key of the build status must have 1 to 255 characters.",
                detail,
            ));
        }
        // A cut address would lead nowhere.
        if status.url.is_empty() || status.url.chars().count() > URL {
            let detail = format!("build status URL of {} characters", status.url.chars().count());
            return Err(errors::own(
                HostErrorKind::Refused,
                "Causeway's public address is too long for Bitbucket: at most 450 characters fit.",
                detail,
            ));
        }
        let cut = |text: &str| text.chars().take(TEXT).collect::<String>();
        let state = match status.state {
            BuildState::InProgress => "INPROGRESS",
            BuildState::Successful => "SUCCESSFUL",
            BuildState::Failed => "FAILED",
        };
        let wanted = json!({
            "key": status.key,
            "state": state,
            "url": status.url,
            "name": cut(&status.name),
            "description": cut(&status.description),
            // Required builds are matched by the parent, not by the key.
            "parent": status.key,
            "ref": format!("refs/heads/{}", status.branch),
        });
        if self.stands(commit, &wanted).await? {
            return Ok(());
        }
        self.api.post(&self.resource("api", &["commits", commit, "builds"]), &wanted).await?;
        Ok(())
    }

    /// Whether the commit has the status already, word for word.
    async fn stands(&self, commit: &str, wanted: &Value) -> Result<bool, HostError> {
        let key = wanted["key"].as_str().unwrap_or_default();
        let found = self.api.get(&self.resource("api", &["commits", commit, "builds"]), &[("key", key)]).await;
        let told: Value = match found.and_then(|answer| answer.json()) {
            Ok(told) => told,
            Err(failure) if matches!(failure.error.kind, HostErrorKind::Retry { .. }) => return Err(failure.error),
            // None yet, or it may not be read: the write tells.
            Err(_) => return Ok(false),
        };
        Ok(wanted.as_object().is_some_and(|wanted| wanted.iter().all(|(name, value)| told[name] == *value)))
    }
}
