//! A new draft with the answers of a past request.

use super::{Found, start::may_ask};
use crate::{Portal, access::Actor, portal::from_json, templates};
use causeway_contract::{Answers, ApiResult, ids::*, requests::RequestKind};
use causeway_store::requests;

impl Portal {
    /// The name is left out when the environment of the request lives: two cannot share it.
    ///
    /// # Errors
    /// Not found; forbidden without a role that asks; a template that is gone or broken.
    pub async fn clone_request(&self, actor: &Actor, id: RequestId) -> ApiResult<DraftId> {
        if let Err(error) = may_ask(actor) {
            return Err(self.refused(actor, id, "request.clone_refused", error).await);
        }
        let mut conn = self.db().begin().await?;
        let found = Found::read(&mut conn, actor, id).await?.row;
        let (template, commit) = templates::usable(&mut conn, &found.template).await?;
        let revision = requests::revision(&mut conn, found.id, found.revision).await?;
        let mut answers: Answers = revision.map(|r| from_json(&r.answers)).transpose()?.unwrap_or_default();
        if causeway_store::environments::find_named(&mut conn, &found.environment_name).await?.is_some() {
            answers.remove("environment_name");
        }
        if answers.get("team").is_some_and(|team| !actor.may_request_for(team)) {
            answers.remove("team");
        }
        self.insert_draft(conn, actor, RequestKind::Create, &template.name, &commit, None, &answers).await
    }
}
