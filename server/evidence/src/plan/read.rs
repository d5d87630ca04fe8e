//! From the text to a [`Plan`].

use super::configuration::{Configuration, configured_address};
use super::{Action, Change, Invocation, Plan, PlanError};
use crate::json::{self, Json, JsonError, Limits};
use std::collections::{BTreeMap, BTreeSet};

/// The sections that are kept. The others (prior state, planned values, drift, outputs, checks) say nothing of what would
/// be done that these do not say.
const WANTED: [&str; 14] = [
    "@level",
    "action_invocations",
    "complete",
    "configuration",
    "deferred_action_invocations",
    "deferred_changes",
    "errored",
    "format_version",
    "lineage",
    "resource_changes",
    "terraform_version",
    "timestamp",
    "values",
    "variables",
];

/// Reads what `terraform show -json PLANFILE` prints, within the default [`Limits`].
///
/// # Errors
/// Why it is not a plan that can be decided on, as a sentence.
pub fn read(bytes: &[u8]) -> Result<Plan, PlanError> {
    read_within(bytes, Limits::default())
}

/// Like [`read()`] with limits of one's own.
///
/// # Errors
/// As [`read()`].
pub fn read_within(bytes: &[u8], limits: Limits) -> Result<Plan, PlanError> {
    if bytes.starts_with(b"PK") {
        return Err(PlanError::PlanFile);
    }
    let wanted = |key: &str| WANTED.contains(&key);
    let top =
        json::read(bytes, limits, wanted).map_err(|e| if is_log(bytes, &e) { PlanError::Log } else { e.into() })?;
    refuse_other_documents(&top)?;
    refuse_unfinished(&top)?;

    let configuration = Configuration::read(top.get("configuration"), top.get("variables"))?;
    let mut changes = changes(top.get("resource_changes"), &configuration)?;
    changes.sort_by(|a, b| (&a.address, &a.deposed).cmp(&(&b.address, &b.deposed)));
    let used: BTreeSet<&str> = changes.iter().filter_map(|c| c.provider_config.as_deref()).collect();
    Ok(Plan {
        terraform_version: top.get("terraform_version").text().unwrap_or_default().to_owned(),
        timestamp: top.get("timestamp").text().map(ToOwned::to_owned),
        providers: used.into_iter().map(|key| (key.to_owned(), configuration.settings(key))).collect(),
        invocations: invocations(top.get("action_invocations"))?,
        changes,
    })
}

fn is_log(bytes: &[u8], error: &JsonError) -> bool {
    let JsonError::Trailing { at } = error else { return false };
    let first = bytes.get(..*at).unwrap_or_default();
    json::read(first, Limits::default(), |_| true).is_ok_and(|line| !line.get("@level").is_null())
}

fn refuse_other_documents(top: &Json) -> Result<(), PlanError> {
    let Some(members) = top.object() else { return Err(PlanError::NotAPlan) };
    let has = |key: &str| members.contains_key(key);
    if has("@level") {
        return Err(PlanError::Log);
    }
    if has("lineage") || has("values") {
        return Err(PlanError::State);
    }
    match top.get("format_version").text() {
        None => return Err(PlanError::NotAPlan),
        Some(version) if version.split('.').next() != Some("1") => return Err(PlanError::Version(version.into())),
        Some(_) if has("configuration") => {}
        // What `terraform show -json` prints where there is neither a plan nor a state.
        Some(_) if !has("resource_changes") && !has("planned_values") => return Err(PlanError::State),
        Some(_) => return Err(PlanError::NoConfiguration),
    }
    Ok(())
}

/// Versions before 1.5 and 1.8 have no `errored` and `complete`: they wrote no plan then.
fn refuse_unfinished(top: &Json) -> Result<(), PlanError> {
    if top.get("errored").is_true() {
        return Err(PlanError::Errored);
    }
    let deferred: usize = ["deferred_changes", "deferred_action_invocations"]
        .iter()
        .filter_map(|k| top.get(k).list())
        .map(<[_]>::len)
        .sum();
    if deferred > 0 {
        return Err(PlanError::Deferred(deferred));
    }
    if *top.get("complete") == Json::Bool(false) { Err(PlanError::Incomplete) } else { Ok(()) }
}

fn changes(section: &Json, configuration: &Configuration) -> Result<Vec<Change>, PlanError> {
    let mut seen = BTreeSet::new();
    let mut out = Vec::new();
    for (i, entry) in list(section, "resource_changes")?.iter().enumerate() {
        let at = format!("resource_changes[{i}]");
        let Some(change) = change(entry, &at, configuration)? else { continue };
        if !seen.insert((change.address.clone(), change.deposed.clone())) {
            return Err(PlanError::Twice(change.address));
        }
        out.push(change);
    }
    Ok(out)
}

