//! What delivery needs from the place where the repository lives. `connect` implements it for Bitbucket Data Center.
//!
//! To add a host: implement [`CodeHost`], keep to the error kinds, run the suite in `connect/tests`.

use futures::future::BoxFuture;
use std::{collections::BTreeMap, time::Duration};

pub type HostFuture<'a, T> = BoxFuture<'a, Result<T, HostError>>;

/// Path from the repository's root to the file's text.
pub type Files = BTreeMap<String, String>;

/// The repository that environments live in, behind one credential.
///
/// Every method is safe to call again after a crash: asked twice, it does the thing once.
pub trait CodeHost: Send + Sync {
    /// `PROJECT/slug`, as people say it.
    fn repository(&self) -> &str;

    /// Where a person sees `path` at the default branch.
    fn browse_url(&self, path: &str) -> String;

    /// Fetches the default branch into the local mirror and returns where it stands.
    fn tip(&self) -> HostFuture<'_, Tip>;

    /// The default branch as of the last [`CodeHost::tip`], without speaking to the host; `None` before the first.
    fn known_tip(&self) -> HostFuture<'_, Option<Tip>>;

    /// Files below `directory` at `commit`, from the mirror (never from the network). Empty when the directory is not there.
    fn files<'a>(&'a self, commit: &'a str, directory: &'a str) -> HostFuture<'a, Files>;

    /// Writes the commit into the mirror. The same plan gives the same commit id, always.
    fn commit<'a>(&'a self, plan: &'a CommitPlan) -> HostFuture<'a, String>;

    /// Pushes `commit` as a new branch. Done already: fine. The branch holds another commit: [`HostErrorKind::Moved`].
    fn push<'a>(&'a self, branch: &'a str, commit: &'a str) -> HostFuture<'a, ()>;

    /// Commit at the head of a branch on the host; `None` when the branch is not there.
    fn head<'a>(&'a self, branch: &'a str) -> HostFuture<'a, Option<String>>;

    /// Opens the pull request, with the repository's default reviewers. There is one from this branch already, open, or closed
    /// with this commit: returns that.
    fn open_pull_request<'a>(&'a self, draft: &'a PullRequestDraft) -> HostFuture<'a, PullRequest>;

    /// The pull request as it stands now.
    fn pull_request(&self, id: i64) -> HostFuture<'_, PullRequest>;

    /// Publishes or replaces a build status on a commit. Stands there already: fine.
    fn publish_status<'a>(&'a self, commit: &'a str, status: &'a BuildStatus) -> HostFuture<'a, ()>;

    /// Read-only checks for `check-config --online`, in the order a person would fix them.
    fn probe(&self) -> BoxFuture<'_, Vec<Probe>>;
}

/// Where the default branch stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tip {
    /// Without `refs/heads/`.
    pub branch: String,
    /// Full commit id.
    pub commit: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommitPlan {
    /// Full id of the parent.
    pub base: String,
    /// Files to write, from the repository's root.
    pub write: Files,
    /// Files to remove, from the repository's root.
    pub remove: Vec<String>,
    /// Subject, blank line, body, trailers.
    pub message: String,
    /// The requester.
    pub author: Signature,
    /// The bot.
    pub committer: Signature,
    /// Author and committer date, Unix seconds: fixed at approval, so that the commit id is too.
    pub at: i64,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signature {
    pub name: String,
    pub email: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PullRequestDraft {
    pub title: String,
    /// Markdown, at most 32,767 characters.
    pub description: String,
    pub from_branch: String,
    pub to_branch: String,
    /// The commit that the branch was pushed at: how one that was closed already is known again.
    pub commit: String,
    /// The requester's e-mail: left out of the reviewers, who would otherwise review themselves.
    pub requester_email: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PullRequestState {
    Open,
    Merged,
    Declined,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PullRequest {
    pub id: i64,
    pub url: String,
    pub state: PullRequestState,
    /// Head of the source branch as the pull request sees it.
    pub head: String,
    /// Branch that it would be merged into, without `refs/heads/`. Empty: the host did not say.
    pub target: String,
    /// Present once merged, where the host tells it.
    pub merge_commit: Option<String>,
    /// The host found that it cannot be merged for conflicts. `None`: it did not say.
    pub conflicted: Option<bool>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BuildState {
    InProgress,
    Successful,
    Failed,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BuildStatus {
    /// `causeway/approval`.
    pub key: String,
    pub state: BuildState,
    pub name: String,
    pub description: String,
    /// Page of the request.
    pub url: String,
    /// Branch without `refs/heads/`: the host shows a status in its lists only with it.
    pub branch: String,
}

/// One finding of [`CodeHost::probe`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Probe {
    pub what: String,
    /// What was found, or what to change.
    pub result: Result<String, String>,
}

/// What went wrong, sorted by what to do about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HostErrorKind {
    /// Away, slow, overloaded or changed under our hands: try again, after the time the host asked for.
    Retry { after: Option<Duration> },
    /// The credential is refused or lacks a permission. A person must change configuration.
    Denied,
    /// Repository, branch or commit is not there, or may not be seen.
    NotFound,
    /// The pull request was deleted: the host names it as not there.
    Gone,
    /// The branch holds a commit that is not ours.
    Moved,
    /// The repository is archived or read-only.
    Archived,
    /// There is nothing to change: the files are on the default branch already.
    Empty,
    /// Refused for a reason that trying again cannot cure.
    Refused,
}

/// `message` is for the person on the page; `detail` for the log (never holds a credential).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message} ({detail})")]
pub struct HostError {
    pub kind: HostErrorKind,
    pub message: String,
    pub detail: String,
}

impl HostError {
    pub fn new(kind: HostErrorKind, message: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { kind, message: message.into(), detail: detail.into() }
    }
}
