//! The blast radius of a plan, in numbers and words.

mod data;

use crate::fingerprint::{Entry, Fingerprint};
use crate::plan::Action;
use crate::words;
use serde::{Deserialize, Serialize};

pub use data::holds_data;

/// How many of what, and what would be lost.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    pub create: usize,
    /// In place.
    pub update: usize,
    pub replace: usize,
    pub delete: usize,
    /// Dropped from management, old halves of replacements among them.
    pub forget: usize,
    /// Taken over from outside; may be updated as well.
    pub import: usize,
    /// At another address; may be updated as well.
    pub moved: usize,
    /// Terraform's actions that would be invoked.
    pub invoke: usize,
    /// What holds data and would be deleted, replaced or dropped from management.
    pub losses: Vec<Loss>,
}

/// Something that holds data and would go.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Loss {
    pub address: String,
    /// `database`, `object store`.
    pub what: String,
    pub action: Action,
    pub sentence: String,
}

impl Summary {
    pub fn of(plan: &Fingerprint) -> Self {
        let mut out = Self { invoke: plan.invocations.len(), ..Self::default() };
        for entry in &plan.entries {
            match entry.action {
                Action::Create => out.create += 1,
                Action::Update => out.update += 1,
                Action::Delete => out.delete += 1,
                Action::Replace | Action::ReplaceCreateFirst => out.replace += 1,
                Action::ReplaceForget => {
                    out.replace += 1;
                    out.forget += 1;
                }
                Action::Forget => out.forget += 1,
                Action::Keep => {}
            }
            out.import += usize::from(entry.import.is_some());
            out.moved += usize::from(entry.moved_from.is_some());
        }
        out.losses = plan.losses().filter_map(loss).collect();
        out
    }

    /// How many objects are touched at all.
    pub fn touched(&self) -> usize {
        self.create + self.update + self.replace + self.delete
    }

    /// `2 to create, 1 to replace; nothing to delete.`
    pub fn sentence(&self) -> String {
        let parts: Vec<String> = [
            (self.create, "to create"),
            (self.update, "to update in place"),
            (self.replace, "to replace"),
            (self.delete, "to delete"),
            (self.forget, "to drop from management"),
            (self.import, "to take over from outside"),
            (self.moved, "to move to another address"),
            (self.invoke, "to invoke"),
        ]
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, what)| format!("{count} {what}"))
        .collect();
        if parts.is_empty() {
            return "Nothing would change.".into();
        }
        let end = if self.delete + self.replace == 0 { "; nothing to delete" } else { "" };
        format!("{}{end}.", parts.join(", "))
    }
}

fn loss(entry: &Entry) -> Option<Loss> {
    let what = holds_data(&entry.kind)?;
    let (label, because) = (entry.label(), entry.reason.as_ref().map(|r| format!(" because {r}")).unwrap_or_default());
    let sentence = match entry.action {
        Action::Delete => {
            format!("{label} ({what}) would be deleted{because}. What it holds is lost unless it is kept elsewhere.")
        }
        Action::Forget => {
            format!("{label} ({what}) would no longer be managed. It stays, costs on, and nobody changes it.")
        }
        Action::ReplaceForget => {
            format!(
                "{label} ({what}) would be replaced by an empty one{because}. The old one stays, no longer managed."
            )
        }
        _ => format!(
            "{label} ({what}) would be replaced by an empty one{because}. What it holds is lost unless it is kept elsewhere."
        ),
    };
    Some(Loss {
        address: entry.address.clone(),
        what: what.into(),
        action: entry.action,
        sentence: words::safe(&sentence),
    })
}
