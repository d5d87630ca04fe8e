//! Requests: drafting, previewing, submitting, reading, withdrawing.
//!
//! To add an act: a file here with a method on [`crate::Portal`]; get the row from [`Found`], which checks that the actor may
//! know of it; say what happened with one event from `events`.

mod clone;
mod comment;
mod conflicts;
mod draft;
mod enter;
pub(crate) mod events;
mod home;
mod list;
mod lookup;
mod preview;
mod read;
mod rows;
mod start;
mod submit;
mod timeline;
mod views;
mod withdraw;

pub(crate) use lookup::{Found, Subject};
pub(crate) use start::may_change;
pub(crate) use views::{evidence_of, summaries};
