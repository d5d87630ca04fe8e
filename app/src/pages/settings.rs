//! One's own settings.

pub mod sessions;
