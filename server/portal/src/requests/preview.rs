//! "What will happen": everything that follows from a draft, computed the same way for the panel and for the submit.

use super::conflicts::{conflicts, explain, reworded};
use crate::{
    Portal,
    access::Actor,
    approvals::{self, Approvers, Route, RouteFacts},
    catalogue::{self, Facts, Files, Template},
    diff::diff_files,
    portal::{to_json, word},
    prices,
};
use causeway_contract::{
    Answers, ApiResult, FieldError,
    diff::FileDiff,
    requests::{Estimate, Preview, RequestKind, StageState, StageView},
};
use causeway_store::{Conn, environments};
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
    /// Commit of the default branch that it was worked out against; none before the first fetch.
    pub(super) tip: Option<String>,
    pub(super) diff: Vec<FileDiff>,
    pub(super) price: Estimate,
    pub(super) route: Route,
    /// [`Preview::digest`].
    pub(super) shown: String,
}

impl Portal {
    /// # Errors
    /// What stops it, field by field.
    pub(super) async fn change(&self, asked: &Asked<'_>) -> ApiResult<Result<Change, Vec<FieldError>>> {
        let facts = match Facts::gather(asked.template, asked.answers, asked.owner_email) {
            Ok(facts) => facts,
            Err(errors) => return Ok(Err(reworded(asked, errors))),
        };
        let directory = match asked.environment.filter(|_| asked.kind != RequestKind::Create) {
            Some(environment) => environment.directory.clone(),
            None => catalogue::directory(&facts),
        };
        let (tip, before) = self.files_now(&directory).await?;
        let settled = asked.template.form.settled(asked.answers);
        let files = match asked.kind {
            RequestKind::Delete => Files::new(),
            RequestKind::Create | RequestKind::Update => match catalogue::render(asked.template, &facts, &settled) {
                Ok(files) => files,
                Err(error) => {
                    // Answers that are still to come, or wrong, are no fault of the template.
                    let wrong = asked.template.form.validate(asked.answers, &catalogue::matches);
                    if !wrong.is_empty() {
                        return Ok(Err(wrong));
                    }
                    let message = format!(
                        "The template cannot be rendered with these answers: {error}. Tell its owner, team {}.",
                        asked.template.owner
                    );
                    return Ok(Err(vec![FieldError { field: String::new(), message }]));
                }
            },
        };
        let removed = before.keys().filter(|path| !files.contains_key(*path)).cloned().collect();
        let price = match asked.kind {
            RequestKind::Delete => Estimate::default(),
            _ => prices::estimate(asked.template, self.prices(), &facts, &settled),
        };
        let route = approvals::evaluate(
            &self.config().routes,
            &RouteFacts { tier: facts.tier, team: &facts.team, standard: asked.template.standard },
        );
        let base_digest = catalogue::files_digest(&before);
        let shown = catalogue::shown_digest([
            asked.kind.as_str(),
            // Without the catalogue's commit: another template that changed there changes nothing here.
            &catalogue::request_digest(&asked.template.name, "", &facts, &settled),
            &catalogue::files_digest(&files),
            &base_digest,
            &to_json(&price)?,
            &to_json(&route.stages)?,
        ]);
        Ok(Ok(Change {
            diff: diff_files(&before, &files),
            facts,
            directory,
            files,
            removed,
            base_digest,
            tip,
            price,
            route,
            shown,
        }))
    }

    /// Files of the folder on the default branch, as last fetched, and at which commit. Empty before the first fetch.
    async fn files_now(&self, directory: &str) -> ApiResult<(Option<String>, Files)> {
        let unavailable = |e: crate::delivery::host::HostError| {
            tracing::warn!(error = %e, "the repository's mirror cannot be read");
            causeway_contract::ApiError::unavailable(e.message)
        };
        match self.host().known_tip().await.map_err(unavailable)? {
            Some(tip) => {
                let files = self.host().files(&tip.commit, directory).await.map_err(unavailable)?;
                Ok((Some(tip.commit), files))
            }
            None => Ok((None, Files::new())),
        }
    }

    /// The panel. It takes a connection for reading only after git has answered.
    pub(super) async fn preview(&self, actor: &Actor, asked: &Asked<'_>) -> ApiResult<Preview> {
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
            digest: String::new(),
        };
        let change = match self.change(asked).await? {
            Ok(change) => change,
            Err(errors) => {
                preview.problem = Some(explain(asked, &errors));
                return Ok(preview);
            }
        };
        let mut conn = self.db().read().await?;
        preview.conflicts = conflicts(&mut conn, actor, asked, &change).await?;
        preview.stages = planned_stages(&mut conn, actor, &change).await?;
        preview.digest = change.shown;
        preview.no_stage_reason = change.route.reason;
        preview.tags = change.facts.tags();
        preview.files = change.diff;
        preview.price = change.price;
        Ok(preview)
    }
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
