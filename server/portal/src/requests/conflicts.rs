//! What stands in the way of a change, and which answers the panel still waits for.
//!
//! To add a reason: a function here that returns a [`Conflict`], called from [`conflicts`]. The panel shows it and the submit
//! refuses by it.

use super::{
    draft::FIXED,
    preview::{Asked, Change},
    start::may_change,
};
use crate::{access::Actor, catalogue};
use causeway_contract::{
    ApiResult, FieldError,
    diff::FileChange,
    ids::*,
    requests::{Conflict, RequestKind},
};
use causeway_store::{Conn, environments, requests};
use uuid::Uuid;

/// States in which a request keeps its environment to itself.
const OPEN: [&str; 6] = ["pending", "changes_requested", "approved", "delivering", "in_review", "stuck"];

fn blocking(message: impl Into<String>) -> Conflict {
    Conflict { message: message.into(), blocking: true, field: None, request: None }
}

/// Everything that stands in the way.
pub(super) async fn conflicts(
    conn: &mut Conn,
    actor: &Actor,
    asked: &Asked<'_>,
    change: &Change,
) -> ApiResult<Vec<Conflict>> {
    let mut found = Vec::new();
    match (asked.kind, asked.environment) {
        (RequestKind::Create, own) => found.extend(name_in_use(conn, own.map(|e| e.id), change).await?),
        (_, Some(environment)) => found.extend(not_this_environment(actor, environment, change)),
        (_, None) => found.push(blocking("The environment does not exist any more.")),
    }
    if let Some(environment) = asked.environment {
        found.extend(still_open(conn, environment.id, asked.revises).await?);
    }
    if asked.kind == RequestKind::Update && change.diff.is_empty() {
        found.push(blocking("These answers change no file."));
    }
    if asked.kind == RequestKind::Delete && change.removed.is_empty() {
        found.push(blocking(format!("The repository has no folder {} any more.", change.directory)));
    }
    if change.tip.is_none() {
        found.push(blocking("The repository has not been read yet, so the change is shown against an empty folder."));
    }
    Ok(found)
}

/// Somebody else's environment, or files of nobody, stand where a new one would go.
async fn name_in_use(conn: &mut Conn, own: Option<Uuid>, change: &Change) -> ApiResult<Option<Conflict>> {
    let name = &change.facts.environment_name;
    let message = if let Some(taken) = environments::find_named(conn, name).await?.filter(|e| Some(e.id) != own) {
        let what = if taken.state == "live" { "exists" } else { "is being asked for" };
        format!("The name {name} is taken: such an environment {what} (team {}). Choose another.", taken.team)
    } else if change.diff.iter().any(|f| f.change != FileChange::Added) || !change.removed.is_empty() {
        format!("The repository has a folder {} already. Choose another name.", change.directory)
    } else {
        return Ok(None);
    };
    Ok(Some(Conflict { field: Some("environment_name".into()), ..blocking(message) }))
}

/// A draft may be older than what became of its environment: another may have its name and its folder by now.
fn not_this_environment(actor: &Actor, environment: &environments::Environment, change: &Change) -> Option<Conflict> {
    if let Err(why) = may_change(actor, environment) {
        return Some(blocking(format!("{} cannot be changed. {why}", environment.name)));
    }
    let led_to = catalogue::directory(&change.facts);
    (led_to != environment.directory).then(|| {
        blocking(format!(
            "The answers lead to the folder {led_to}, but {} is in {}. Discard this draft and start again from the environment's page.",
            environment.name, environment.directory
        ))
    })
}

async fn still_open(conn: &mut Conn, environment: Uuid, revises: Option<Uuid>) -> ApiResult<Vec<Conflict>> {
    let everything = requests::Reader { everything: true, ..Default::default() };
    let open = requests::Query {
        environment: Some(environment),
        states: OPEN.map(str::to_owned).to_vec(),
        ..requests::Query::of(everything, 2)
    };
    let others = requests::list(conn, &open).await?.into_iter().filter(|r| Some(r.id) != revises);
    let conflict = |other: requests::Request| Conflict {
        request: Some(RequestId(other.id)),
        ..blocking(format!("Request {} on this environment is still open; one change at a time.", other.number))
    };
    Ok(others.map(conflict).collect())
}

/// Says of what cannot be changed any more that nobody can change it, in place of "choose another".
pub(super) fn reworded(asked: &Asked<'_>, mut errors: Vec<FieldError>) -> Vec<FieldError> {
    if asked.kind != RequestKind::Create {
        let settled = asked.template.form.settled(asked.answers);
        for error in errors.iter_mut().filter(|e| FIXED.contains(&e.field.as_str())) {
            if let Some(value) = settled.get(&error.field) {
                error.message = format!(
                    "The template is not offered for {value} any more, and the environment cannot be moved. \
                     Ask the template's owner, team {}, to offer it there again.",
                    asked.template.owner
                );
            }
        }
    }
    errors
}

/// "Fill in A and B": which answers the panel waits for.
pub(super) fn explain(asked: &Asked<'_>, errors: &[FieldError]) -> String {
    let settled = asked.template.form.settled(asked.answers);
    let answered = |e: &&FieldError| settled.contains_key(&e.field);
    let fixed = |e: &&FieldError| asked.kind != RequestKind::Create && FIXED.contains(&e.field.as_str()) && answered(e);
    if let Some(other) = errors.iter().find(|e| e.field.is_empty() || fixed(e)) {
        return other.message.clone();
    }
    let titles = |errors: Vec<&FieldError>| {
        let title =
            |e: &FieldError| asked.template.form.field(&e.field).map_or_else(|| e.field.clone(), |f| f.title.clone());
        errors.into_iter().map(title).collect::<Vec<String>>()
    };
    let (wrong, missing): (Vec<&FieldError>, Vec<&FieldError>) = errors.iter().partition(answered);
    let todo = match (listed(&titles(missing)), listed(&titles(wrong))) {
        (Some(missing), Some(wrong)) => format!("Fill in {missing}, and correct {wrong},"),
        (Some(missing), None) => format!("Fill in {missing}"),
        (None, Some(wrong)) => format!("Correct {wrong}"),
        (None, None) => "Fill in the form".into(),
    };
    format!("{todo} to see the change, its price and who decides.")
}

/// `A, B and C`.
fn listed(titles: &[String]) -> Option<String> {
    match titles.split_last()? {
        (last, []) => Some(last.clone()),
        (last, rest) => Some(format!("{} and {last}", rest.join(", "))),
    }
}
