//! Approve, deny, ask for changes.

use super::Approvers;
use crate::{
    Portal,
    access::Actor,
    delivery,
    portal::{from_json, to_json, word},
    requests::{Found, events, evidence_of},
};
use causeway_contract::{
    ApiError, ApiResult,
    actions::Action,
    ids::*,
    names,
    requests::{Evidence, RequestState, Verdict},
};
use causeway_store::{Conn, audit::NewEvent, drafts, environments, micros, new_id, requests, stages};
use serde_json::json;
use uuid::Uuid;

/// Proof that the actor may decide the open stage of this request now. Only [`Portal::find_to_decide`] makes it.
struct MayDecide {
    request: requests::Request,
    stage: stages::Stage,
    route: Vec<stages::Stage>,
}

impl Portal {
    /// Decides the open stage. `revision` is the one the person looked at; `field` is where changes are wished.
    ///
    /// # Errors
    /// Invalid without a reason for a denial or a wish; forbidden for the requester and for people the stage does not name;
    /// conflict when somebody was quicker or the request changed meanwhile: the message says what happened.
    pub async fn decide(
        &self,
        actor: &Actor,
        id: RequestId,
        revision: i64,
        verdict: Verdict,
        comment: String,
        field: Option<String>,
    ) -> ApiResult<()> {
        let comment = comment.trim().to_owned();
        names::free_text(&comment, verdict != Verdict::Approve).map_err(|m| ApiError::field("comment", m))?;
        let mut conn = self.db().begin().await?;
        let may = match self.find_to_decide(&mut conn, actor, id, revision, verdict).await {
            Ok(may) => may,
            Err(error) => {
                drop(conn);
                return Err(self.refused(actor, id, "request.decision_refused", error).await);
            }
        };
        let evidence = evidence_of(&mut conn, &may.request).await?;
        stages::insert_decision(
            &mut conn,
            &stages::Decision {
                id: new_id(self.now()),
                request_id: may.request.id,
                revision: may.request.revision,
                stage_id: may.stage.id,
                person_id: actor.id().0,
                verdict: verdict.to_string(),
                comment: comment.clone(),
                field: field.clone(),
                evidence: to_json(&evidence)?,
                decided_at: micros(self.now()),
            },
        )
        .await?;
        let mut told =
            vec![events::decision(actor, &may.request, &may.stage.title, verdict, &comment, field, &evidence)];
        match verdict {
            Verdict::Approve => told.extend(self.approved(&mut conn, &may, &evidence).await?),
            Verdict::Deny => self.denied(&mut conn, &may).await?,
            Verdict::AskForChanges => self.changes_asked(&mut conn, &may).await?,
        }
        self.commit_all(conn, told).await?;
        self.wake_worker();
        Ok(())
    }

    /// Reads and locks the request, and checks everything that deciding demands, in the order a person would want to know.
    async fn find_to_decide(
        &self,
        conn: &mut Conn,
        actor: &Actor,
        id: RequestId,
        revision: i64,
        verdict: Verdict,
    ) -> ApiResult<MayDecide> {
        let Found { row: request, .. } = Found::lock(conn, actor, id).await?;
        if requests::editors(conn, request.id).await?.contains(&actor.id().0) || request.requester_id == actor.id().0 {
            return Err(ApiError::forbidden("You asked for this, so somebody else must decide it."));
        }
        let route = stages::of_revision(conn, request.id, request.revision).await?;
        let action = match verdict {
            Verdict::Approve => Action::Approve,
            Verdict::Deny => Action::Deny,
            Verdict::AskForChanges => Action::AskForChanges,
        };
        let state: RequestState = word(&request.state)?;
        if let Err(why) = action.check(state) {
            return Err(ApiError::conflict(
                format!("{why} {}", self.last_word(conn, request.id).await?).trim().to_owned(),
            ));
        }
        if request.revision != revision {
            return Err(ApiError::conflict(
                "The requester changed this request after you opened it. Reload, look at the new version, then decide.",
            ));
        }
        let Some(stage) = route.iter().find(|s| s.state == "open").cloned() else {
            return Err(ApiError::conflict("No stage is waiting for a decision."));
        };
        if stages::decisions(conn, request.id)
            .await?
            .iter()
            .any(|d| d.revision == revision && d.person_id == actor.id().0)
        {
            return Err(ApiError::conflict("You decided on this request already; the next stage needs somebody else."));
        }
        let approvers: Approvers = from_json(&stage.approvers)?;
        let place = crate::access::Place { team: &request.team, tier: word(&request.tier)? };
        if !approvers.admits(actor, place) {
            return Err(ApiError::forbidden(format!(
                "This stage is for \"{}\"; none of your roles covers it.",
                stage.title
            )));
        }
        Ok(MayDecide { request, stage, route })
    }

