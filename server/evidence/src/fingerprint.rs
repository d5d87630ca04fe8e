//! What of a plan counts: addresses, actions, changed attributes with digests of their values.
//!
//! Two plans have the same digest exactly when they would do the same as far as the specification (`docs/evidence.md`)
//! goes. A fingerprint is what is stored with an approval; the plan itself is not. When what counts changes, [`SCHEME`]
//! goes up, and approvals on fingerprints of the older one are asked again.

mod digest;
mod walk;

use crate::json::Json;
use crate::plan::{Action, Change, Invocation, Plan};
use crate::words;
use digest::{Digests, Parts};
use serde::{Deserialize, Serialize};

pub use digest::Key;

/// Version of what counts and how it is digested.
pub const SCHEME: u32 = 1;

/// What counts like an attribute and is none; no attribute's path looks so.
pub(crate) const PROVISIONERS: &str = "(provisioners)";
const PROVIDER: &str = "(provider)";
const TRIGGER: &str = "(trigger)";

/// What a plan would do, comparable with another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fingerprint {
    pub scheme: u32,
    /// SHA-256 of everything that counts, lower-case hex.
    pub digest: String,
    /// A resource each, in the order of addresses.
    pub entries: Vec<Entry>,
    /// Settings of the provider configurations that these resources use.
    pub providers: Vec<Group>,
    /// Terraform's actions that would be invoked.
    pub invocations: Vec<Group>,
}

/// What would be done with one resource.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Absolute address with instance key.
    pub address: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deposed: Option<String>,
    /// Resource type.
    pub kind: String,
    pub action: Action,
    /// Source address of the provider.
    pub provider: String,
    /// Key of the provider configuration.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provider_config: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub moved_from: Option<String>,
    /// The object outside that is taken over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub import: Option<Seen>,
    /// The existing object that this is done to, by its id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub object: Option<Seen>,
    /// Why it is replaced or deleted, in words. To be shown; does not count.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Changed attributes, in the order of their paths.
    pub attributes: Vec<Attribute>,
}

/// A provider configuration or an invocation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    pub name: String,
    pub attributes: Vec<Attribute>,
}

/// One attribute that changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attribute {
    /// `ingress[0].cidr_blocks[1]`, `tags["cost centre"]`.
    pub path: String,
    /// `None`: not set, or of no matter because the provider decides what comes after.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<Seen>,
    /// `None`: no longer set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<Seen>,
}

/// What is kept of a value.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum Seen {
    /// A digest, and the value in at most 60 characters. The text does not count.
    Value { digest: String, text: String },
    /// A digest with the portal's key; nothing to show.
    Sensitive { digest: String },
    /// Known after apply.
    Unknown,
    /// A list's element without content.
    Empty,
    /// The time at which the plan was made, as `plantimestamp()` gives it.
    PlanTime,
}

impl PartialEq for Seen {
    fn eq(&self, other: &Self) -> bool {
        self.parts() == other.parts()
    }
}

impl Eq for Seen {}

impl Seen {
    /// What of it counts.
    fn parts(&self) -> (&'static str, &str) {
        match self {
            Self::Value { digest, .. } => ("value", digest),
            Self::Sensitive { digest } => ("sensitive", digest),
            Self::Unknown => ("unknown", ""),
            Self::Empty => ("empty", ""),
            Self::PlanTime => ("plan time", ""),
        }
    }
}

impl Fingerprint {
    /// Of a plan. The key is a secret of the portal: with another key, only plans with sensitive values differ.
    pub fn of(plan: &Plan, key: &Key) -> Self {
        let digests = |scope| Digests { key, plan_time: plan.timestamp.as_deref(), scope };
        let mut entries: Vec<Entry> = plan.changes.iter().map(|c| entry(c, &digests(&c.address))).collect();
        entries.sort_by(|a, b| (&a.address, &a.deposed).cmp(&(&b.address, &b.deposed)));
        let providers = plan
            .providers
            .iter()
            .map(|(name, settings)| {
                let attribute = |s: &crate::plan::Setting| Attribute {
                    path: s.path.clone(),
                    before: None,
                    after: digests(name).setting(&s.path, &s.value, s.sensitive),
                };
                Group { name: name.clone(), attributes: settings.iter().map(attribute).collect() }
            })
            .collect();
        let invocations = plan.invocations.iter().map(|i| invocation(i, &digests(&i.name))).collect();
        let mut out = Self { scheme: SCHEME, digest: String::new(), entries, providers, invocations };
        out.digest = out.total();
        out
    }

    /// The resources that come to be gone or unmanaged.
    pub fn losses(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter().filter(|e| e.action.destroys() || e.action.abandons())
    }

    fn total(&self) -> String {
        let mut parts = Parts::new(SCHEME);
        parts.count(self.entries.len());
        for entry in &self.entries {
            parts.text(&entry.address).text(entry.action.as_str()).text(&entry.kind).text(&entry.provider);
            parts.option(entry.deposed.as_deref()).option(entry.provider_config.as_deref());
            parts.option(entry.moved_from.as_deref()).seen(entry.import.as_ref()).seen(entry.object.as_ref());
            parts.attributes(&entry.attributes);
        }
        for groups in [&self.providers, &self.invocations] {
            parts.count(groups.len());
            for group in groups {
                parts.text(&group.name).attributes(&group.attributes);
            }
        }
        parts.finish()
    }
}

impl Entry {
    /// The address as people read it.
    pub fn label(&self) -> String {
        let left = self.deposed.as_ref().map(|key| format!(" (left over from a replacement, {key})"));
        words::safe(&format!("{}{}", self.address, left.unwrap_or_default()))
    }
}

fn invocation(invocation: &Invocation, digests: &Digests<'_>) -> Group {
    let mut attributes = walk::created(&invocation.values, &invocation.unknown, &invocation.sensitive, digests);
    for (path, value) in [(PROVIDER, &Json::Text(invocation.provider.clone())), (TRIGGER, &invocation.trigger)] {
        attributes.push(Attribute { path: path.into(), before: None, after: digests.setting("", value, false) });
    }
    attributes.sort_by(|a, b| a.path.cmp(&b.path));
    Group { name: invocation.name.clone(), attributes }
}

fn entry(change: &Change, digests: &Digests<'_>) -> Entry {
    let mut attributes = match change.action {
        // What goes is known by its address and object; its attributes are the provider's last news of it.
        Action::Delete | Action::Forget | Action::Keep => Vec::new(),
        _ => walk::attributes(change, digests),
    };
    let runs = change.action.creates() || change.action.destroys();
    if let Some(seen) = digests.provisioners(&change.provisioners).filter(|_| runs) {
        attributes.push(Attribute { path: PROVISIONERS.into(), before: None, after: Some(seen) });
    }
    attributes.sort_by(|a, b| a.path.cmp(&b.path));
    Entry {
        address: change.address.clone(),
        deposed: change.deposed.clone(),
        kind: change.kind.clone(),
        action: change.action,
        provider: change.provider.clone(),
        provider_config: change.provider_config.clone(),
        moved_from: change.previous_address.clone(),
        import: change.import.as_ref().and_then(|i| digests.setting("import", i, false)),
        object: digests.setting("id", &change.object, change.before_sensitive.get("id").is_true()),
        reason: change.reason.clone(),
        attributes,
    }
}
