//! Pull requests.

use super::Comment;
use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub(crate) enum State {
    Open,
    Merged,
    Declined,
}

impl State {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            State::Open => "OPEN",
            State::Merged => "MERGED",
            State::Declined => "DECLINED",
        }
    }

    pub(crate) fn label(self) -> &'static str {
        match self {
            State::Open => "Open",
            State::Merged => "Merged",
            State::Declined => "Declined",
        }
    }
}

/// One end of a pull request.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Side {
    /// `refs/heads/main`
    pub id: String,
    /// Commit at its head; after the pull request was closed, the last one it saw.
    pub commit: String,
}

impl Side {
    pub(crate) fn name(&self) -> &str {
        self.id.strip_prefix("refs/heads/").unwrap_or(&self.id)
    }
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct PullRequest {
    pub id: u64,
    /// Grows with every change by a person, not with pushes.
    pub version: u64,
    pub title: String,
    pub description: Option<String>,
    pub state: State,
    pub draft: bool,
    pub created: i64,
    pub updated: i64,
    pub closed: Option<i64>,
    pub from: Side,
    pub to: Side,
    /// User name.
    pub author: String,
    pub reviewers: Vec<Participant>,
    /// Who took part without being asked.
    pub participants: Vec<Participant>,
    pub merge_commit: Option<String>,
    /// Oldest first.
    pub activities: Vec<Activity>,
    pub comments: Vec<Comment>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum Review {
    Unapproved,
    NeedsWork,
    Approved,
}

impl Review {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Review::Unapproved => "UNAPPROVED",
            Review::NeedsWork => "NEEDS_WORK",
            Review::Approved => "APPROVED",
        }
    }

    pub(crate) fn parse(text: &str) -> Option<Self> {
        [Review::Unapproved, Review::NeedsWork, Review::Approved].into_iter().find(|r| r.as_str() == text)
    }
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Participant {
    pub user: String,
    pub status: Review,
    pub last_reviewed: Option<String>,
}

impl Participant {
    pub(crate) fn new(user: &str) -> Self {
        Self { user: user.into(), status: Review::Unapproved, last_reviewed: None }
    }
}

/// One line of a pull request's history.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Activity {
    pub id: u64,
    pub created: i64,
    pub user: String,
    /// `OPENED`, `RESCOPED`, `MERGED`, …
    pub action: String,
    pub comment: Option<u64>,
    /// Old and new head of the source, then of the target, where the action moved them.
    pub moved: Option<[String; 4]>,
    pub commit: Option<String>,
    #[serde(default)]
    pub added: Vec<String>,
    #[serde(default)]
    pub removed: Vec<String>,
}

impl PullRequest {
    pub(crate) fn is_open(&self) -> bool {
        self.state == State::Open
    }

    /// A person changed it.
    pub(crate) fn touch(&mut self, now: i64) {
        self.version += 1;
        self.updated = now;
    }

    pub(crate) fn close(&mut self, state: State, now: i64) {
        self.state = state;
        self.closed = Some(now);
        self.touch(now);
    }
}
