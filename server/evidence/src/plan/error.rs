//! Why a text is not a plan that a decision can be made on, and what to do.

use crate::json::JsonError;
use std::fmt;

/// Each is a sentence for the person who delivers plans to Causeway.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PlanError {
    /// Not JSON, or beyond the limits.
    Json(JsonError),
    /// Terraform's plan file itself.
    PlanFile,
    /// The log that `terraform plan -json` prints.
    Log,
    /// A state, not a plan.
    State,
    /// JSON of some other kind.
    NotAPlan,
    /// No `configuration` section: somebody cut it out.
    NoConfiguration,
    /// `format_version` other than 1.x.
    Version(String),
    /// Terraform could not finish planning.
    Errored,
    /// Made with `-target` or the like: what it leaves out would be changed by the next plan.
    Incomplete,
    /// How many changes or actions are put off to a later plan.
    Deferred(usize),
    /// A combination of actions that this version does not know.
    UnknownAction { address: String, actions: String },
    /// Two changes of one object.
    Twice(String),
    /// Where, and what was expected there.
    Malformed { at: String, expected: &'static str },
}

impl From<JsonError> for PlanError {
    fn from(error: JsonError) -> Self {
        Self::Json(error)
    }
}

impl fmt::Display for PlanError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let show = "give what terraform show -json prints for the plan file";
        match self {
            Self::Json(e @ JsonError::Syntax { .. }) => write!(f, "The plan is not JSON ({e}): {show}."),
            Self::Json(e @ JsonError::Trailing { .. }) => {
                write!(f, "The plan is more than one JSON value ({e}): {show}.")
            }
            Self::Json(e) => write!(f, "The plan is too big to be read: {e}. Split the Terraform directory."),
            Self::PlanFile => write!(f, "This is Terraform's plan file, which only Terraform reads: {show}."),
            Self::Log => write!(f, "This is the log of terraform plan -json, not the plan: {show}."),
            Self::State => write!(f, "This is a state, not a plan: {show}."),
            Self::NotAPlan => write!(f, "This is JSON, but not a Terraform plan: {show}."),
            Self::NoConfiguration => {
                write!(f, "The plan has no configuration section, which says where providers act: {show}, uncut.")
            }
            Self::Version(version) => write!(
                f,
                "The plan has format {version:?}; formats 1.x are read. Plan with Terraform 1.1 or later of the 1.x line."
            ),
            Self::Errored => {
                write!(f, "Terraform could not finish this plan. Correct what it reported and plan again.")
            }
            Self::Incomplete => write!(
                f,
                "The plan leaves out part of the configuration (-target, -exclude or deferred changes). Plan everything."
            ),
            Self::Deferred(count) => write!(
                f,
                "The plan puts off {count} of its changes to a later plan, so nobody can see them yet. Apply what they wait for first, as a request of its own."
            ),
            Self::UnknownAction { address, actions } => {
                write!(f, "The plan asks for {actions} on {address}, which this version of Causeway does not know.")
            }
            Self::Twice(address) => write!(f, "The plan has two changes of {address}: {show}."),
            Self::Malformed { at, expected } => write!(f, "The plan is malformed: {at} is not {expected}."),
        }
    }
}

impl std::error::Error for PlanError {}
