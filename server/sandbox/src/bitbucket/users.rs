//! Who Bitbucket knows: the people of the demo world, and the portal's service account.

use super::BOT;
use crate::people::{ALL_STAFF, PEOPLE};

#[derive(Clone, Debug)]
pub(crate) struct User {
    pub id: u64,
    pub name: &'static str,
    pub display_name: &'static str,
    pub email: &'static str,
    pub groups: &'static [&'static str],
}

/// In the order of their ids.
pub(crate) fn all() -> Vec<User> {
    let bot = User {
        id: 100,
        name: BOT,
        display_name: "Causeway",
        email: "causeway-bot@causeway.example",
        groups: &[ALL_STAFF],
    };
    let people = PEOPLE.iter().zip(101..).map(|(p, id)| User {
        id,
        name: p.username,
        display_name: p.name,
        email: p.email,
        groups: p.groups,
    });
    std::iter::once(bot).chain(people).collect()
}

/// By user name or slug, which are the same here, in any case.
pub(crate) fn find(name: &str) -> Option<User> {
    all().into_iter().find(|u| u.name.eq_ignore_ascii_case(name))
}
