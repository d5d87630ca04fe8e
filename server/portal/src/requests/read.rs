//! One request in full.

use super::{Found, summaries, timeline, views};
use crate::{
    Portal,
    access::Actor,
    approvals::{self, Approvers},
    delivery,
    portal::{from_json, word},
    templates,
};
use causeway_contract::{
    ApiResult,
    actions::Action,
    ids::*,
    requests::{RequestState, RequestView},
};
use causeway_store::{Conn, audit, drafts, requests, stages};

impl Portal {
    /// # Errors
    /// Not found for people who may not see it.
    pub async fn request(&self, actor: &Actor, id: RequestId) -> ApiResult<RequestView> {
        let mut conn = self.db().read().await?;
        let found = Found::read(&mut conn, actor, id).await?;
        let row = &found.row;
        let revision = requests::revision(&mut conn, row.id, row.revision).await?.ok_or_else(|| views::missing(row))?;
        let template = templates::version(&mut conn, &row.template, &row.commit_sha).await?;
        let price = from_json(&row.price)?;
        let events = audit::of_subject(&mut conn, "request", &row.id.to_string()).await?;
        let history =
            requests::Query { environment: Some(row.environment_id), ..requests::Query::of(actor.reader(), 11) };
        let mut history = requests::list(&mut conn, &history).await?;
        history.retain(|r| r.id != row.id);
        history.truncate(10);
        let mine = row.requester_id == actor.id().0;
        let draft = if mine { drafts::of_request(&mut conn, row.id).await?.map(|d| DraftId(d.id)) } else { None };
        Ok(RequestView {
            template_title: template.title.clone(),
            commit: row.commit_sha.clone(),
            revision: row.revision,
            cost_centre: row.cost_centre.clone(),
            justification: revision.justification.clone(),
            form: template.form,
            answers: from_json(&revision.answers)?,
            files: from_json(&revision.diff)?,
            tags: from_json(&revision.tags)?,
            stages: approvals::stage_views(&mut conn, row).await?,
            no_stage_reason: row.no_stage_reason.clone(),
            evidence: views::evidence(&revision, &price),
            delivery: delivery::view(&mut conn, row).await?,
            cursor: events.last().map_or(0, |e| e.seq),
            timeline: events.iter().filter_map(timeline::entry).collect(),
            environment_id: Some(EnvironmentId(row.environment_id)),
            history: summaries(&mut conn, history).await?,
            actions: self.actions(&mut conn, actor, &found).await?,
            draft,
            summary: summaries(&mut conn, vec![found.row]).await?.remove(0),
        })
    }

    /// What the actor may do here, and why not where not. The services check again.
    async fn actions(
        &self,
        conn: &mut Conn,
        actor: &Actor,
        found: &Found,
    ) -> ApiResult<Vec<(Action, Result<(), String>)>> {
        let state: RequestState = word(&found.row.state)?;
        let mine = found.row.requester_id == actor.id().0;
        let may_decide = self.may_decide(conn, actor, found).await?;
        let may_withdraw = delivery::may_withdraw(conn, found.row.id, state).await?;
        let who = |action: Action| match action {
            Action::Approve | Action::Deny | Action::AskForChanges => may_decide.clone(),
            Action::Withdraw | Action::Revise if !mine => Err("Only the person who asked may do this.".to_owned()),
            Action::Withdraw => may_withdraw.clone(),
            Action::RetryDelivery if !delivery::may_retry(actor, found) => {
                Err("The requester, a manager of the team or an infrastructure admin may do this.".to_owned())
            }
            Action::Comment if !actor.may_comment() => Err(super::comment::READS_ONLY.to_owned()),
            Action::Clone if !actor.abilities().request => {
                Err("None of your roles may ask for environments.".to_owned())
            }
            _ => Ok(()),
        };
        Ok(Action::ALL.map(|a| (a, a.check(state).and_then(|()| who(a)))).to_vec())
    }

    async fn may_decide(&self, conn: &mut Conn, actor: &Actor, found: &Found) -> ApiResult<Result<(), String>> {
        if found.row.requester_id == actor.id().0 {
            return Ok(Err("You asked for this, so somebody else must decide it.".into()));
        }
        let route = stages::of_revision(conn, found.row.id, found.row.revision).await?;
        let Some(open) = route.iter().find(|s| s.state == "open") else {
            return Ok(Err("No stage is waiting for a decision.".into()));
        };
        let approvers: Approvers = from_json(&open.approvers)?;
        if !approvers.admits(actor, found.place()) {
            return Ok(Err(format!("This stage is for \"{}\".", open.title)));
        }
        let given = stages::decisions(conn, found.row.id).await?;
        if given.iter().any(|d| d.revision == found.row.revision && d.person_id == actor.id().0) {
            return Ok(Err("You decided on this request already; the next stage needs somebody else.".into()));
        }
        Ok(Ok(()))
    }
}
