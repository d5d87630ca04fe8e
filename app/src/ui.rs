//! Primitives: they know no router and no domain. All of them are shown at `/ui` in the demo.
//!
//! To add one: a file here, its classes in `style/main.css`, a place in `pages/gallery.rs`.

pub mod alert;
pub mod badge;
pub mod button;
pub mod code;
pub mod dialog;
pub mod empty;
pub mod facts;
pub mod field;
pub mod head;
pub mod icon;
pub mod inputs;
pub mod pager;
pub mod section;
pub mod steps;
pub mod tabs;

pub use icon::{Icon, icon};
