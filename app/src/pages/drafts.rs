//! The form: a draft that saves as one types.

mod autosave;
mod editor;
mod field;
pub mod page;
mod panel;
mod review;
mod step;
