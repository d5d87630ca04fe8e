//! Two fingerprints in sentences. Where the digests differ there is always at least one.

use crate::fingerprint::{Attribute, Entry, Fingerprint, Group, PROVISIONERS, Seen};
use crate::plan::Action;
use std::collections::{BTreeMap, BTreeSet};

/// So many attributes of one resource are named; of the others there is a count.
const MOST: usize = 10;

pub(super) fn differences(approved: &Fingerprint, now: &Fingerprint) -> Vec<String> {
    if approved.scheme != now.scheme {
        return vec!["The plan was approved under older rules of comparison and has to be looked at again.".into()];
    }
    if approved.digest == now.digest {
        return Vec::new();
    }
    let mut out = Vec::new();
    let (before, after) = (by_place(approved), by_place(now));
    for place in before.keys().chain(after.keys()).collect::<BTreeSet<_>>() {
        match (before.get(place), after.get(place)) {
            (None, Some(now)) => {
                out.push(format!(
                    "{}: it would be {}{}; no part of the approved plan.",
                    now.label(),
                    done(now),
                    because(now)
                ));
            }
            (Some(was), None) => {
                out.push(format!("{}: approved to be {}; no longer part of the plan.", was.label(), done(was)));
            }
            (Some(was), Some(now)) => entry(was, now, &mut out),
            (None, None) => {}
        }
    }
    groups("provider configuration", &approved.providers, &now.providers, &mut out);
    groups("action", &approved.invocations, &now.invocations, &mut out);
    if out.is_empty() {
        out.push("The plan is not the one that was approved.".into());
    }
    out
}

fn by_place(plan: &Fingerprint) -> BTreeMap<(&str, Option<&str>), &Entry> {
    plan.entries.iter().map(|e| ((e.address.as_str(), e.deposed.as_deref()), e)).collect()
}

/// What becomes of it: completes "it would be …".
pub(crate) fn done(entry: &Entry) -> String {
    let mut parts = Vec::new();
    if let Some(from) = &entry.moved_from {
        parts.push(format!("moved here from {from}"));
    }
    if let Some(import) = &entry.import {
        parts.push(format!("taken over from outside ({})", words(Some(import))));
    }
    if entry.action != Action::Keep || parts.is_empty() {
        parts.push(entry.action.done().to_owned());
    }
    parts.join(", ")
}

fn because(entry: &Entry) -> String {
    entry.reason.as_ref().map(|reason| format!(" because {reason}")).unwrap_or_default()
}

fn entry(was: &Entry, now: &Entry, out: &mut Vec<String>) {
    let label = now.label();
    let other_action = was.action != now.action || was.moved_from != now.moved_from || was.import != now.import;
    if other_action {
        out.push(format!("{label}: approved to be {}; it would now be {}{}.", done(was), done(now), because(now)));
    }
    // Another action has an object, or a configuration, where there was none.
    let both = |was: bool, now: bool| !other_action || (was && now);
    if was.object != now.object && both(was.object.is_some(), now.object.is_some()) {
        let (here, there) = (words(now.object.as_ref()), words(was.object.as_ref()));
        out.push(format!("{label}: this is another object, {here}; approved was {there}."));
    }
    if (&was.kind, &was.provider) != (&now.kind, &now.provider) {
        out.push(format!("{label}: it would be made by {}; approved was {}.", now.provider, was.provider));
    }
    if was.provider_config != now.provider_config && both(was.provider_config.is_some(), now.provider_config.is_some())
    {
        let name = |e: &Entry| e.provider_config.clone().unwrap_or_else(|| "none".into());
        out.push(format!(
            "{label}: it would use the provider configuration {}; approved was {}.",
            name(now),
            name(was)
        ));
    }
    // With another action other attributes go along; only what was to have another value is news of its own.
    attributes(&label, &was.attributes, &now.attributes, other_action, out);
}