    /// Who decided last, for the slower of two.
    async fn last_word(&self, conn: &mut Conn, request: Uuid) -> ApiResult<String> {
        let Some(last) = stages::decisions(conn, request).await?.pop() else { return Ok(String::new()) };
        let who = crate::portal::People::load(conn, [last.person_id]).await?.get(last.person_id);
        let verdict: Verdict = word(&last.verdict)?;
        Ok(format!("{} {} just before you.", who.name, verdict.label().to_lowercase()))
    }

    async fn approved(&self, conn: &mut Conn, may: &MayDecide, evidence: &Evidence) -> ApiResult<Vec<NewEvent>> {
        let now = micros(self.now());
        let given = stages::decisions(conn, may.request.id).await?;
        let count = given.iter().filter(|d| d.stage_id == may.stage.id && d.verdict == "approve").count();
        if (count as i64) < may.stage.needed {
            return Ok(vec![]);
        }
        stages::set_state(conn, may.stage.id, "approved", may.stage.opened_at, Some(now)).await?;
        let next = may.route.iter().find(|s| s.position > may.stage.position);
        let mut request = may.request.clone();
        request.updated_at = now;
        if let Some(next) = next {
            stages::set_state(conn, next.id, "open", Some(now), None).await?;
            request.waiting_for = Some(next.title.clone());
            requests::update(conn, &request).await?;
            return Ok(vec![]);
        }
        let event = delivery::approve(self, conn, request, evidence).await?;
        Ok(vec![event])
    }

    async fn denied(&self, conn: &mut Conn, may: &MayDecide) -> ApiResult<()> {
        let now = micros(self.now());
        stages::set_state(conn, may.stage.id, "denied", may.stage.opened_at, Some(now)).await?;
        stages::void_rest(conn, may.request.id, now).await?;
        let mut request = may.request.clone();
        request.state = RequestState::Denied.to_string();
        request.waiting_for = None;
        (request.updated_at, request.closed_at) = (now, Some(now));
        requests::update(conn, &request).await?;
        abandon(conn, &request, now).await
    }

    async fn changes_asked(&self, conn: &mut Conn, may: &MayDecide) -> ApiResult<()> {
        let now = micros(self.now());
        stages::void_rest(conn, may.request.id, now).await?;
        let mut request = may.request.clone();
        request.state = RequestState::ChangesRequested.to_string();
        request.waiting_for = None;
        request.updated_at = now;
        requests::update(conn, &request).await?;
        let asked = requests::revision(conn, request.id, request.revision).await?;
        let answers = asked.map_or_else(|| json!({}).to_string(), |r| r.answers);
        drafts::insert(
            conn,
            &drafts::Draft {
                id: new_id(self.now()),
                person_id: request.requester_id,
                kind: request.kind.clone(),
                template: request.template.clone(),
                commit_sha: request.commit_sha.clone(),
                environment_id: Some(request.environment_id),
                request_id: Some(request.id),
                answers,
                version: 1,
                created_at: now,
                updated_at: now,
            },
        )
        .await?;
        Ok(())
    }
}

/// An environment whose first request ended without a merge never was: its name is free again.
pub(crate) async fn abandon(conn: &mut Conn, request: &requests::Request, now: i64) -> ApiResult<()> {
    if request.kind == "create"
        && let Some(mut environment) = environments::find(conn, request.environment_id).await?
        && environment.state == "requested"
    {
        environment.state = "abandoned".into();
        environment.updated_at = now;
        environments::update(conn, &environment).await?;
    }
    Ok(())
}
