//! What webhooks are told.
//!
//! To add an event: its key in `world/hook.rs`, a constructor here, its body in `body.rs`.

mod body;
mod dates;
mod deliver;
mod sign;

pub(crate) use deliver::Sender;

use crate::bitbucket::world::{Comment, PullRequest};

/// A ref before and after.
#[derive(Clone, Debug)]
pub(crate) struct RefChange {
    /// Full name.
    pub name: String,
    pub old: Option<String>,
    pub new: Option<String>,
}

/// Something that happened, as it was when it happened.
#[derive(Clone, Debug)]
pub(crate) enum Event {
    Refs(Vec<RefChange>),
    PullRequest(Box<OfPullRequest>),
}

#[derive(Clone, Debug)]
pub(crate) struct OfPullRequest {
    key: &'static str,
    pull_request: PullRequest,
    /// Head of the source before.
    previous: Option<String>,
    comment: Option<Comment>,
    /// Who reviewed, and what they said before.
    reviewed: Option<(String, &'static str)>,
}

impl Event {
    pub(crate) fn refs(changes: Vec<RefChange>) -> Self {
        Self::Refs(changes)
    }

    pub(crate) fn pull_request(key: &'static str, pull_request: &PullRequest) -> Self {
        Self::PullRequest(Box::new(OfPullRequest::new(key, pull_request)))
    }

    pub(crate) fn from_ref_updated(pull_request: &PullRequest, previous: &str) -> Self {
        let event = OfPullRequest::new("pr:from_ref_updated", pull_request);
        Self::PullRequest(Box::new(OfPullRequest { previous: Some(previous.into()), ..event }))
    }

    pub(crate) fn commented(key: &'static str, pull_request: &PullRequest, comment: &Comment) -> Self {
        let event = OfPullRequest::new(key, pull_request);
        Self::PullRequest(Box::new(OfPullRequest { comment: Some(comment.clone()), ..event }))
    }

    pub(crate) fn reviewed(
        key: &'static str,
        pull_request: &PullRequest,
        reviewer: &str,
        before: &'static str,
    ) -> Self {
        let event = OfPullRequest::new(key, pull_request);
        Self::PullRequest(Box::new(OfPullRequest { reviewed: Some((reviewer.into(), before)), ..event }))
    }

    pub(crate) fn key(&self) -> &'static str {
        match self {
            Event::Refs(_) => "repo:refs_changed",
            Event::PullRequest(event) => event.key,
        }
    }
}

impl OfPullRequest {
    fn new(key: &'static str, pull_request: &PullRequest) -> Self {
        Self { key, pull_request: pull_request.clone(), previous: None, comment: None, reviewed: None }
    }
}
