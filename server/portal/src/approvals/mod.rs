//! Who must agree. `route` says it, `decide` carries it out, `inbox` shows it.
//!
//! To add a kind of approver: extend [`Approvers`], its `admits`, and `deciders`.

mod decide;
pub(crate) use decide::abandon;
mod inbox;
pub(crate) use inbox::{parse_cursor, rows as waiting_rows, waiting_for};
mod route;

pub use route::{Approvers, Route, RouteFacts, RouteRule, StageRule, default_routes, evaluate};
pub(crate) use route::{deciders, stage_views};
