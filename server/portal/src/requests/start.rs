//! Beginning a draft: from a template, from an environment.

use super::Subject;
use crate::{
    Portal,
    access::{Actor, Place},
    portal::{from_json, to_json, word},
    templates,
};
use causeway_contract::{Answers, ApiError, ApiResult, ids::*, requests::RequestKind};
use causeway_store::{Conn, drafts, environments, micros, new_id};

impl Portal {
    /// A new draft for a new environment. `prefill` may name any field of the form; others are ignored.
    ///
    /// # Errors
    /// Forbidden without a role that asks for environments; not found or broken templates.
    pub async fn start_draft(&self, actor: &Actor, template: &str, prefill: Answers) -> ApiResult<DraftId> {
        if let Err(error) = may_ask(actor) {
            let subject = Subject { kind: "template", id: template.into(), name: format!("template {template}") };
            return Err(self.refuse(actor, subject, "request.start_refused", error).await);
        }
        let mut conn = self.db().begin().await?;
        let (template, commit) = templates::usable(&mut conn, template).await?;
        let mut answers: Answers = prefill
            .into_iter()
            .filter(|(name, value)| template.form.field(name).is_some() && value.len() <= 20_000)
            .collect();
        if let [team] = &self.teams_for(actor)[..] {
            answers.entry("team".into()).or_insert_with(|| team.clone());
        }
        self.insert_draft(conn, actor, RequestKind::Create, &template.name, &commit, None, &answers).await
    }

    /// A draft that changes a live environment, with the answers it was built with.
    ///
    /// # Errors
    /// Not found; forbidden outside the person's teams; conflict while it is not live.
    pub async fn request_update(&self, actor: &Actor, id: EnvironmentId) -> ApiResult<DraftId> {
        let environment = self.environment_to_change(actor, id).await?;
        let mut conn = self.db().begin().await?;
        let (template, commit) = templates::usable(&mut conn, &environment.template).await?;
        let answers: Answers = from_json(&environment.answers)?;
        self.insert_draft(conn, actor, RequestKind::Update, &template.name, &commit, Some(id), &answers).await
    }

    /// A draft that removes a live environment.
    ///
    /// # Errors
    /// As [`Portal::request_update`].
    pub async fn request_deletion(&self, actor: &Actor, id: EnvironmentId) -> ApiResult<DraftId> {
        let environment = self.environment_to_change(actor, id).await?;
        let conn = self.db().begin().await?;
        let mut answers: Answers = from_json(&environment.answers)?;
        answers.remove("justification");
        let (template, commit) = (environment.template.clone(), environment.commit_sha.clone());
        self.insert_draft(conn, actor, RequestKind::Delete, &template, &commit, Some(id), &answers).await
    }

    /// Teams the actor may ask for, sorted.
    pub(crate) fn teams_for(&self, actor: &Actor) -> Vec<String> {
        let mut teams: Vec<String> = self.config().teams.iter().cloned().chain(actor.teams()).collect();
        teams.sort();
        teams.dedup();
        teams.retain(|team| actor.may_request_for(team));
        teams
    }

    /// The environment, when the actor may ask for a change of it; who may not is on the record.
    async fn environment_to_change(&self, actor: &Actor, id: EnvironmentId) -> ApiResult<environments::Environment> {
        let mut conn = self.db().read().await?;
        let found = environments::find(&mut conn, id.0).await?.ok_or_else(|| ApiError::not_found("environment"))?;
        drop(conn);
        let place = Place { team: &found.team, tier: word(&found.tier)? };
        let refusal = if !actor.may_read(PersonId(found.owner_id), place) {
            Some(ApiError::not_found("environment"))
        } else if let Err(error) = may_ask(actor) {
            Some(error)
        } else {
            may_change(actor, &found).err().map(ApiError::conflict)
        };
        let Some(error) = refusal else { return Ok(found) };
        let subject = Subject { kind: "environment", id: id.to_string(), name: format!("environment {}", found.name) };
        Err(self.refuse(actor, subject, "environment.change_refused", error).await)
    }

    #[expect(clippy::too_many_arguments, reason = "the columns of one row")]
    pub(super) async fn insert_draft(
        &self,
        mut conn: Conn,
        actor: &Actor,
        kind: RequestKind,
        template: &str,
        commit: &str,
        environment: Option<EnvironmentId>,
        answers: &Answers,
    ) -> ApiResult<DraftId> {
        let id = new_id(self.now());
        let now = micros(self.now());
        let draft = drafts::Draft {
            id,
            person_id: actor.id().0,
            kind: kind.to_string(),
            template: template.to_owned(),
            commit_sha: commit.to_owned(),
            environment_id: environment.map(|e| e.0),
            request_id: None,
            answers: to_json(answers)?,
            version: 1,
            created_at: now,
            updated_at: now,
        };
        drafts::insert(&mut conn, &draft).await?;
        conn.commit().await?;
        Ok(DraftId(id))
    }
}

pub(super) fn may_ask(actor: &Actor) -> ApiResult<()> {
    if actor.abilities().request {
        return Ok(());
    }
    Err(ApiError::forbidden("None of your roles may ask for environments. Engineers, managers and admins may."))
}

/// Why the actor may not ask for a change of the environment.
pub(crate) fn may_change(actor: &Actor, environment: &environments::Environment) -> Result<(), String> {
    if !actor.may_request_for(&environment.team) {
        return Err(format!("Only people of team {} may ask for a change.", environment.team));
    }
    match environment.state.as_str() {
        "live" => Ok(()),
        "requested" => Err("It is not built yet.".into()),
        _ => Err("It does not exist any more.".into()),
    }
}
