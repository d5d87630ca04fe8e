//! Drafts: the form, what will happen, and the submit.

use super::{Estimate, RequestKind, StageView};
use crate::{Answers, FieldError, diff::FileDiff, form::Form, ids::*, people::*};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// A draft with all the form needs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DraftView {
    pub id: DraftId,
    pub kind: RequestKind,
    pub template: String,
    pub template_title: String,
    pub commit: String,
    pub form: Form,
    pub answers: Answers,
    /// Counts up with each save; a save that is older than what is stored is refused.
    pub version: i64,
    pub saved_at: DateTime<Utc>,
    /// Teams the person may request for.
    pub teams: Vec<String>,
    /// The request this draft changes, after "ask for changes".
    pub reopens: Option<ReopenedRequest>,
    pub check: DraftCheck,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ReopenedRequest {
    pub id: RequestId,
    pub number: i64,
    pub asked_by: PersonRef,
    pub comment: String,
    pub field: Option<String>,
}

/// What the server thinks of a draft as it stands.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DraftCheck {
    pub version: i64,
    pub saved_at: DateTime<Utc>,
    pub errors: Vec<FieldError>,
    pub preview: Preview,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DraftSummary {
    pub id: DraftId,
    pub template: String,
    pub template_title: String,
    pub environment: String,
    pub saved_at: DateTime<Utc>,
}

/// "What will happen": shown before submit and on the decision screen.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Preview {
    pub files: Vec<FileDiff>,
    pub stages: Vec<StageView>,
    /// Said instead of stages when nobody needs to agree.
    pub no_stage_reason: Option<String>,
    pub price: Estimate,
    pub tags: Vec<(String, String)>,
    pub conflicts: Vec<Conflict>,
    /// Branch that would be made.
    pub branch: String,
    /// Repository, `PROJECT/slug`.
    pub repository: String,
    /// Reviewers Bitbucket would add etc. is unknown before the pull request: set when files could not be rendered, in words.
    pub problem: Option<String>,
    /// Of all that is shown here, SHA-256 in lower-case hex: a submit carries it, and is refused when something else would
    /// happen by then. Empty while nothing can be shown.
    pub digest: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conflict {
    pub message: String,
    /// Stops the submit; otherwise a warning.
    pub blocking: bool,
    pub field: Option<String>,
    pub request: Option<RequestId>,
}

/// A draft as it is submitted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Submission {
    /// The draft's version that the page has.
    pub version: i64,
    /// Answers that are not saved yet; usually none.
    pub answers: Answers,
    /// [`Preview::digest`] of what the person looked at. Empty: they have not looked.
    pub seen: String,
}
