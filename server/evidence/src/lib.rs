//! What an approval was given on, and whether what changed since then matters.
//!
//! Pure: bytes and values in, values out; no store, no clock, no network. `docs/evidence.md` is the specification and
//! `corpus/` its examples, each of them a test. The way through: [`plan::read()`] makes a [`Plan`] of what
//! `terraform show -json` prints, [`Fingerprint::of`] keeps of it what counts, [`material::compare`] says in sentences
//! what differs from what was approved and whom it concerns.
//!
//! To add a kind of evidence: a variant of [`material::Kind`], a field of [`material::Basis`], its comparison in
//! `material.rs`, a section in the specification and pairs in the corpus, half of them of what must not count.

pub mod cost;
pub mod fingerprint;
pub mod json;
pub mod material;
pub mod plan;
pub mod summary;
pub mod within;
mod words;

pub use cost::{Cost, Threshold};
pub use fingerprint::{Fingerprint, Key};
pub use material::{Basis, Kind, Material};
pub use plan::{Plan, PlanError};
pub use summary::Summary;
pub use within::Boundary;
