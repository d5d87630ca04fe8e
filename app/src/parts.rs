//! Components that know the domain: states, money, people, times, diffs, stages, lists.
//!
//! To add one: a file here, named for what it shows. It takes a view of `causeway_contract` and gives back HTML.

pub mod act;
pub mod answers;
pub mod comment;
pub mod delivery;
pub mod diff;
pub mod environment_list;
pub mod filters;
pub mod frame;
pub mod keys_help;
pub mod load;
pub mod money;
pub mod nav;
pub mod palette;
pub mod person;
pub mod preview;
pub mod price;
pub mod problem;
pub mod request_list;
pub mod stages;
pub mod state;
pub mod time;
pub mod timeline;
