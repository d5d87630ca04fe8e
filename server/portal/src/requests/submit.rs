//! From draft to request.

use super::{
    draft::Opened,
    events,
    preview::{Asked, Change},
    rows::{describe, new_environment, revision},
    views::evidence,
};
use crate::{
    Portal,
    access::Actor,
    approvals::Approvers,
    catalogue::Facts,
    delivery,
    portal::{to_json, word},
    templates,
};
use causeway_contract::{
    Answers, ApiError, ApiResult, FieldError,
    actions::Action,
    ids::*,
    requests::{RequestKind, RequestState},
};
use causeway_store::{Conn, StoreError, audit::NewEvent, drafts, environments, micros, new_id, requests, stages};
use serde_json::json;

impl Portal {
    /// Submits a draft with the answers as they stand on the page. The answers are saved first, whatever comes of it.
    /// Submitting twice gives the same request.
    ///
    /// # Errors
    /// Invalid with every field that needs another look; conflict when the name is taken or another change is open.
    pub async fn submit_draft(&self, actor: &Actor, id: DraftId, answers: Answers) -> ApiResult<RequestId> {
        let Some(saved) = self.keep_answers(actor, id, answers).await? else { return Ok(RequestId(id.0)) };
        if let Some(done) = saved {
            return Err(done);
        }
        let mut conn = self.db().begin().await?;
        let opened = self.open_draft(&mut conn, actor, id).await?;
        let mut errors = opened.errors();
        let asked = opened.asked();
        let change = match self.change(&asked).await? {
            Ok(change) => change,
            Err(more) => {
                errors
                    .extend(more.into_iter().filter(|m| errors.iter().all(|e| e.field != m.field)).collect::<Vec<_>>());
                return Err(ApiError::fields(errors));
            }
        };
        self.check_place(actor, &change, &mut errors);
        for conflict in self.conflicts(&mut conn, &asked, &change).await?.into_iter().filter(|c| c.blocking) {
            errors.push(FieldError { field: conflict.field.unwrap_or_default(), message: conflict.message });
        }
        if !errors.is_empty() {
            return Err(ApiError::fields(errors));
        }
        let request = match opened.row.request_id {
            None => self.insert_request(&mut conn, actor, &opened, &asked, &change).await?,
            Some(_) => self.revise_request(&mut conn, actor, &opened, &change).await?,
        };
        let told = self.send_on_its_way(&mut conn, actor, &opened, &change, request).await?;
        drafts::delete(&mut conn, opened.row.id).await?;
        let id = RequestId(opened.row.request_id.unwrap_or(opened.row.id));
        self.commit_all(conn, told).await?;
        self.wake_worker();
        Ok(id)
    }

    /// Saves the answers in a transaction of their own. `None`: the draft is a request already. `Some(Some(_))`: too long to keep.
    async fn keep_answers(&self, actor: &Actor, id: DraftId, answers: Answers) -> ApiResult<Option<Option<ApiError>>> {
        let mut conn = self.db().begin().await?;
        if drafts::find(&mut conn, actor.id().0, id.0).await?.is_none()
            && requests::find(&mut conn, id.0).await?.is_some_and(|r| r.requester_id == actor.id().0)
        {
            return Ok(None);
        }
        self.repin(&mut conn, actor, id).await?;
        let mut opened = self.open_draft(&mut conn, actor, id).await?;
        let taken = opened.take(answers);
        drafts::save(&mut conn, id.0, opened.row.version, &to_json(&opened.answers)?, micros(self.now())).await?;
        conn.commit().await?;
        Ok(Some(taken.err()))
    }

    fn check_place(&self, actor: &Actor, change: &Change, errors: &mut Vec<FieldError>) {
        if !actor.may_request_for(&change.facts.team) && errors.iter().all(|e| e.field != "team") {
            let message =
                format!("You may not ask for environments of team {}; choose one of yours.", change.facts.team);
            errors.push(FieldError { field: "team".into(), message });
        }
    }

