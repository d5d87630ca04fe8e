//! Requests, their route, their evidence and their delivery.

use crate::{Answers, FieldError, diff::FileDiff, form::Form, ids::*, money::Money, people::*, places::*};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

crate::places::words! {
    /// What is asked for.
    RequestKind { Create = "create" / "Create", Update = "update" / "Change", Delete = "delete" / "Delete" }
}

crate::places::words! {
    /// Where a request stands. The moves between them are `portal::requests`' to make; what a person may do in each is in [`crate::actions`].
    RequestState {
        /// A stage waits for a decision.
        Pending = "pending" / "Waiting for approval",
        /// An approver asked for changes; the requester's form is open again.
        ChangesRequested = "changes_requested" / "Changes asked for",
        /// Every stage is satisfied; delivery has not touched the outside yet.
        Approved = "approved" / "Approved",
        /// Branch, commit and pull request are being made.
        Delivering = "delivering" / "Opening pull request",
        /// The pull request is open in Bitbucket.
        InReview = "in_review" / "Pull request open",
        /// The pull request is merged; Terraform's runner applies it.
        Merged = "merged" / "Merged",
        Denied = "denied" / "Denied",
        Withdrawn = "withdrawn" / "Withdrawn",
        /// The pull request was declined, or deleted, in Bitbucket.
        Declined = "declined" / "Pull request declined",
        /// Delivery cannot go on without a person; the words are in [`DeliveryView::problem`], or, while a pull request
        /// is looked after, in [`DeliveryView::trouble`].
        Stuck = "stuck" / "Needs attention",
    }
}

impl RequestState {
    /// Nothing happens any more.
    pub fn is_final(self) -> bool {
        matches!(self, Self::Merged | Self::Denied | Self::Withdrawn | Self::Declined)
    }
}

crate::places::words! {
    /// What an approver says.
    Verdict { Approve = "approve" / "Approved", Deny = "deny" / "Denied", AskForChanges = "ask_for_changes" / "Asked for changes" }
}

crate::places::words! {
    StageState {
        /// An earlier stage is open.
        Waiting = "waiting" / "Waiting for the stage before",
        Open = "open" / "Waiting for a decision",
        Approved = "approved" / "Approved",
        Denied = "denied" / "Denied",
        /// The request ended, or was changed, before this stage decided.
        Void = "void" / "No longer needed",
    }
}

/// One row of a list of requests.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RequestSummary {
    pub id: RequestId,
    /// Counts up from 1; people say "request 42".
    pub number: i64,
    pub kind: RequestKind,
    pub state: RequestState,
    /// Name of the environment.
    pub environment: String,
    pub template: String,
    pub tier: Tier,
    pub cloud: Cloud,
    pub region: String,
    pub team: String,
    pub requester: PersonRef,
    pub price: Estimate,
    pub submitted_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
    /// Title of the open stage, while one waits.
    pub waiting_for: Option<String>,
}

/// Filters of the request list; all of them in the URL.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct RequestFilter {
    /// Part of an environment's name, or a request's number.
    #[serde(default)]
    pub q: String,
    #[serde(default)]
    pub state: Option<RequestState>,
    #[serde(default)]
    pub tier: Option<Tier>,
    #[serde(default)]
    pub team: Option<String>,
    /// Only what the viewer asked for.
    #[serde(default)]
    pub mine: bool,
    #[serde(default)]
    pub sort: RequestSort,
    #[serde(default)]
    pub after: Option<String>,
}

crate::places::words! {
    RequestSort { Newest = "newest" / "Newest first", Oldest = "oldest" / "Oldest first", PriceHigh = "price" / "Highest price first" }
}
#[expect(clippy::derivable_impls, reason = "the variants come out of a macro that knows no default")]
impl Default for RequestSort {
    fn default() -> Self {
        Self::Newest
    }
}

/// What it will cost a month at list price. An unknown price is counted in `unpriced`, never as 0.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Estimate {
    /// Sum of the priced lines; `None` when no line has a price.
    pub monthly: Option<Money>,
    /// Number of lines without a price.
    pub unpriced: u32,
    pub lines: Vec<PriceLine>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PriceLine {
    /// What it is, in words: `Database instance db.t3.small`.
    pub label: String,
    /// `730 hour`, `20 gb-month`.
    pub quantity: String,
    /// Price of one unit, exact.
    pub unit_price: Option<Money>,
    /// For a month (730 hours); `None`: unpriced.
    pub monthly: Option<Money>,
    /// Where the price comes from and of when it is, or why there is none.
    pub source: String,
}

/// One stage of a route as a page shows it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StageView {
    pub id: Option<StageId>,
    /// `Manager of payments`.
    pub title: String,
    pub state: StageState,
    /// How many different people must approve.
    pub needed: u32,
    /// People who could decide it now, known from their last sign-in, never the requester.
    pub deciders: Vec<PersonRef>,
    pub decisions: Vec<DecisionView>,
    /// Since when it waits.
    pub opened_at: Option<DateTime<Utc>>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DecisionView {
    pub person: PersonRef,
    pub verdict: Verdict,
    pub comment: String,
    /// Field of the form that changes are wished at.
    pub field: Option<String>,
    pub at: DateTime<Utc>,
    pub evidence: Evidence,
    /// The request's revision it was given on.
    pub revision: i64,
}

/// What an approval was given on. Digests are SHA-256 in lower-case hex.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// Of the request: template, commit, answers.
    pub request_digest: String,
    /// Of the rendered files: paths and contents.
    pub files_digest: String,
    /// Monthly estimate as text, or "unpriced".
    pub monthly: String,
    pub unpriced: u32,
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

/// A decision as it is sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewDecision {
    /// The request's revision that was on the screen.
    pub revision: i64,
    /// The stage that was open on the screen: a decision never counts for another.
    pub stage: StageId,
    pub verdict: Verdict,
    /// Needed for a denial and a wish.
    pub comment: String,
    /// Field of the form at which changes are wished.
    pub field: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conflict {
    pub message: String,
    /// Stops the submit; otherwise a warning.
    pub blocking: bool,
    pub field: Option<String>,
    pub request: Option<RequestId>,
}

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
    pub actions: Vec<(crate::actions::Action, Result<(), String>)>,
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

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tone {
    Good,
    Attention,
    Bad,
    Information,
}

impl RequestState {
    pub fn tone(self) -> Tone {
        match self {
            Self::Merged | Self::Approved => Tone::Good,
            Self::Pending | Self::ChangesRequested => Tone::Attention,
            Self::Denied | Self::Declined | Self::Stuck => Tone::Bad,
            Self::Delivering | Self::InReview | Self::Withdrawn => Tone::Information,
        }
    }
}

/// Home: what concerns me now.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HomeView {
    pub waiting_for_me: Vec<RequestSummary>,
    pub my_open: Vec<RequestSummary>,
    pub drafts: Vec<DraftSummary>,
    pub environments: Vec<crate::environments::EnvironmentSummary>,
}
