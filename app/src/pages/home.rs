//! Where a person starts.

mod no_role;
pub mod page;
