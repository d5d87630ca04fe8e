//! "What will happen": everything that follows from a draft, computed the same way for the panel and for the submit.

use crate::{
    Portal,
    access::Actor,
    approvals::{self, Approvers, Route, RouteFacts},
    catalogue::{self, Facts, Files, Template},
    diff::diff_files,
    portal::word,
    prices,
};
use causeway_contract::{
    Answers, ApiResult, FieldError,
    diff::FileDiff,
    ids::*,
    requests::{Conflict, Estimate, Preview, RequestKind, StageState, StageView},
};
use causeway_store::{Conn, environments, requests};
use uuid::Uuid;

/// What is being asked for, from a draft.
pub(super) struct Asked<'a> {
    pub(super) kind: RequestKind,
    pub(super) template: &'a Template,
    pub(super) answers: &'a Answers,
    /// The environment's owner: the requester of a new one, whoever asks for the change of an old one.
    pub(super) owner_email: &'a str,
    /// The environment to change or delete; of a revised creation, its own.
    pub(super) environment: Option<&'a environments::Environment>,
    /// The request that is revised.
    pub(super) revises: Option<Uuid>,
}

/// A change that could be computed.
pub(super) struct Change {
    pub(super) facts: Facts,
    pub(super) directory: String,
    /// What the folder holds afterwards.
    pub(super) files: Files,
    pub(super) removed: Vec<String>,
    pub(super) base_digest: String,
    pub(super) diff: Vec<FileDiff>,
    pub(super) price: Estimate,
    pub(super) route: Route,
}

impl Portal {
    /// # Errors
    /// What stops it, field by field.
    pub(super) async fn change(&self, asked: &Asked<'_>) -> ApiResult<Result<Change, Vec<FieldError>>> {
        let facts = match Facts::gather(asked.template, asked.answers, asked.owner_email, None) {
            Ok(facts) => facts,
            Err(errors) => return Ok(Err(errors)),
        };
        let directory = match asked.environment.filter(|_| asked.kind != RequestKind::Create) {
            Some(environment) => environment.directory.clone(),
            None => catalogue::directory(&facts),
        };
        let before = self.files_now(&directory).await?;
        let files = match asked.kind {
            RequestKind::Delete => Files::new(),
            RequestKind::Create | RequestKind::Update => {
                match catalogue::render(asked.template, &facts, &asked.template.form.settled(asked.answers)) {
                    Ok(files) => files,
                    Err(error) => {
                        let message = format!(
                            "The template cannot be rendered with these answers: {error}. Tell its owner, team {}.",
                            asked.template.owner
                        );
                        return Ok(Err(vec![FieldError { field: String::new(), message }]));
                    }
                }
            }
        };
        let removed = before.keys().filter(|path| !files.contains_key(*path)).cloned().collect();
        let price = match asked.kind {
            RequestKind::Delete => Estimate::default(),
            _ => prices::estimate(asked.template, self.prices(), &facts, &asked.template.form.settled(asked.answers)),
        };
        let route = approvals::evaluate(
            &self.config().routes,
            &RouteFacts { tier: facts.tier, team: &facts.team, standard: asked.template.standard },
        );
        let base_digest = catalogue::files_digest(&before);
        Ok(Ok(Change {
            diff: diff_files(&before, &files),
            facts,
            directory,
            files,
            removed,
            base_digest,
            price,
            route,
        }))
    }

    /// Files of the folder on the default branch, as last fetched. Empty before the first fetch.
    async fn files_now(&self, directory: &str) -> ApiResult<Files> {
        let unavailable = |e: crate::delivery::host::HostError| {
            tracing::warn!(error = %e, "the repository's mirror cannot be read");
            causeway_contract::ApiError::unavailable(e.message)
        };
        match self.host().known_tip().await.map_err(unavailable)? {
            Some(tip) => self.host().files(&tip.commit, directory).await.map_err(unavailable),
            None => Ok(Files::new()),
        }
    }

    /// The panel.
    pub(super) async fn preview(&self, conn: &mut Conn, actor: &Actor, asked: &Asked<'_>) -> ApiResult<Preview> {
        let mut preview = Preview {
            files: vec![],
            stages: vec![],
            no_stage_reason: None,
            price: Estimate::default(),
            tags: vec![],
            conflicts: vec![],
            branch: "causeway/\u{2026}".into(),
            repository: self.host().repository().to_owned(),
            problem: None,
        };
        let change = match self.change(asked).await? {
            Ok(change) => change,
            Err(errors) => {
                preview.problem = Some(explain(asked.template, &errors));
                return Ok(preview);
            }
        };
        preview.conflicts = self.conflicts(conn, asked, &change).await?;
        preview.stages = planned_stages(conn, actor, &change).await?;
        preview.no_stage_reason = change.route.reason;
        preview.tags = change.facts.tags();
        preview.files = change.diff;
        preview.price = change.price;
        Ok(preview)
    }

