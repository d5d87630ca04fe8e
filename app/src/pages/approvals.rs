//! Deciding: what waits, and the screen to decide on.

pub mod decide;
mod form;
pub mod inbox;