fn change(entry: &Json, at: &str, configuration: &Configuration) -> Result<Option<Change>, PlanError> {
    let address = required(entry, at, "address")?;
    match entry.get("mode").text() {
        Some("managed") => {}
        Some("data") => return Ok(None),
        _ => return Err(malformed(format!("{at}.mode"), "\"managed\" or \"data\"")),
    }
    let change = entry.get("change");
    if change.object().is_none() {
        return Err(malformed(format!("{at}.change"), "an object"));
    }
    let Some(action) = action(change.get("actions"), &address)? else { return Ok(None) };
    let previous_address = entry.get("previous_address").text().map(ToOwned::to_owned);
    let import = Some(change.get("importing")).filter(|i| !i.is_null()).cloned();
    if action == Action::Keep && previous_address.is_none() && import.is_none() {
        return Ok(None);
    }
    let (kind, name) = (required(entry, at, "type")?, required(entry, at, "name")?);
    let module = entry.get("module_address").text().filter(|m| !m.is_empty()).map(ToOwned::to_owned);
    let configured = configuration.resource(&configured_address(module.as_deref(), &kind, &name));
    let before = change.get("before").clone();
    let object = Some(before.get("id")).filter(|id| !id.is_null()).unwrap_or(change.get("before_identity")).clone();
    Ok(Some(Change {
        deposed: entry.get("deposed").text().map(ToOwned::to_owned),
        provider: entry.get("provider_name").text().unwrap_or_default().to_owned(),
        provider_config: configured.and_then(|c| c.provider.clone()),
        provisioners: configured.map(|c| c.provisioners.clone()).unwrap_or_default(),
        reason: reason(entry.get("action_reason").text(), change.get("replace_paths")),
        after: change.get("after").clone(),
        after_unknown: change.get("after_unknown").clone(),
        before_sensitive: change.get("before_sensitive").clone(),
        after_sensitive: change.get("after_sensitive").clone(),
        address,
        module,
        kind,
        action,
        previous_address,
        import,
        object,
        before,
    }))
}

/// `None` for what only reads.
fn action(actions: &Json, address: &str) -> Result<Option<Action>, PlanError> {
    let words: Vec<&str> = actions.list().unwrap_or_default().iter().map(|a| a.text().unwrap_or("?")).collect();
    Ok(Some(match words.as_slice() {
        ["no-op"] => Action::Keep,
        ["read"] => return Ok(None),
        ["create"] => Action::Create,
        ["update"] => Action::Update,
        ["delete"] => Action::Delete,
        ["delete", "create"] => Action::Replace,
        ["create", "delete"] => Action::ReplaceCreateFirst,
        ["create", "forget"] => Action::ReplaceForget,
        ["forget"] => Action::Forget,
        _ => return Err(PlanError::UnknownAction { address: address.into(), actions: actions.to_json() }),
    }))
}

fn reason(reason: Option<&str>, replace_paths: &Json) -> Option<String> {
    let paths: BTreeSet<String> =
        replace_paths.list().unwrap_or_default().iter().filter_map(Json::list).map(crate::words::path).collect();
    let paths = paths.into_iter().collect::<Vec<_>>().join(", ");
    Some(match reason {
        Some("replace_because_cannot_update") if paths.is_empty() => "it cannot be changed in place".into(),
        Some("replace_because_cannot_update") => format!("{paths} cannot be changed in place"),
        Some("replace_because_tainted") => "its last creation did not finish, or it was marked as damaged".into(),
        Some("replace_by_request") => "the plan was asked to replace it".into(),
        Some("replace_by_triggers") => "something that it names as a trigger changes".into(),
        Some("delete_because_no_resource_config") => "it is no longer in the configuration".into(),
        Some("delete_because_no_module") => "its module is no longer in the configuration".into(),
        Some("delete_because_no_move_target") => {
            "it was moved to an address that the configuration does not have".into()
        }
        Some("delete_because_wrong_repetition") => "the configuration went from one to several, or back".into(),
        Some("delete_because_count_index") => "there are fewer of it".into(),
        Some("delete_because_each_key") => "its key is no longer listed".into(),
        _ => return None,
    })
}

fn invocations(section: &Json) -> Result<Vec<Invocation>, PlanError> {
    let mut out = BTreeMap::new();
    for (i, entry) in list(section, "action_invocations")?.iter().enumerate() {
        let address = required(entry, &format!("action_invocations[{i}]"), "address")?;
        let trigger = entry.get("lifecycle_action_trigger");
        let by = trigger.get("triggering_resource_address").text();
        let event = trigger.get("action_trigger_event").text().unwrap_or_default();
        let name = by.map_or_else(|| address.clone(), |by| format!("{address} ({event} of {by})"));
        // The same action may be invoked several times for one event; each has its place in the order.
        let invocation = Invocation {
            name: name.clone(),
            provider: entry.get("provider_name").text().unwrap_or_default().to_owned(),
            values: entry.get("config_values").clone(),
            unknown: entry.get("config_unknown").clone(),
            sensitive: entry.get("config_sensitive").clone(),
            trigger: Json::List(vec![trigger.clone(), entry.get("invoke_action_trigger").clone()]),
        };
        out.insert((name, i), invocation);
    }
    Ok(out.into_values().collect())
}

fn list<'a>(section: &'a Json, at: &str) -> Result<&'a [Json], PlanError> {
    if section.is_null() {
        return Ok(&[]);
    }
    section.list().ok_or_else(|| malformed(at.into(), "a list"))
}

fn required(entry: &Json, at: &str, key: &str) -> Result<String, PlanError> {
    let text = entry.get(key).text().filter(|t| !t.is_empty() && t.len() <= 2_000);
    text.map(ToOwned::to_owned).ok_or_else(|| malformed(format!("{at}.{key}"), "a text of 1 to 2,000 bytes"))
}

fn malformed(at: String, expected: &'static str) -> PlanError {
    PlanError::Malformed { at, expected }
}
