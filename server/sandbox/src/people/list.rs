//! Who there is.

use super::*;

macro_rules! person {
    ($sub:literal, $name:literal, $user:literal, $role:literal, $team:literal, $story:literal, [$($group:expr),*], [$($realm:literal),*]) => {
        Person {
            sub: $sub,
            name: $name,
            username: $user,
            email: concat!($user, "@causeway.example"),
            role: $role,
            team: $team,
            story: $story,
            groups: &[ALL_STAFF, $($group),*],
            realm_roles: &[$($realm),*],
        }
    };
}

/// A person for every role, and enough of them that two different people can decide.
pub const PEOPLE: &[Person] = &[
    person!(
        "amara-okafor",
        "Amara Okafor",
        "amara.okafor",
        "Engineer",
        "payments",
        "Asks for environments.",
        [ENGINEERS, TEAM_PAYMENTS],
        ["engineer"]
    ),
    person!(
        "ben-fischer",
        "Ben Fischer",
        "ben.fischer",
        "Engineer",
        "search",
        "Asks for environments of another team.",
        [ENGINEERS, TEAM_SEARCH],
        ["engineer"]
    ),
    person!(
        "chen-wei",
        "Chen Wei",
        "chen.wei",
        "Senior engineer",
        "platform",
        "Decides on staging, reads production.",
        [SENIOR_ENGINEERS, ENGINEERS, TEAM_PLATFORM],
        ["senior-engineer"]
    ),
    person!(
        "dana-levi",
        "Dana Levi",
        "dana.levi",
        "Manager",
        "payments",
        "Decides for payments, first stage of production.",
        [MANAGERS_PAYMENTS, TEAM_PAYMENTS],
        ["manager"]
    ),
    person!(
        "egil-berg",
        "Egil Berg",
        "egil.berg",
        "Manager",
        "search",
        "Decides for search.",
        [MANAGERS_SEARCH, TEAM_SEARCH],
        ["manager"]
    ),
    person!(
        "farah-haddad",
        "Farah Haddad",
        "farah.haddad",
        "Infrastructure admin",
        "platform",
        "Second stage of production; merges pull requests.",
        [INFRASTRUCTURE_ADMINS, TEAM_PLATFORM],
        ["infrastructure-admin"]
    ),
    person!(
        "gabriel-costa",
        "Gabriel Costa",
        "gabriel.costa",
        "Infrastructure admin",
        "platform",
        "The other infrastructure admin.",
        [INFRASTRUCTURE_ADMINS, TEAM_PLATFORM],
        ["infrastructure-admin"]
    ),
    person!("hana-sato", "Hana Sato", "hana.sato", "Security", "", "Reads the audit log.", [SECURITY], ["security"]),
    person!(
        "ines-moreau",
        "Ines Moreau",
        "ines.moreau",
        "Auditor",
        "",
        "Reads the audit log and evidence, nothing else.",
        [AUDITORS],
        ["auditor"]
    ),
    person!("jonas-weber", "Jonas Weber", "jonas.weber", "FinOps", "", "Looks at cost.", [FINOPS], ["finops"]),
    person!(
        "kai-mbeki",
        "Kai Mbeki",
        "kai.mbeki",
        "No role",
        "",
        "Is in no group the portal knows: sees who can help.",
        [],
        []
    ),
    person!(
        "lena-novak",
        "Lena Novak",
        "lena.novak",
        "Manager and engineer",
        "payments",
        "Asks and decides, but never on her own request.",
        [MANAGERS_PAYMENTS, ENGINEERS, TEAM_PAYMENTS],
        ["manager", "engineer"]
    ),
];

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn nobody_is_there_twice() {
        let subs: BTreeSet<_> = PEOPLE.iter().map(|p| p.sub).collect();
        let users: BTreeSet<_> = PEOPLE.iter().map(|p| p.username).collect();
        assert_eq!((subs.len(), users.len()), (PEOPLE.len(), PEOPLE.len()));
    }
}
