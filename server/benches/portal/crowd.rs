//! The people of the seeded company, and numbers that are the same in every run.

use crate::{Outcome, models};
use causeway_contract::people::{Grant, Role, Scope};
use causeway_store::{Conn, new_id, people};
use chrono::{DateTime, Utc};
use uuid::Uuid;

pub(crate) const PEOPLE: usize = 3_000;
const TEAMS: usize = 60;

/// People by what they do, each with a team.
pub(crate) struct Crowd {
    engineers: Vec<Vec<(Uuid, String)>>,
    managers: Vec<Vec<(Uuid, String)>>,
    admins: Vec<(Uuid, String)>,
}

/// Adds everybody with their roles.
pub(crate) async fn people(conn: &mut Conn, now: DateTime<Utc>) -> Outcome<Crowd> {
    let mut crowd = Crowd { engineers: vec![vec![]; TEAMS], managers: vec![vec![]; TEAMS], admins: vec![] };
    for i in 0..PEOPLE {
        let name = format!("{} {} {i}", pick(&FIRST, i as u64), pick(&LAST, mix(i as u64)));
        let team = i % TEAMS;
        let scope = Scope::Team(team_name(team));
        let (role, scope, list) = match i {
            0..20 => (Role::InfrastructureAdmin, Scope::Everything, &mut crowd.admins),
            20..80 => (Role::SeniorEngineer, Scope::Everything, &mut crowd.engineers[team]),
            80..320 => (Role::Manager, scope, &mut crowd.managers[team]),
            320..340 => (Role::Auditor, Scope::Everything, &mut crowd.engineers[team]),
            _ => (Role::Engineer, scope, &mut crowd.engineers[team]),
        };
        let row = people::upsert(conn, &models::row(new_id(now), &name)).await?;
        people::set_grants(conn, row.id, &[Grant { role, scope }]).await?;
        list.push((row.id, row.name));
    }
    Ok(crowd)
}

/// Who takes part in one request.
pub(crate) struct Cast {
    pub(crate) team: String,
    pub(crate) requester: (Uuid, String),
    /// By stage.
    pub(crate) deciders: [(Uuid, String); 2],
}

impl Cast {
    pub(crate) fn of(crowd: &Crowd, environment: u64, request: u64) -> Self {
        let team = (environment >> 16) as usize % TEAMS;
        Self {
            team: team_name(team),
            requester: pick(&crowd.engineers[team], request).clone(),
            deciders: [pick(&crowd.managers[team], request >> 8).clone(), pick(&crowd.admins, request >> 16).clone()],
        }
    }
}

fn team_name(team: usize) -> String {
    match team {
        0 => "payments".into(),
        1 => "search".into(),
        2 => "platform".into(),
        n => format!("{}-{n}", pick(&WORDS, n as u64)),
    }
}

pub(crate) fn pick<T>(list: &[T], dice: u64) -> &T {
    &list[(dice % list.len() as u64) as usize]
}

/// Spreads numbers evenly, the same in every run (the finaliser of splitmix64).
pub(crate) fn mix(n: u64) -> u64 {
    let mut x = n.wrapping_add(0x9e37_79b9_7f4a_7c15);
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

const FIRST: [&str; 12] =
    ["Amina", "Björn", "Chidi", "Dilnoza", "Elif", "Farid", "Grace", "Hugo", "Ines", "Jun", "Kofi", "Lerato"];
const LAST: [&str; 12] = [
    "Abara",
    "Bergström",
    "Castro",
    "Dlamini",
    "Eze",
    "Fischer",
    "Garcia",
    "Haddad",
    "Ito",
    "Jensen",
    "Kimani",
    "Levi",
];
pub(crate) const WORDS: [&str; 12] = [
    "orders", "ledger", "search", "basket", "invoice", "profile", "rates", "stock", "voucher", "mail", "report",
    "fraud",
];
pub(crate) const KINDS: [&str; 8] = ["api", "worker", "web", "batch", "store", "feed", "sync", "gateway"];
