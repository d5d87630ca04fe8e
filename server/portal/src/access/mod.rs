//! Who is asking, and what they may do.
//!
//! A permission is a value: [`Actor`] comes only out of a session or a token, and the lookups in `requests` and
//! `environments` hand out rows together with the proof that the write functions demand.
//! To add a permission: a method here, a row in the permission matrix test, a line in `docs/architecture.md`.

pub mod sessions;

use causeway_contract::{
    ids::{PersonId, SessionId},
    people::{Abilities, Grant, PersonRef, Role, Scope},
    places::Tier,
};
use causeway_store::{audit::Who, requests::Reader};

/// A signed-in person with the roles of this session.
#[derive(Clone, Debug, PartialEq)]
pub struct Actor {
    pub person: PersonRef,
    pub grants: Vec<Grant>,
    pub session: SessionId,
    /// Groups the provider sent, mapped or not.
    pub groups: Vec<String>,
    /// Why no group arrived, in words, when there was a reason.
    pub groups_note: Option<String>,
    /// A second factor was checked at sign-in.
    pub mfa: bool,
}

/// What a permission is asked about: the facts of a request or an environment that scopes look at.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    pub team: &'a str,
    pub tier: Tier,
}

/// Whether a scope covers a place.
pub fn covers(scope: &Scope, place: Place<'_>) -> bool {
    match scope {
        Scope::Everything => true,
        Scope::Team(team) => team == place.team,
        Scope::Tier(tier) => *tier == place.tier,
    }
}

impl Actor {
    pub fn id(&self) -> PersonId {
        self.person.id
    }

    pub fn who(&self) -> Who {
        Who::Person { id: self.person.id.0, name: self.person.name.clone() }
    }

    pub fn holds(&self, role: Role) -> bool {
        self.grants.iter().any(|g| g.role == role)
    }

    /// Holds the role in a scope that covers the place.
    pub fn holds_at(&self, role: Role, place: Place<'_>) -> bool {
        self.grants.iter().any(|g| g.role == role && covers(&g.scope, place))
    }

    /// Teams the person belongs to, sorted, each once.
    pub fn teams(&self) -> Vec<String> {
        let mut teams: Vec<String> = self
            .grants
            .iter()
            .filter_map(|g| match &g.scope {
                Scope::Team(team) => Some(team.clone()),
                _ => None,
            })
            .collect();
        teams.sort();
        teams.dedup();
        teams
    }

    /// Reads every request and environment: who holds any role but engineer everywhere. A team's engineers and others read
    /// what is their team's ([`Actor::reader`]).
    fn reads_everything(&self) -> bool {
        self.grants.iter().any(|g| g.role != Role::Engineer && g.scope == Scope::Everything)
    }

    /// What lists may show this person.
    pub fn reader(&self) -> Reader {
        let mut tiers: Vec<String> = self
            .grants
            .iter()
            .filter(|g| matches!(g.role, Role::SeniorEngineer | Role::Manager))
            .filter_map(|g| match g.scope {
                Scope::Tier(tier) => Some(tier.to_string()),
                _ => None,
            })
            .collect();
        tiers.sort();
        tiers.dedup();
        Reader { person: self.person.id.0, everything: self.reads_everything(), teams: self.teams(), tiers }
    }

    /// May see this request or environment. The same rule as [`Actor::reader`] for one row.
    pub fn may_read(&self, owner: PersonId, place: Place<'_>) -> bool {
        let reader = self.reader();
        owner == self.person.id
            || reader.everything
            || reader.teams.iter().any(|t| t == place.team)
            || reader.tiers.iter().any(|t| t == place.tier.as_str())
    }

    /// May ask for environments of the team. `known` are all teams, for roles that are not bound to one.
    pub fn may_request_for(&self, team: &str) -> bool {
        self.grants.iter().any(|g| match g.role {
            Role::Engineer | Role::SeniorEngineer | Role::Manager | Role::InfrastructureAdmin => match &g.scope {
                Scope::Everything => true,
                Scope::Team(own) => own == team,
                Scope::Tier(_) => false,
            },
            Role::Security | Role::Auditor | Role::Finops => false,
        })
    }

    /// May say something on a request they can see. Auditors read and nothing else.
    pub fn may_comment(&self) -> bool {
        self.grants.iter().any(|g| g.role != Role::Auditor)
    }

    /// The record is one for everything: a role held in a part of it does not open it.
    pub fn may_read_audit(&self) -> bool {
        let opens = |role| matches!(role, Role::InfrastructureAdmin | Role::Security | Role::Auditor);
        self.grants.iter().any(|g| opens(g.role) && g.scope == Scope::Everything)
    }

    /// What the navigation shows.
    pub fn abilities(&self) -> Abilities {
        let requests = self.grants.iter().any(|g| {
            matches!(g.role, Role::Engineer | Role::SeniorEngineer | Role::Manager | Role::InfrastructureAdmin)
        });
        Abilities {
            request: requests,
            decide: [Role::Manager, Role::SeniorEngineer, Role::InfrastructureAdmin, Role::Security]
                .into_iter()
                .any(|r| self.holds(r)),
            read_requests: !self.grants.is_empty(),
            read_audit: self.may_read_audit(),
        }
    }
}