    /// What stands in the way.
    pub(super) async fn conflicts(
        &self,
        conn: &mut Conn,
        asked: &Asked<'_>,
        change: &Change,
    ) -> ApiResult<Vec<Conflict>> {
        let mut found = Vec::new();
        let own = asked.environment.map(|e| e.id);
        let mut add = |message: String, blocking: bool, field: Option<&str>, request: Option<Uuid>| {
            found.push(Conflict {
                message,
                blocking,
                field: field.map(str::to_owned),
                request: request.map(RequestId),
            });
        };
        if asked.kind == RequestKind::Create {
            let name = &change.facts.environment_name;
            if let Some(taken) = environments::find_named(conn, name).await?.filter(|e| Some(e.id) != own) {
                let what = if taken.state == "live" { "exists" } else { "is being asked for" };
                add(
                    format!(
                        "The name {name} is taken: such an environment {what} (team {}). Choose another.",
                        taken.team
                    ),
                    true,
                    Some("environment_name"),
                    None,
                );
            } else if change.diff.iter().any(|f| f.change != causeway_contract::diff::FileChange::Added)
                || !change.removed.is_empty()
            {
                add(
                    format!("The repository has a folder {} already. Choose another name.", change.directory),
                    true,
                    Some("environment_name"),
                    None,
                );
            }
        }
        if let Some(environment) = own {
            let open = requests::Query {
                environment: Some(environment),
                states: OPEN.map(str::to_owned).to_vec(),
                ..everything(2)
            };
            for other in requests::list(conn, &open).await?.into_iter().filter(|r| Some(r.id) != asked.revises) {
                add(
                    format!("Request {} on this environment is still open; one change at a time.", other.number),
                    true,
                    None,
                    Some(other.id),
                );
            }
        }
        if asked.kind == RequestKind::Update && change.diff.is_empty() {
            add("These answers change no file.".into(), true, None, None);
        }
        if asked.kind == RequestKind::Delete && change.removed.is_empty() {
            add(format!("The repository has no folder {} any more.", change.directory), true, None, None);
        }
        if self.host().known_tip().await.ok().flatten().is_none() {
            add(
                "The repository has not been read yet, so the change is shown against an empty folder.".into(),
                true,
                None,
                None,
            );
        }
        Ok(found)
    }
}

/// States in which a request keeps its environment to itself.
const OPEN: [&str; 6] = ["pending", "changes_requested", "approved", "delivering", "in_review", "stuck"];

fn everything(limit: i64) -> requests::Query {
    requests::Query::of(requests::Reader { everything: true, ..Default::default() }, limit)
}

/// "Fill in A and B": which answers the panel waits for.
fn explain(template: &Template, errors: &[FieldError]) -> String {
    if let Some(other) = errors.iter().find(|e| e.field.is_empty()) {
        return other.message.clone();
    }
    let titles: Vec<String> = errors
        .iter()
        .map(|e| template.form.field(&e.field).map_or_else(|| e.field.clone(), |f| f.title.clone()))
        .collect();
    let list = match titles.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
        None => "the form".into(),
    };
    format!("Fill in {list} to see the change, its price and who decides.")
}

/// Stages that would be made, with the people who could decide them.
async fn planned_stages(conn: &mut Conn, actor: &Actor, change: &Change) -> ApiResult<Vec<StageView>> {
    let place = crate::access::Place { team: &change.facts.team, tier: word(change.facts.tier.as_str())? };
    let mut views = Vec::new();
    for (position, stage) in change.route.stages.iter().enumerate() {
        let approvers = Approvers { roles: stage.approvers.clone() };
        views.push(StageView {
            id: None,
            title: stage.title.clone(),
            state: if position == 0 { StageState::Open } else { StageState::Waiting },
            needed: stage.needed,
            deciders: approvals::deciders(conn, &approvers, place, actor.id().0).await?,
            decisions: vec![],
            opened_at: None,
        });
    }
    Ok(views)
}
