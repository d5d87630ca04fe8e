//! Requests, their route, their evidence and their delivery.
//!
//! To add something to a page: a field here in the file of that page, filled in `portal::requests`.

mod draft;
mod list;
mod price;
mod route;
mod state;
mod view;

pub use draft::{Conflict, DraftCheck, DraftSummary, DraftView, Preview, ReopenedRequest, Submission};
pub use list::{HomeView, RequestFilter, RequestSort, RequestSummary};
pub use price::{Estimate, PriceLine};
pub use route::{DecisionView, Evidence, NewDecision, StageState, StageView, Verdict};
pub use state::{RequestKind, RequestState, Tone};
pub use view::{DeliveryView, PullRequestView, RequestView, TimelineEntry};
