//! Templates: what can be asked for, the form that asks, and the files that come out.
//!
//! Everything here is a pure function of a [`source::Snapshot`], facts and answers; storing and calling is the caller's.
//! A template is a folder with a `template.yaml` ([`manifest`] lists its keys) and the files it renders.
//! To add a check to templates: [`structure`] for what the rendered Terraform must hold, [`load`] for the manifest.

mod answers;
mod digest;
mod encryption;
mod facts;
mod fields;
mod literal;
mod load;
mod manifest;
mod parameters;
mod render;
mod shipped;
pub mod source;
mod structure;
mod template;
mod trial;

pub use answers::{matches, validate_answers};
pub use digest::{files_digest, request_digest, shown_digest};
pub use facts::{Facts, directory, slug};
pub use fields::{standard_step, with_fixed, with_teams};
pub use load::{Checks, Loaded, load};
pub use render::{RenderError, render};
pub use shipped::shipped;
pub use template::{PriceComponent, Template, TierRule};
pub use trial::{Sample, sample};

pub(crate) use render::{Dialect, environment, known_names, unknown, unknown_words, variables, words};

/// Path to text. The same type as [`crate::delivery::host::Files`].
pub type Files = std::collections::BTreeMap<String, String>;

#[cfg(test)]
mod tests;
