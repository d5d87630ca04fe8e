//! Deciding: what waits, and the screen to decide on.

pub mod decide;
pub mod inbox;
