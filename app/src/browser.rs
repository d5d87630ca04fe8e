//! What only happens in a browser, after the page has come alive: time zone, live updates, keys, storage.
//!
//! Everything here compiles for the server too, where nothing calls it: effects and event handlers do not run there.

pub mod clock;
pub mod dom;
pub mod keys;
pub mod live;
pub mod pattern;
pub mod press;
pub mod session;
pub mod storage;
