//! The page of one request: everything on it, its delivery and its timeline.

use super::{Evidence, RequestSummary, StageView, Tone};
use crate::{Answers, actions::Action, diff::FileDiff, form::Form, ids::*};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// Everything on the page of one request.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RequestView {
    pub summary: RequestSummary,
    pub template_title: String,
    /// Catalogue commit the request is pinned to.
    pub commit: String,
    /// Counts up when the requester changes it after "ask for changes".
    pub revision: i64,
    pub cost_centre: String,
    pub justification: String,
    pub form: Form,
    pub answers: Answers,
    pub files: Vec<FileDiff>,
    pub tags: Vec<(String, String)>,
    pub stages: Vec<StageView>,
    pub no_stage_reason: Option<String>,
    pub evidence: Evidence,
    pub delivery: Option<DeliveryView>,
    pub timeline: Vec<TimelineEntry>,
    pub environment_id: Option<EnvironmentId>,
    /// Earlier requests on the same environment, newest first, at most 10.
    pub history: Vec<RequestSummary>,
    /// What the viewer may do here, and why not where not; the order of [`crate::actions::Action::ALL`].
    pub actions: Vec<(Action, Result<(), String>)>,
    /// The draft to go on with, for the requester after "ask for changes".
    pub draft: Option<DraftId>,
    /// Sequence number of the newest event shown: the event stream resumes after it.
    pub cursor: i64,
}

/// How far carrying it out has come.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DeliveryView {
    pub repository: String,
    pub branch: String,
    pub commit: Option<String>,
    pub pull_request: Option<PullRequestView>,
    /// State of the build status `causeway/approval` on the head, as last published.
    pub approval_status: Option<String>,
    /// What is wrong with the delivery or its pull request, and what to do next, in words.
    pub problem: Option<String>,
    /// Why Causeway cannot get on or look for the moment, in words. It tries again by itself.
    pub trouble: Option<String>,
    /// Steps in order with when each was done.
    pub steps: Vec<(String, Option<DateTime<Utc>>)>,
    pub checked_at: Option<DateTime<Utc>>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PullRequestView {
    pub id: i64,
    pub url: String,
    /// `OPEN`, `MERGED`, `DECLINED`, `DELETED`.
    pub state: String,
    pub merge_commit: Option<String>,
}

/// One line of the timeline, oldest first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TimelineEntry {
    /// Sequence number of the audit event.
    pub seq: i64,
    pub at: DateTime<Utc>,
    /// Person's name, or `Causeway`, or `Bitbucket`.
    pub actor: String,
    /// A sentence without its subject: `approved "Manager of payments"`.
    pub what: String,
    pub comment: Option<String>,
    /// `good`, `bad`, `attention` or `information`.
    pub tone: Tone,
    /// Digest of the files it was given on, for decisions.
    pub evidence: Option<Evidence>,
    pub link: Option<String>,
}
