//! The people of the demo world, and the groups the provider says they are in.
//!
//! To add a person: a row in `list.rs`. To add a group: a constant here, and a line in the portal's demo configuration
//! that maps it to a role.

mod list;

pub use list::PEOPLE;

/// Everybody, so it grants nothing.
pub const ALL_STAFF: &str = "all-staff";
pub const ENGINEERS: &str = "causeway-engineers";
pub const SENIOR_ENGINEERS: &str = "causeway-senior-engineers";
pub const INFRASTRUCTURE_ADMINS: &str = "causeway-infrastructure-admins";
pub const SECURITY: &str = "causeway-security";
pub const AUDITORS: &str = "causeway-auditors";
pub const FINOPS: &str = "causeway-finops";
pub const MANAGERS_PAYMENTS: &str = "causeway-managers-payments";
pub const MANAGERS_SEARCH: &str = "causeway-managers-search";
pub const TEAM_PAYMENTS: &str = "team-payments";
pub const TEAM_SEARCH: &str = "team-search";
pub const TEAM_PLATFORM: &str = "team-platform";

/// Somebody who can sign in.
#[derive(Clone, Copy, Debug)]
pub struct Person {
    /// Subject at the provider: `amara-okafor`.
    pub sub: &'static str,
    pub name: &'static str,
    /// User name at the provider and in Bitbucket: `amara.okafor`.
    pub username: &'static str,
    pub email: &'static str,
    /// As the sign-in page says it.
    pub role: &'static str,
    /// As the sign-in page says it; empty for nobody's team.
    pub team: &'static str,
    /// What this person is good for in the demo.
    pub story: &'static str,
    pub groups: &'static [&'static str],
    /// `realm_access.roles`, for configurations that read a nested claim.
    pub realm_roles: &'static [&'static str],
}

/// Looks a person up by subject.
pub fn by_sub(sub: &str) -> Option<&'static Person> {
    PEOPLE.iter().find(|p| p.sub == sub)
}
