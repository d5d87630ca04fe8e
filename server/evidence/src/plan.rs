//! What `terraform show -json` says of a plan, as far as a decision hangs on it.
//!
//! Format 1.x, <https://developer.hashicorp.com/terraform/internals/json-format>. Everything that does not say what
//! would be done falls away here: no-op and read actions, data sources, drift, outputs, the prior state.
//! To read another section: name it in `WANTED`, and add to the specification what of it counts.

mod configuration;
mod error;
mod read;

use crate::json::Json;
use std::collections::BTreeMap;

pub use configuration::Setting;
pub use error::PlanError;
pub use read::{read, read_within};
use serde::{Deserialize, Serialize};

/// A plan that is whole: not errored, nothing deferred, nothing left out by `-target`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// As the plan says it; empty when it does not.
    pub terraform_version: String,
    /// RFC 3339, when the plan was made; what `plantimestamp()` gives.
    pub timestamp: Option<String>,
    /// In the order of their addresses.
    pub changes: Vec<Change>,
    /// Settings of the provider configurations that the changes use, by the configuration's key, e.g. `aws.eu`.
    pub providers: BTreeMap<String, Vec<Setting>>,
    /// Terraform's actions (since 1.14) that would be invoked.
    pub invocations: Vec<Invocation>,
}

/// What would be done with one object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Absolute, with instance key: `module.db["a"].aws_db_instance.main[0]`.
    pub address: String,
    /// Key of an object that a replacement left behind; it has the same address as its successor.
    pub deposed: Option<String>,
    /// Address without the resource: `module.db["a"]`; `None` in the root module.
    pub module: Option<String>,
    /// Resource type: `aws_db_instance`.
    pub kind: String,
    /// Source address of the provider.
    pub provider: String,
    /// Key of the provider configuration, e.g. `aws.eu`; `None` when the resource is no longer in the configuration.
    pub provider_config: Option<String>,
    pub action: Action,
    /// Where the object is in the state now, when that is another address.
    pub previous_address: Option<String>,
    /// What names the object outside that is taken over.
    pub import: Option<Json>,
    /// Why it is replaced or deleted, in words.
    pub reason: Option<String>,
    /// The object's `id` (or identity) as it is now.
    pub object: Json,
    pub before: Json,
    pub after: Json,
    /// `true` where the value is known only after apply; shaped like `after`.
    pub after_unknown: Json,
    /// `true` where the value is sensitive; shaped like `before`.
    pub before_sensitive: Json,
    pub after_sensitive: Json,
    /// The provisioners in the configuration, which run when it is created or destroyed.
    pub provisioners: Json,
}

/// A Terraform action that would be invoked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invocation {
    /// `action.aws_lambda_invoke.warm_up`, and what triggers it.
    pub name: String,
    /// Source address of the provider.
    pub provider: String,
    /// What it is called with.
    pub values: Json,
    /// `true` where a value is known only after apply.
    pub unknown: Json,
    /// `true` where a value is sensitive.
    pub sensitive: Json,
    /// What invokes it, as Terraform says it.
    pub trigger: Json,
}

/// What is done with an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    Create,
    /// In place.
    Update,
    Delete,
    /// Deleted, then created.
    Replace,
    /// Created, then the old one deleted.
    ReplaceCreateFirst,
    /// Created; the old one is no longer managed, but stays.
    ReplaceForget,
    /// No longer managed; the object stays.
    Forget,
    /// Nothing but another address or coming under management.
    Keep,
}

impl Action {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Update => "update",
            Self::Delete => "delete",
            Self::Replace => "replace",
            Self::ReplaceCreateFirst => "replace_create_first",
            Self::ReplaceForget => "replace_forget",
            Self::Forget => "forget",
            Self::Keep => "keep",
        }
    }

    /// What happens to the object: completes "it would be …".
    pub fn done(self) -> &'static str {
        match self {
            Self::Create => "created",
            Self::Update => "updated in place",
            Self::Delete => "deleted",
            Self::Replace => "replaced (deleted, then created)",
            Self::ReplaceCreateFirst => "replaced (created, then the old one deleted)",
            Self::ReplaceForget => "replaced (created; the old one stays, no longer managed)",
            Self::Forget => "dropped from management (it stays, no longer managed)",
            Self::Keep => "left as it is",
        }
    }

    /// Whether an object that exists is gone afterwards.
    pub fn destroys(self) -> bool {
        matches!(self, Self::Delete | Self::Replace | Self::ReplaceCreateFirst)
    }

    /// Whether an object that exists is no longer managed afterwards.
    pub fn abandons(self) -> bool {
        matches!(self, Self::Forget | Self::ReplaceForget)
    }

    /// Whether a new object comes into being.
    pub fn creates(self) -> bool {
        matches!(self, Self::Create | Self::Replace | Self::ReplaceCreateFirst | Self::ReplaceForget)
    }
}
