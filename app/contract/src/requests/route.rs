//! Who must agree, and what they decided on which evidence.

use crate::{ids::*, people::*};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

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
