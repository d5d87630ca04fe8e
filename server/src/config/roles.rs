//! From groups to roles.

use causeway_contract::people::{Grant, Role, Scope};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What the provider's groups mean here.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Roles {
    /// Claim with the groups: a name, or a path into nested claims with dots (`realm_access.roles`). Arrays and
    /// space-separated text are understood; a claim whose own name has dots is found first.
    pub groups_claim: String,
    /// Claims to take a person's name from, the first that is there.
    pub name_claims: Vec<String>,
    /// Claims to take a person's e-mail address from, the first that is there.
    pub email_claims: Vec<String>,
    /// Who can help somebody without a role: shown as it stands.
    pub help_contact: String,
    /// All teams, for people whose role is not bound to one. Teams named in scopes are added by themselves.
    pub teams: Vec<String>,
    /// Which group gives which role where. A person has every role that matches.
    pub map: Vec<RoleRule>,
}

impl Default for Roles {
    fn default() -> Self {
        Self {
            groups_claim: "groups".into(),
            name_claims: vec!["name".into(), "preferred_username".into(), "email".into()],
            email_claims: vec!["email".into(), "upn".into(), "preferred_username".into()],
            help_contact: "your platform team".into(),
            teams: Vec::new(),
            map: Vec::new(),
        }
    }
}

/// One group and the role it gives.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RoleRule {
    /// Name or id of the group, exactly as the provider sends it.
    pub group: String,
    /// `infrastructure-admin`, `senior-engineer`, `engineer`, `security`, `auditor`, `manager` or `finops`.
    #[schemars(with = "String", extend("format" = "role"))]
    pub role: Role,
    /// Where: `everything`, `team:NAME` or `tier:NAME`. Engineers are held in a team or everywhere; infrastructure admins,
    /// security, auditors and finops everywhere only.
    #[serde(default = "everything")]
    #[schemars(extend("format" = "scope"))]
    pub scope: String,
}

fn everything() -> String {
    "everything".into()
}

impl RoleRule {
    /// The grant; `None` for a scope that is not one (the reader has refused those).
    pub fn grant(&self) -> Option<Grant> {
        Some(Grant { role: self.role, scope: self.scope.parse().ok()? })
    }

    /// Why the role cannot be held in this scope, and what to write.
    pub(super) fn scope_problem(&self) -> Option<String> {
        let role = self.role;
        match (role, self.scope.parse().ok()?) {
            (_, Scope::Everything) | (Role::Engineer | Role::SeniorEngineer | Role::Manager, Scope::Team(_)) => None,
            // They read the tier and decide in it.
            (Role::SeniorEngineer | Role::Manager, Scope::Tier(_)) => None,
            (Role::Engineer, Scope::Tier(_)) => Some(
                "engineer cannot be held in a tier, because environments are asked for by a team; write team:NAME, and let \
                 [[routes]] say who must agree in each tier"
                    .into(),
            ),
            (Role::InfrastructureAdmin | Role::Security | Role::Auditor | Role::Finops, _) => Some(format!(
                "{role} is a role for everything; leave the scope out, or write manager or engineer with {}",
                self.scope
            )),
        }
    }
}

impl Roles {
    /// Configured teams and those of scopes, sorted, each once.
    pub fn all_teams(&self) -> Vec<String> {
        let scoped = self.map.iter().filter_map(|rule| match rule.scope.parse() {
            Ok(Scope::Team(team)) => Some(team),
            _ => None,
        });
        let mut teams: Vec<String> = self.teams.iter().cloned().chain(scoped).collect();
        teams.sort();
        teams.dedup();
        teams
    }
}
