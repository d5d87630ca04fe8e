//! A new draft with the answers of a past request.

use super::{
    Found,
    start::{may_ask, may_change},
};
use crate::{Portal, access::Actor, portal::from_json, portal::word, templates};
use causeway_contract::{Answers, ApiError, ApiResult, ids::*, requests::RequestKind};
use causeway_store::{Conn, environments, requests};

impl Portal {
    /// Of a change or a deletion: the same of the same environment, while it lives. Otherwise of a new environment; the name is
    /// left out when another one has it, for two cannot share it.
    ///
    /// # Errors
    /// Not found; forbidden without a role that asks; conflict when the environment may not be changed; a template that is gone
    /// or broken.
    pub async fn clone_request(&self, actor: &Actor, id: RequestId) -> ApiResult<DraftId> {
        if let Err(error) = may_ask(actor) {
            return Err(self.refused(actor, id, "request.clone_refused", error).await);
        }
        let mut conn = self.db().begin().await?;
        let found = Found::read(&mut conn, actor, id).await?.row;
        let revision = requests::revision(&mut conn, found.id, found.revision).await?;
        let mut answers: Answers = revision.map(|r| from_json(&r.answers)).transpose()?.unwrap_or_default();
        let kind: RequestKind = word(&found.kind)?;
        if kind != RequestKind::Create
            && let Some(environment) = environments::find(&mut conn, found.environment_id).await?
            && (environment.state == "live" || kind == RequestKind::Delete)
        {
            may_change(actor, &environment).map_err(ApiError::conflict)?;
            return self.clone_change(conn, actor, kind, &environment, &answers).await;
        }
        let (template, commit) = templates::usable(&mut conn, &found.template).await?;
        if environments::find_named(&mut conn, &found.environment_name).await?.is_some() {
            answers.remove("environment_name");
        }
        if answers.get("team").is_some_and(|team| !actor.may_request_for(team)) {
            answers.remove("team");
        }
        self.insert_draft(conn, actor, RequestKind::Create, &template.name, &commit, None, &answers).await
    }

    async fn clone_change(
        &self,
        mut conn: Conn,
        actor: &Actor,
        kind: RequestKind,
        environment: &environments::Environment,
        answers: &Answers,
    ) -> ApiResult<DraftId> {
        let (template, commit) = match kind {
            // What was built is what is taken down, whatever became of the template.
            RequestKind::Delete => (environment.template.clone(), environment.commit_sha.clone()),
            _ => {
                let (template, commit) = templates::usable(&mut conn, &environment.template).await?;
                (template.name, commit)
            }
        };
        let of = Some(EnvironmentId(environment.id));
        self.insert_draft(conn, actor, kind, &template, &commit, of, answers).await
    }
}
