//! Where nobody could see a plan before approving: what the approval of the files covers, and what of a plan lies outside.

use crate::cost::{self, Cost, Threshold};
use crate::fingerprint::Entry;
use crate::material::{Difference, Kind, Planned, done};
use crate::words;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// What an approval without a plan covers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Boundary {
    /// Terraform directory of the environment.
    pub directory: String,
    /// Modules of the environment, without instance keys (`module.payments`) or with one (`module.payments["dev"]`); empty
    /// when the directory is the environment's alone.
    pub modules: Vec<String>,
    pub losses: Losses,
}

/// What those who approved were told would go.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Losses {
    /// Nothing would be deleted, replaced or dropped from management.
    #[default]
    None,
    /// These addresses would.
    Shown(BTreeSet<String>),
    /// Everything: the request deletes the environment.
    Everything,
}

/// What lies outside: the plan's part and the cost's. Empty: the approval covers it.
pub fn check(
    boundary: &Boundary,
    now: &Planned,
    approved: &Cost,
    cost: &Cost,
    threshold: &Threshold,
) -> Vec<Difference> {
    let plan = outside(boundary, now).into_iter().map(|sentence| (Kind::Plan, sentence));
    let cost = cost::compare(approved, cost, threshold).into_iter().filter(|(counts, _)| *counts);
    plan.chain(cost.map(|(_, sentence)| (Kind::Cost, sentence)))
        .map(|(kind, sentence)| Difference { kind, sentence: words::safe(&sentence) })
        .collect()
}

/// What of a plan lies outside, a sentence each.
pub(crate) fn outside(boundary: &Boundary, now: &Planned) -> Vec<String> {
    let mut out = Vec::new();
    if now.directory != boundary.directory {
        out.push(format!(
            "The plan was made in the directory {}, outside of the environment's {}.",
            now.directory, boundary.directory
        ));
    }
    for entry in &now.fingerprint.entries {
        let (label, done) = (entry.label(), done(entry));
        let because = entry.reason.as_ref().map(|reason| format!(" because {reason}")).unwrap_or_default();
        if !boundary.covers(&entry.address) {
            out.push(format!("{label}: it would be {done} and does not belong to the environment."));
        } else if let Some(from) = entry.moved_from.as_deref().filter(|from| !boundary.covers(from)) {
            out.push(format!("{label}: it would be {done}; {from} does not belong to the environment."));
        } else if entry.import.is_some() {
            out.push(format!("{label}: it would be {done}, which was not shown when this was approved."));
        }
        if (entry.action.destroys() || entry.action.abandons()) && !boundary.showed(entry) {
            out.push(format!("{label}: it would be {done}{because}, which was not shown when this was approved."));
        }
    }
    for invocation in &now.fingerprint.invocations {
        out.push(format!(
            "action {}: it would be invoked, which was not shown when this was approved.",
            invocation.name
        ));
    }
    out
}

impl Boundary {
    fn covers(&self, address: &str) -> bool {
        let bare = words::without_keys(address);
        let below = |address: &str, module: &str| {
            address.strip_prefix(module).is_some_and(|rest| rest.starts_with('.') || rest.starts_with('['))
        };
        self.modules.is_empty()
            || self.modules.iter().any(|m| below(address, m) || (!m.contains('[') && below(&bare, m)))
    }

    fn showed(&self, entry: &Entry) -> bool {
        match &self.losses {
            Losses::None => false,
            Losses::Shown(addresses) => addresses.contains(&entry.address),
            Losses::Everything => true,
        }
    }
}
