//! From draft to request.
//!
//! What would happen is worked out before the transaction begins, because git does it and SQLite has one writer. Inside the
//! transaction only what could have changed meanwhile is asked again.

use super::{
    Subject,
    conflicts::conflicts,
    draft::{Opened, STALE},
    preview::Change,
    start::may_change,
};
use crate::{Portal, access::Actor, portal::to_json, templates};
use causeway_contract::{
    Answers, ApiError, ApiResult, ErrorKind, FieldError,
    ids::*,
    requests::{RequestKind, Submission},
};
use causeway_store::{Conn, drafts, environments, requests};

impl Portal {
    /// Submits a draft with the answers as they stand on the page. They are saved first, whatever comes of it, unless
    /// another tab has changed the draft. Submitting twice, also at once, gives the same request.
    ///
    /// # Errors
    /// Invalid with every field that needs another look; conflict when another tab saved since, when something else would
    /// happen than what was looked at ([`ApiError::must_look`] then), when the name is taken or another change is open.
    pub async fn submit_draft(&self, actor: &Actor, id: DraftId, submission: Submission) -> ApiResult<RequestId> {
        match self.try_submit(actor, id, submission).await {
            // The other of two submits may have been first: its own request is then what stands in the way.
            Err(error) if matches!(error.kind, ErrorKind::Invalid | ErrorKind::Conflict | ErrorKind::NotFound) => {
                self.submitted(actor, id).await?.ok_or(error)
            }
            other => other,
        }
    }

    async fn try_submit(&self, actor: &Actor, id: DraftId, submission: Submission) -> ApiResult<RequestId> {
        let opened = self.keep_submitted(actor, id, submission.version, submission.answers).await?;
        loop {
            let change = self.checked(actor, &opened).await?;
            if submission.seen != change.shown {
                return Err(look_again(&submission.seen));
            }
            if let Some(request) = self.enter(actor, &opened, &change).await? {
                return Ok(request);
            }
        }
    }

    /// The request that the draft has become: it has the draft's id.
    async fn submitted(&self, actor: &Actor, id: DraftId) -> ApiResult<Option<RequestId>> {
        let mut conn = self.db().read().await?;
        if drafts::find(&mut conn, actor.id().0, id.0).await?.is_some() {
            return Ok(None);
        }
        let found = requests::find(&mut conn, id.0).await?.filter(|r| r.requester_id == actor.id().0);
        Ok(found.map(|r| RequestId(r.id)))
    }

    /// Writes it all down. `None`: the default branch has moved on meanwhile, so the change is worked out again.
    async fn enter(&self, actor: &Actor, opened: &Opened, change: &Change) -> ApiResult<Option<RequestId>> {
        let mut conn = self.db().begin().await?;
        // The request before its draft, as everybody who changes both.
        if let Some(request) = opened.row.request_id {
            requests::lock(&mut conn, request).await?;
        }
        let locked = drafts::lock(&mut conn, actor.id().0, opened.row.id).await?;
        let row = locked.ok_or_else(|| ApiError::not_found("draft"))?;
        if (row.version, &row.commit_sha) != (opened.row.version, &opened.row.commit_sha) {
            return Err(ApiError::conflict(STALE));
        }
        if self.host().known_tip().await.ok().flatten().map(|tip| tip.commit) != change.tip {
            return Ok(None);
        }
        still_so(&mut conn, actor, opened).await?;
        let request = match opened.row.request_id {
            None => self.insert_request(&mut conn, actor, opened, change).await?,
            Some(_) => self.revise_request(&mut conn, actor, opened, change).await?,
        };
        let id = RequestId(request.id);
        let told = self.send_on_its_way(&mut conn, actor, opened, change, request).await?;
        drafts::delete(&mut conn, opened.row.id).await?;
        self.commit_all(conn, told).await?;
        self.wake_worker();
        Ok(Some(id))
    }

    /// Saves the answers in a transaction of their own.
    async fn keep_submitted(&self, actor: &Actor, id: DraftId, version: i64, answers: Answers) -> ApiResult<Opened> {
        self.repin(actor, id).await?;
        let mut conn = self.db().begin().await?;
        let mut opened = match self.open_draft(&mut conn, actor, id).await {
            Ok(opened) => opened,
            Err(error) => {
                drop(conn);
                return Err(self.not_yours(actor, id, error).await);
            }
        };
        if opened.row.version != version {
            return Err(ApiError::conflict(STALE));
        }
        let taken = opened.take(answers);
        // Nothing new keeps its version: the same submit again is the same, not a change in another tab.
        if to_json(&opened.answers)? != opened.row.answers {
            self.keep(&mut conn, &mut opened, version).await?;
            conn.commit().await?;
        }
        taken.map(|()| opened)
    }

    /// The change, when nothing is wrong with it.
    async fn checked(&self, actor: &Actor, opened: &Opened) -> ApiResult<Change> {
        let asked = opened.asked();
        let mut errors = opened.errors();
        let change = match self.change(&asked).await? {
            Ok(change) => change,
            Err(more) => {
                let news: Vec<_> = more.into_iter().filter(|m| errors.iter().all(|e| e.field != m.field)).collect();
                errors.extend(news);
                return Err(ApiError::fields(errors));
            }
        };
        let team = &change.facts.team;
        if !actor.may_request_for(team) {
            let message = format!("You may not ask for environments of team {team}; choose one of yours.");
            let name = format!("{} of team {team}", change.facts.environment_name);
            let subject = Subject { kind: "draft", id: opened.row.id.to_string(), name };
            let refused = self.refuse(actor, subject, "request.submit_refused", ApiError::forbidden(&message)).await;
            if refused.kind != ErrorKind::Forbidden {
                return Err(refused);
            }
            errors.retain(|e| e.field != "team");
            errors.push(FieldError { field: "team".into(), message });
        }
        let mut conn = self.db().read().await?;
        for conflict in conflicts(&mut conn, actor, &asked, &change).await?.into_iter().filter(|c| c.blocking) {
            errors.push(FieldError { field: conflict.field.unwrap_or_default(), message: conflict.message });
        }
        if errors.is_empty() { Ok(change) } else { Err(ApiError::fields(errors)) }
    }
}

/// What could have changed since it was worked out: the template, the environment.
async fn still_so(conn: &mut Conn, actor: &Actor, opened: &Opened) -> ApiResult<()> {
    if opened.kind != RequestKind::Delete {
        // Broken or taken off the list since the draft began: it cannot be requested any more, nor revised.
        templates::usable(conn, &opened.row.template).await?;
    }
    if opened.kind != RequestKind::Create {
        let id = opened.row.environment_id.unwrap_or_default();
        let environment = environments::lock(conn, id).await?.ok_or_else(|| ApiError::not_found("environment"))?;
        may_change(actor, &environment).map_err(ApiError::conflict)?;
    }
    Ok(())
}

fn look_again(seen: &str) -> ApiError {
    ApiError::look_again(match seen {
        "" => "Look at what will happen first, then submit.",
        _ => "What will happen has changed since you looked. Look again, then submit.",
    })
}
