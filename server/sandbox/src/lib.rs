//! The demo world: an OpenID provider and a Bitbucket Data Center on loopback.
//!
//! They speak the real protocols over real HTTP and keep real git repositories, so that the portal needs no branch for the
//! demo. Everything lives under one directory; a restart goes on where it stopped.
//!
//! To add something to the world: a person goes into [`people`], an endpoint of Bitbucket into one of the tables under
//! `bitbucket/rest`, an endpoint of the provider into `oidc`. What only tests and the demo may do (faults, key rotation,
//! signing somebody out) lives below `/sandbox/` on both servers.

mod bitbucket;
mod clock;
mod config;
mod desk;
mod disk;
mod error;
mod listen;
mod look;
mod oidc;
pub mod people;
mod percent;
mod random;
mod sandbox;
mod sync;

pub use bitbucket::seed::{catalogue_repository, infrastructure_repository};
pub use config::{SandboxConfig, SeedRepository, WebhookTarget};
pub use error::SandboxError;
pub use oidc::CLIENT_ID;
pub use sandbox::Sandbox;
