//! The rows of what was submitted: request, environment, revision, stages.

use super::{
    draft::Opened,
    events,
    preview::Change,
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
};
use causeway_contract::{
    ApiError, ApiResult,
    actions::Action,
    ids::*,
    requests::{RequestKind, RequestState},
};
use causeway_store::{Conn, StoreError, audit::NewEvent, environments, micros, new_id, requests, stages};
use serde_json::json;

impl Portal {
    pub(super) async fn insert_request(
        &self,
        conn: &mut Conn,
        actor: &Actor,
        opened: &Opened,
        change: &Change,
    ) -> ApiResult<requests::Request> {
        let now = micros(self.now());
        let environment = match (opened.kind, &opened.environment) {
            (RequestKind::Create, _) => {
                let environment = new_environment(new_id(self.now()), actor, opened, change, now)?;
                environments::insert(conn, &environment).await.map_err(|e| name_taken(e, &change.facts))?;
                environment.id
            }
            (_, Some(environment)) => environment.id,
            (_, None) => return Err(ApiError::not_found("environment")),
        };
        let mut request = requests::Request {
            id: opened.row.id,
            number: requests::next_number(conn).await?,
            kind: opened.kind.to_string(),
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

    pub(super) async fn revise_request(
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
    pub(super) async fn send_on_its_way(
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
