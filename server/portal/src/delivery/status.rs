//! The build status on a head: SUCCESSFUL only while what would be merged is what was approved.

use super::{
    STATUS_KEY,
    carry::{Carrying, Halt},
    host::{BuildState, BuildStatus, HostErrorKind},
};
use crate::Portal;
use serde_json::{Value, json};

/// What the status says of a commit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Says {
    Approved,
    OtherCommit,
    OtherBranch,
    Closed,
}

impl Says {
    pub(super) fn word(self) -> &'static str {
        if self == Says::Approved { "SUCCESSFUL" } else { "FAILED" }
    }
}

impl Portal {
    pub(super) async fn publish(&self, c: &mut Carrying) -> Result<Value, Halt> {
        let ours = c.delivery.head_sha.clone().unwrap_or_default();
        let head = self.host().head(&c.delivery.branch).await?.unwrap_or_else(|| ours.clone());
        let says = match c.delivery.pull_request_state.as_deref() {
            Some("DECLINED") => Says::Closed,
            _ if head == ours => Says::Approved,
            _ => Says::OtherCommit,
        };
        self.say(c, &head, says).await?;
        Ok(json!({ "status": says.word(), "commit": head }))
    }

    /// Publishes it and notes it in the (not yet stored) row.
    pub(super) async fn say(&self, c: &mut Carrying, commit: &str, says: Says) -> Result<(), Halt> {
        let number = c.request.number;
        let description = match says {
            Says::Approved => format!("Request {number} is approved for exactly this commit."),
            Says::OtherCommit => format!("Request {number} was approved for another commit."),
            Says::OtherBranch => {
                let target = c.delivery.target_branch.as_deref().unwrap_or_default();
                format!("Request {number} was approved for a merge into {target}.")
            }
            Says::Closed => format!("Request {number} is closed."),
        };
        let status = BuildStatus {
            key: STATUS_KEY.into(),
            state: if says == Says::Approved { BuildState::Successful } else { BuildState::Failed },
            name: "Causeway approval".into(),
            description,
            url: self.request_url(&c.request),
            branch: c.delivery.branch.clone(),
        };
        self.host().publish_status(commit, &status).await?;
        c.delivery.status_state = Some(says.word().into());
        Ok(())
    }

    /// Nothing of the request may be merged any more: not by reopening the pull request, nor through another one.
    pub(super) async fn close_status(&self, c: &mut Carrying, head: Option<&str>) -> Result<(), Halt> {
        let ours = c.delivery.head_sha.clone();
        let mut commits: Vec<&str> = ours.as_deref().into_iter().chain(head).filter(|c| !c.is_empty()).collect();
        commits.dedup();
        for commit in commits {
            match self.say(c, commit, Says::Closed).await {
                // A commit that is not there cannot be merged.
                Err(Halt::Stuck { error, .. }) if error.kind == HostErrorKind::NotFound => {}
                said => said?,
            }
        }
        Ok(())
    }
}
