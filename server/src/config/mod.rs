//! `causeway.toml` as types. The reference in `docs/operations.md` is generated from them.
//!
//! To add a key: a field with a doc line in the struct of its section, its default in that struct's `Default`, then
//! `causeway config-reference` for the docs. To add a section: a file here, a field in [`Config`].

mod audit;
mod bitbucket;
mod catalogue;
mod check;
mod database;
mod nearest;
mod overlay;
mod prices;
mod read;
mod reference;
mod roles;
mod routes;
mod secret;
mod server;
mod sign_in;
mod telemetry;
mod text;
mod vault;

pub use audit::Audit;
pub use bitbucket::Bitbucket;
pub use catalogue::Catalogue;
pub use database::Database;
pub use prices::Prices;
pub use read::{ConfigError, Needs, Place, read};
pub use reference::reference;
pub use roles::{RoleRule, Roles};
pub use routes::{Route, Stage};
pub use secret::Secret;
pub use server::Server;
pub use sign_in::SignIn;
pub use telemetry::{LogFormat, Telemetry};
pub use text::{Span, WebUrl};
pub use vault::Vault;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Everything in `causeway.toml`.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Where the portal listens and how people reach it.
    pub server: Server,
    /// Where the rows are.
    pub database: Database,
    /// The OpenID provider, and how long a sign-in lasts.
    pub sign_in: SignIn,
    /// What the provider's groups mean here.
    pub roles: Roles,
    /// The repository that changes are delivered to.
    pub bitbucket: Bitbucket,
    /// Where the templates are.
    pub catalogue: Catalogue,
    /// What things cost.
    pub prices: Prices,
    /// Who must agree, by tier: the first rule that matches a request decides. Without any, the shipped table holds:
    /// development with a standard template needs nobody, staging one person, production two different people.
    pub routes: Vec<Route>,
    /// The record.
    pub audit: Audit,
    /// Logs and metrics.
    pub telemetry: Telemetry,
    /// Needed only where a secret is written as `vault:path#key`.
    pub vault: Vault,
}