fn attributes(label: &str, was: &[Attribute], now: &[Attribute], only_values: bool, out: &mut Vec<String>) {
    let (was, now) = (by_path(was), by_path(now));
    let mut sentences = Vec::new();
    for path in was.keys().chain(now.keys()).collect::<BTreeSet<_>>() {
        let said = match (was.get(path), now.get(path)) {
            (Some(was), Some(now)) if was != now => {
                let values = was.after != now.after && was.after.is_some() && now.after.is_some();
                if only_values && !values { None } else { Some(changed(was, now)) }
            }
            (None, Some(now)) if !only_values => Some(format!("would {}; no part of the approved plan", change(now))),
            (Some(was), None) if !only_values => Some(format!("was approved to {}; it no longer would", change(was))),
            _ => None,
        };
        sentences.extend(said.map(|said| format!("{label}: {path} {said}.")));
    }
    let more = sentences.len().saturating_sub(MOST);
    sentences.truncate(MOST);
    out.append(&mut sentences);
    if more > 0 {
        out.push(format!("{label}: {} more.", crate::words::count(more, "attribute differs", "attributes differ")));
    }
}

fn by_path(attributes: &[Attribute]) -> BTreeMap<&str, &Attribute> {
    attributes.iter().map(|a| (a.path.as_str(), a)).collect()
}

/// Completes "would …".
fn change(attribute: &Attribute) -> String {
    match (&attribute.before, &attribute.after) {
        _ if attribute.path == PROVISIONERS => format!("run {}", words(attribute.after.as_ref())),
        (None, after) => format!("become {}", words(after.as_ref())),
        (Some(before), None) => format!("be removed (it is {})", words(Some(before))),
        (Some(before), after) => format!("change from {} to {}", words(Some(before)), words(after.as_ref())),
    }
}

/// Completes "PATH …".
fn changed(was: &Attribute, now: &Attribute) -> String {
    if now.path == PROVISIONERS {
        return format!("would run {} with something else than approved", words(now.after.as_ref()));
    }
    let sensitive = |seen: &Option<Seen>| matches!(seen, Some(Seen::Sensitive { .. }));
    if was.after == now.after {
        let (here, there) = (words(now.before.as_ref()), words(was.before.as_ref()));
        return match sensitive(&was.before) && sensitive(&now.before) {
            true => "is sensitive; it would start from another value than approved".into(),
            false => format!("would start from {here}; approved was from {there}"),
        };
    }
    if sensitive(&was.after) && sensitive(&now.after) {
        return "is sensitive; it would become another value than approved".into();
    }
    let (here, there) = (words(now.after.as_ref()), words(was.after.as_ref()));
    if here == there {
        return format!("would become another value than approved; both begin {here}");
    }
    format!("would become {here}; approved was {there}")
}

fn words(seen: Option<&Seen>) -> String {
    match seen {
        None => "nothing".into(),
        Some(Seen::Value { text, .. }) => text.clone(),
        Some(Seen::Sensitive { .. }) => "a sensitive value".into(),
        Some(Seen::Unknown) => "a value known only after apply".into(),
        Some(Seen::Empty) => "an empty element".into(),
        Some(Seen::PlanTime) => "the time of the plan".into(),
    }
}

/// Of provider configurations: one that came or went did so with the resources that use it, which are named. An action
/// that came or went is news.
fn groups(what: &str, was: &[Group], now: &[Group], out: &mut Vec<String>) {
    let news = what == "action";
    let (was, now) = (by_name(was), by_name(now));
    for place in was.keys().chain(now.keys()).collect::<BTreeSet<_>>() {
        let label = format!("{what} {}", place.0);
        match (was.get(place), now.get(place)) {
            (Some(was), Some(now)) => attributes(&label, &was.attributes, &now.attributes, false, out),
            (None, Some(_)) if news => out.push(format!("{label}: it would be invoked; no part of the approved plan.")),
            (Some(_), None) if news => {
                out.push(format!("{label}: approved to be invoked; no longer part of the plan."))
            }
            _ => {}
        }
    }
}

/// Several of one name are told apart by their place among them.
fn by_name(groups: &[Group]) -> BTreeMap<(&str, usize), &Group> {
    let mut out = BTreeMap::new();
    for (i, group) in groups.iter().enumerate() {
        let place = groups[..i].iter().filter(|earlier| earlier.name == group.name).count();
        out.insert((group.name.as_str(), place), group);
    }
    out
}
