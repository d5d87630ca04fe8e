//! Approve, deny, ask for changes.

use super::Approvers;
use crate::{
    Portal,
    access::Actor,
    delivery,
    portal::{from_json, to_json, word},
    requests::{Found, events, evidence_of},
    templates,
};
use causeway_contract::{
    ApiError, ApiResult,
    actions::Action,
    ids::*,
    names,
    requests::{Evidence, NewDecision, RequestState, Verdict},
};
use causeway_store::{
    Conn,
    audit::{self, NewEvent},
    drafts, environments, from_micros, micros, new_id, requests, stages,
};
use chrono::TimeDelta;
use serde_json::json;
use uuid::Uuid;

/// Proof that the actor may decide the open stage of this request now. Only [`Portal::find_to_decide`] makes it.
struct MayDecide {
    request: requests::Request,
    stage: stages::Stage,
    route: Vec<stages::Stage>,
}

impl Portal {
    /// Decides the stage that was open on the screen.
    ///
    /// # Errors
    /// Invalid without a reason for a denial or a wish, and for a field that the form does not have; forbidden for the
    /// requester and for people the stage does not name; conflict when somebody was quicker or the request changed meanwhile:
    /// the message says what happened.
    pub async fn decide(&self, actor: &Actor, id: RequestId, decision: NewDecision) -> ApiResult<()> {
        let verdict = decision.verdict;
        let comment = decision.comment.trim().to_owned();
        names::free_text(&comment, verdict != Verdict::Approve).map_err(|m| ApiError::field("comment", m))?;
        let field = decision.field.clone().filter(|_| verdict == Verdict::AskForChanges);
        let mut conn = self.db().begin().await?;
        let may = match self.find_to_decide(&mut conn, actor, id, &decision).await {
            Ok(may) => may,
            Err(error) => {
                drop(conn);
                return Err(self.refused(actor, id, "request.decision_refused", error).await);
            }
        };
        if let Some(field) = &field {
            let template = templates::version(&mut conn, &may.request.template, &may.request.commit_sha).await?;
            if template.form.field(field).is_none() {
                return Err(ApiError::field("field", "The form has no such field; choose one of the list."));
            }
        }
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
        decision: &NewDecision,
    ) -> ApiResult<MayDecide> {
        let Found { row: request, .. } = Found::lock(conn, actor, id).await?;
        if requests::editors(conn, request.id).await?.contains(&actor.id().0) || request.requester_id == actor.id().0 {
            return Err(ApiError::forbidden("You asked for this, so somebody else must decide it."));
        }
        let route = stages::of_revision(conn, request.id, request.revision).await?;
        let action = match decision.verdict {
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
        if request.revision != decision.revision {
            return Err(ApiError::conflict(
                "The requester changed this request after you opened it. Reload, look at the new version, then decide.",
            ));
        }
        let Some(stage) = route.iter().find(|s| s.state == "open").cloned() else {
            return Err(ApiError::conflict("No stage is waiting for a decision."));
        };
        // Whoever looked at another stage has not decided on this one, whatever roles they hold.
        if stage.id != decision.stage.0 {
            let last = self.last_word(conn, request.id).await?;
            return Err(ApiError::conflict(
                format!("Another stage is open now, \u{201c}{}\u{201d}. {last}", stage.title).trim().to_owned(),
            ));
        }
        if stages::decisions(conn, request.id)
            .await?
            .iter()
            .any(|d| d.revision == request.revision && d.person_id == actor.id().0)
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

    /// What a person did last to the request, for the slower of two.
    async fn last_word(&self, conn: &mut Conn, request: Uuid) -> ApiResult<String> {
        let events = audit::of_subject(conn, "request", &request.to_string()).await?;
        let last = events.iter().rev().filter(|e| e.outcome == "done" && e.actor_kind == "person");
        let Some((event, did)) = last.filter_map(|e| Some((e, in_words(&e.action)?))).next() else {
            return Ok(String::new());
        };
        let at = from_micros(event.at);
        let when = match self.now() - at < TimeDelta::minutes(1) {
            true => "just before you".to_owned(),
            false => at.format("on %-d %B %Y at %H:%M UTC").to_string(),
        };
        Ok(format!("{} {did} {when}.", event.actor_name))
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
                // As the draft that it was made from: submitting twice is then told by the same look-up.
                id: request.id,
                person_id: request.requester_id,
                kind: request.kind.clone(),
                template: request.template.clone(),
                commit_sha: request.commit_sha.clone(),
                environment_id: Some(request.environment_id),
                request_id: Some(request.id),
                answers,
                // Never one that the earlier draft had: a page that still shows that one cannot submit this one.
                version: now,
                created_at: now,
                updated_at: now,
            },
        )
        .await?;
        Ok(())
    }
}

/// What an event says that a person did; `None` for what does not move the request.
fn in_words(action: &str) -> Option<&'static str> {
    Some(match action {
        "request.submitted" => "submitted it",
        "request.revised" => "changed it and submitted it again",
        "request.stage_approved" => "approved",
        "request.denied" => "denied",
        "request.changes_asked" => "asked for changes",
        "request.withdrawn" => "withdrew it",
        _ => return None,
    })
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