    async fn insert_request(
        &self,
        conn: &mut Conn,
        actor: &Actor,
        opened: &Opened,
        asked: &Asked<'_>,
        change: &Change,
    ) -> ApiResult<requests::Request> {
        // A template that was broken or taken off the list after the draft began cannot be requested any more.
        if asked.kind != RequestKind::Delete {
            templates::usable(conn, &opened.row.template).await?;
        }
        let now = micros(self.now());
        let environment = match (asked.kind, asked.environment) {
            (RequestKind::Create, _) | (_, None) => {
                let environment = new_environment(new_id(self.now()), actor, opened, change, now)?;
                environments::insert(conn, &environment).await.map_err(|e| name_taken(e, &change.facts))?;
                environment.id
            }
            (_, Some(environment)) => environment.id,
        };
        let mut request = requests::Request {
            id: opened.row.id,
            number: requests::next_number(conn).await?,
            kind: asked.kind.to_string(),
            state: RequestState::Pending.to_string(),
            environment_id: environment,
            environment_name: String::new(),
            template: opened.row.template.clone(),
            commit_sha: String::new(),
            tier: String::new(),
            cloud: String::new(),
            region: String::new(),
            team: String::new(),
            cost_centre: String::new(),
            requester_id: actor.id().0,
            revision: 1,
            monthly_micros: None,
            unpriced: 0,
            price: String::new(),
            waiting_for: None,
            no_stage_reason: None,
            submitted_at: now,
            updated_at: now,
            closed_at: None,
        };
        describe(&mut request, opened, change)?;
        requests::insert(conn, &request).await.map_err(one_open)?;
        Ok(request)
    }

    async fn revise_request(
        &self,
        conn: &mut Conn,
        actor: &Actor,
        opened: &Opened,
        change: &Change,
    ) -> ApiResult<requests::Request> {
        let id = opened.row.request_id.unwrap_or_default();
        let mut request = super::Found::lock(conn, actor, RequestId(id)).await?.row;
        Action::Revise.check(word(&request.state)?).map_err(ApiError::conflict)?;
        if request.requester_id != actor.id().0 {
            return Err(ApiError::forbidden("Only the person who asked may change the request."));
        }
        request.revision += 1;
        request.updated_at = micros(self.now());
        describe(&mut request, opened, change)?;
        if opened.kind == RequestKind::Create
            && let Some(old) = &opened.environment
        {
            let mut environment = new_environment(old.id, actor, opened, change, request.updated_at)?;
            environment.created_at = old.created_at;
            environments::update(conn, &environment).await.map_err(|e| name_taken(e, &change.facts))?;
        }
        Ok(request)
    }

    /// Writes the revision and its stages; a route without stages goes to delivery at once.
    async fn send_on_its_way(
        &self,
        conn: &mut Conn,
        actor: &Actor,
        opened: &Opened,
        change: &Change,
        mut request: requests::Request,
    ) -> ApiResult<Vec<NewEvent>> {
        let now = micros(self.now());
        let revision = revision(actor, opened, change, &request, now)?;
        requests::insert_revision(conn, &revision).await?;
        for (position, stage) in change.route.stages.iter().enumerate() {
            let row = stages::Stage {
                id: new_id(self.now()),
                request_id: request.id,
                revision: request.revision,
                position: position as i64,
                title: stage.title.clone(),
                approvers: to_json(&Approvers { roles: stage.approvers.clone() })?,
                needed: i64::from(stage.needed.max(1)),
                state: if position == 0 { "open" } else { "waiting" }.into(),
                opened_at: (position == 0).then_some(now),
                closed_at: None,
            };
            stages::insert(conn, &row).await?;
        }
        request.state = RequestState::Pending.to_string();
        request.waiting_for = change.route.stages.first().map(|s| s.title.clone());
        request.no_stage_reason = change.route.reason.clone();
        requests::update(conn, &request).await?;
        let evidence = evidence(&revision, &change.price);
        let action = if request.revision == 1 { "request.submitted" } else { "request.revised" };
        let detail = json!({ "evidence": evidence, "revision": request.revision, "template": request.template, "commit": request.commit_sha, "kind": request.kind, "tier": request.tier, "team": request.team });
        let mut told = vec![events::event(actor.who(), action, &request, detail)];
        if change.route.stages.is_empty() {
            told.push(delivery::approve(self, conn, request, &evidence).await?);
        }
        Ok(told)
    }
}

fn name_taken(error: StoreError, facts: &Facts) -> ApiError {
    if error.violates("environments_name", "environments.name") {
        ApiError::field(
            "environment_name",
            format!("Somebody else has just taken the name {}. Choose another.", facts.environment_name),
        )
    } else {
        error.into()
    }
}

fn one_open(error: StoreError) -> ApiError {
    if error.violates("requests_one_open", "requests.environment_id") {
        ApiError::conflict("Somebody else has just asked for a change of this environment; one change at a time.")
    } else {
        error.into()
    }
}
