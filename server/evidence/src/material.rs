//! What changed since an approval was given, in sentences, and which kinds of evidence it concerns.
//!
//! A stage is asked again when a kind that it looked at has a difference that counts. What moved without counting is said
//! too, as a note: it asks nobody.

mod plans;

use crate::cost::{self, Cost, Threshold};
use crate::fingerprint::Fingerprint;
use crate::within::{self, Boundary};
use crate::words;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

pub(crate) use plans::done;

/// What an approval is given on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Basis {
    /// Of the request: template, commit, answers.
    pub request_digest: String,
    /// Of the rendered files: paths and contents.
    pub files_digest: String,
    pub cost: Cost,
    /// What policy said. Its version is not here: the same results by a newer version are the same results.
    pub policy: Vec<Finding>,
    /// `None`: there is no plan yet.
    pub plan: Option<Planned>,
}

/// A plan and where it was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Planned {
    /// Terraform directory in the repository.
    pub directory: String,
    pub fingerprint: Fingerprint,
}

/// One result of policy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// Name of the rule.
    pub rule: String,
    /// The field, resource or part that it is about; a rule may find several things.
    pub about: String,
    pub outcome: Outcome,
    /// As the rule says it. Does not count: figures in it change with what they are figures of.
    pub sentence: String,
}

/// How hard a finding is; the later, the harder.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    Warning,
    /// A denial that somebody who may do so set aside.
    Overridden,
    Denied,
}

/// A kind of evidence, as a stage looks at it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    Request,
    Files,
    Plan,
    Cost,
    Policy,
}

/// One thing that counts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Difference {
    pub kind: Kind,
    /// A whole sentence.
    pub sentence: String,
}

/// Where the limits are.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rules {
    pub cost: Threshold,
    /// What an approval without a plan covers; `None`: the first plan must be looked at.
    pub boundary: Option<Boundary>,
}

/// What changed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Material {
    /// What counts, in the order of [`Kind`].
    pub differences: Vec<Difference>,
    /// What changed and does not count.
    pub notes: Vec<String>,
}

impl Material {
    pub fn is_material(&self) -> bool {
        !self.differences.is_empty()
    }

    /// The kinds that are affected.
    pub fn kinds(&self) -> BTreeSet<Kind> {
        self.differences.iter().map(|d| d.kind).collect()
    }

    /// Why a stage that looked at these kinds is asked again; empty: its approvals stay.
    pub fn concerning(&self, looked_at: &BTreeSet<Kind>) -> Vec<&Difference> {
        self.differences.iter().filter(|d| looked_at.contains(&d.kind)).collect()
    }

    fn counts(&mut self, kind: Kind, sentence: impl Into<String>) {
        self.differences.push(Difference { kind, sentence: words::safe(&sentence.into()) });
    }

    fn note(&mut self, sentence: impl Into<String>) {
        self.notes.push(words::safe(&sentence.into()));
    }
}

/// What changed from what was approved to what is there now.
pub fn compare(approved: &Basis, now: &Basis, rules: &Rules) -> Material {
    let mut out = Material::default();
    if approved.request_digest != now.request_digest {
        out.counts(Kind::Request, "The request asks for something else than was approved.");
    }
    if approved.files_digest != now.files_digest {
        out.counts(Kind::Files, "The Terraform files are not those that were approved.");
    }
    plan(approved.plan.as_ref(), now.plan.as_ref(), rules, &mut out);
    for (counts, sentence) in cost::compare(&approved.cost, &now.cost, &rules.cost) {
        if counts { out.counts(Kind::Cost, sentence) } else { out.note(sentence) }
    }
    policy(&approved.policy, &now.policy, &mut out);
    out
}

fn plan(approved: Option<&Planned>, now: Option<&Planned>, rules: &Rules, out: &mut Material) {
    match (approved, now) {
        (None, None) => {}
        (Some(_), None) => out.counts(Kind::Plan, "The plan that was approved is no longer there. Plan again."),
        (None, Some(now)) => match &rules.boundary {
            None => out.counts(Kind::Plan, "There is a plan now; there was none when this was approved."),
            Some(boundary) => {
                let outside = within::outside(boundary, now);
                if outside.is_empty() {
                    out.note("There is a plan now, and it lies within what was approved.");
                }
                outside.into_iter().for_each(|sentence| out.counts(Kind::Plan, sentence));
            }
        },
        (Some(approved), Some(now)) => {
            if approved.directory != now.directory {
                let (here, there) = (&now.directory, &approved.directory);
                out.counts(
                    Kind::Plan,
                    format!("The plan was made in the directory {here}; approved was one of {there}."),
                );
            }
            for sentence in plans::differences(&approved.fingerprint, &now.fingerprint) {
                out.counts(Kind::Plan, sentence);
            }
        }
    }
}

/// What came up or became harder counts; what fell away or became softer does not.
fn policy(approved: &[Finding], now: &[Finding], out: &mut Material) {
    let hardest = |findings: &[Finding], of: &Finding| {
        findings.iter().filter(|f| f.rule == of.rule && f.about == of.about).map(|f| f.outcome).max()
    };
    let mut seen = BTreeSet::new();
    for finding in now.iter().chain(approved) {
        if !seen.insert((&finding.rule, &finding.about)) {
            continue;
        }
        let name = format!("{} ({})", finding.rule, finding.about);
        match (hardest(approved, finding), hardest(now, finding)) {
            (None, Some(outcome)) => out.counts(
                Kind::Policy,
                format!(
                    "Policy {} that was not there when this was approved: {name}. {}",
                    outcome.noun(),
                    finding.sentence
                ),
            ),
            (Some(before), Some(after)) if after > before => out.counts(
                Kind::Policy,
                format!("Policy {} where it {} before: {name}. {}", after.verb(), before.past(), finding.sentence),
            ),
            (Some(before), Some(after)) if after < before => {
                out.note(format!("Policy {} where it {} before: {name}.", after.verb(), before.past()));
            }
            (Some(before), None) => out.note(format!("Policy {} before and no longer does: {name}.", before.past())),
            _ => {}
        }
    }
}

impl Outcome {
    fn noun(self) -> &'static str {
        match self {
            Self::Warning => "has a warning",
            Self::Overridden => "has a refusal, set aside,",
            Self::Denied => "has a refusal",
        }
    }

    fn verb(self) -> &'static str {
        match self {
            Self::Warning => "warns",
            Self::Overridden => "refuses, set aside by somebody who may,",
            Self::Denied => "refuses",
        }
    }

    fn past(self) -> &'static str {
        match self {
            Self::Warning => "warned",
            Self::Overridden => "refused, set aside by somebody who may,",
            Self::Denied => "refused",
        }
    }
}
