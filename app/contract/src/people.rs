//! People, their roles and where they hold them.

use crate::{ids::*, places::Tier};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// What a person may do, within a scope. The meanings are in `docs/architecture.md`; the permission matrix is a test.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    InfrastructureAdmin,
    SeniorEngineer,
    Engineer,
    Security,
    Auditor,
    Manager,
    Finops,
}

impl Role {
    pub const ALL: [Role; 7] = [
        Role::InfrastructureAdmin,
        Role::SeniorEngineer,
        Role::Engineer,
        Role::Security,
        Role::Auditor,
        Role::Manager,
        Role::Finops,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Role::InfrastructureAdmin => "infrastructure-admin",
            Role::SeniorEngineer => "senior-engineer",
            Role::Engineer => "engineer",
            Role::Security => "security",
            Role::Auditor => "auditor",
            Role::Manager => "manager",
            Role::Finops => "finops",
        }
    }

    /// As a page says it: `Senior engineer`.
    pub fn label(self) -> &'static str {
        match self {
            Role::InfrastructureAdmin => "Infrastructure admin",
            Role::SeniorEngineer => "Senior engineer",
            Role::Engineer => "Engineer",
            Role::Security => "Security",
            Role::Auditor => "Auditor",
            Role::Manager => "Manager",
            Role::Finops => "FinOps",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Role {
    type Err = String;
    fn from_str(s: &str) -> Result<Self, String> {
        Role::ALL
            .into_iter()
            .find(|r| r.as_str() == s)
            .ok_or_else(|| format!("\"{s}\" is not a role; the roles are {}", Role::ALL.map(Role::as_str).join(", ")))
    }
}

/// Where a role is held.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scope {
    Everything,
    Team(String),
    Tier(Tier),
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Scope::Everything => f.write_str("everything"),
            Scope::Team(team) => write!(f, "team:{team}"),
            Scope::Tier(tier) => write!(f, "tier:{tier}"),
        }
    }
}

impl FromStr for Scope {
    type Err = String;
    fn from_str(s: &str) -> Result<Self, String> {
        match s.split_once(':') {
            None if s == "everything" => Ok(Scope::Everything),
            Some(("team", team)) if !team.is_empty() => Ok(Scope::Team(team.into())),
            Some(("tier", tier)) => tier.parse().map(Scope::Tier),
            _ => Err(format!("\"{s}\" is not a scope; write everything, team:NAME or tier:NAME")),
        }
    }
}

/// One role in one scope.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Grant {
    pub role: Role,
    pub scope: Scope,
}

/// A person as others see them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonRef {
    pub id: PersonId,
    pub name: String,
    pub email: String,
}

/// The person on the page: decides what the navigation shows. Every service checks for itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Viewer {
    pub person: PersonRef,
    pub grants: Vec<Grant>,
    /// Teams of the person, in alphabetical order.
    pub teams: Vec<String>,
    /// Groups the provider sent, mapped or not.
    pub groups: Vec<String>,
    /// Why no group arrived, in words, when the provider sent a reference instead of the groups.
    pub groups_note: Option<String>,
    /// Who can help when a role is missing, from configuration.
    pub help_contact: String,
    pub can: Abilities,
    /// Requests that wait for this person's decision.
    pub waiting: u32,
    /// True in `causeway demo`: links to the sandbox and to the gallery of primitives are shown.
    pub demo: bool,
}

/// Which parts of the portal the person may open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Abilities {
    pub request: bool,
    pub decide: bool,
    pub read_requests: bool,
    pub read_audit: bool,
}

/// One signed-in browser, on "where I am signed in".
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SessionView {
    pub id: SessionId,
    pub current: bool,
    /// Browser and system in words, e.g. `Firefox on Linux`.
    pub device: String,
    pub address: String,
    pub signed_in_at: DateTime<Utc>,
    pub last_seen_at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
    /// Second factor was checked at sign-in.
    pub mfa: bool,
}
