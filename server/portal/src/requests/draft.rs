//! Drafts: shown, saved as one types, thrown away.

use super::{Subject, preview::Asked};
use crate::{
    Portal,
    access::Actor,
    catalogue::{self, Template},
    portal::{People, from_json, to_json, word},
    templates,
};
use causeway_contract::{
    Answers, ApiError, ApiResult, ErrorKind, FieldError,
    form::Form,
    ids::*,
    requests::{DraftCheck, DraftView, ReopenedRequest, RequestKind, RequestState},
};
use causeway_store::{Conn, drafts, environments, from_micros, micros, people, requests, stages};

/// Fields that a change of a living environment cannot change: they are part of where it lives.
pub(super) const FIXED: [&str; 5] = ["environment_name", "tier", "cloud", "region", "team"];

/// What is said to the slower of two tabs.
pub(super) const STALE: &str =
    "This draft was changed in another tab or on another device. Reload to go on from there.";

/// A draft with everything around it.
pub(super) struct Opened {
    pub(super) row: drafts::Draft,
    pub(super) kind: RequestKind,
    pub(super) template: Template,
    pub(super) form: Form,
    pub(super) answers: Answers,
    pub(super) environment: Option<environments::Environment>,
    pub(super) owner_email: String,
}

impl Opened {
    pub(super) fn asked(&self) -> Asked<'_> {
        Asked {
            kind: self.kind,
            template: &self.template,
            answers: &self.answers,
            owner_email: &self.owner_email,
            environment: self.environment.as_ref(),
            revises: self.row.request_id,
        }
    }

    /// Everything wrong with the answers.
    pub(super) fn errors(&self) -> Vec<FieldError> {
        let mut errors = catalogue::validate_answers(&self.template, &self.form, &self.answers);
        // Of a deletion only the reason is asked; what the environment was built with is not questioned again.
        errors.retain(|e| self.form.field(&e.field).is_some());
        errors
    }
}

impl Portal {
    pub(super) async fn open_draft(&self, conn: &mut Conn, actor: &Actor, id: DraftId) -> ApiResult<Opened> {
        let row = drafts::find(conn, actor.id().0, id.0).await?.ok_or_else(|| ApiError::not_found("draft"))?;
        self.open_row(conn, actor, row).await
    }

    pub(super) async fn open_row(&self, conn: &mut Conn, actor: &Actor, row: drafts::Draft) -> ApiResult<Opened> {
        let kind: RequestKind = word(&row.kind)?;
        let template = templates::version(conn, &row.template, &row.commit_sha).await?;
        let answers: Answers = from_json(&row.answers)?;
        let environment = match row.environment_id {
            Some(id) => environments::find(conn, id).await?,
            None => None,
        };
        let owner = match &environment {
            Some(environment) => people::find(conn, environment.owner_id).await?.map(|p| p.email),
            None => None,
        };
        let owner_email = owner.unwrap_or_else(|| actor.person.email.clone());
        let mut form = catalogue::with_teams(template.form.clone(), &self.teams_for(actor));
        match kind {
            RequestKind::Create => {}
            RequestKind::Update => form = catalogue::with_fixed(form, &answers, &FIXED),
            RequestKind::Delete => {
                for step in &mut form.steps {
                    step.fields.retain(|f| f.name == "justification");
                }
                form.steps.retain(|s| !s.fields.is_empty());
            }
        }
        Ok(Opened { row, kind, template, form, answers, environment, owner_email })
    }

    /// The draft with its form, what is wrong so far, and what would happen. A draft of a template that has moved on since is
    /// moved to the template's newest version first: what is shown is what would be built today.
    ///
    /// # Errors
    /// Not found for everybody but its owner.
    pub async fn draft(&self, actor: &Actor, id: DraftId) -> ApiResult<DraftView> {
        self.repin(actor, id).await?;
        let mut conn = self.db().read().await?;
        let opened = match self.open_draft(&mut conn, actor, id).await {
            Ok(opened) => opened,
            Err(error) => {
                drop(conn);
                return Err(self.not_yours(actor, id, error).await);
            }
        };
        let reopens = self.reopened(&mut conn, &opened).await?;
        drop(conn);
        let check = self.check(actor, &opened).await?;
        Ok(DraftView {
            id,
            kind: opened.kind,
            template: opened.row.template,
            template_title: opened.template.title,
            commit: opened.row.commit_sha,
            form: opened.form,
            answers: opened.answers,
            version: opened.row.version,
            saved_at: from_micros(opened.row.updated_at),
            teams: self.teams_for(actor),
            reopens,
            check,
        })
    }

    /// Saves what was typed, whatever it is, and says what the server thinks of it. Unknown fields are dropped.
    ///
    /// # Errors
    /// Conflict when another tab or device saved since `version`; nothing is overwritten then.
    pub async fn save_draft(
        &self,
        actor: &Actor,
        id: DraftId,
        version: i64,
        answers: Answers,
    ) -> ApiResult<DraftCheck> {
        let mut conn = self.db().begin().await?;
        let mut opened = match self.open_draft(&mut conn, actor, id).await {
            Ok(opened) => opened,
            Err(error) => {
                drop(conn);
                return Err(self.not_yours(actor, id, error).await);
            }
        };
        opened.take(answers)?;
        self.keep(&mut conn, &mut opened, version).await?;
        conn.commit().await?;
        // SQLite has one writer: it is not held while git reads files.
        self.check(actor, &opened).await
    }

    /// Writes the answers if nobody else has since `version`.
    pub(super) async fn keep(&self, conn: &mut Conn, opened: &mut Opened, version: i64) -> ApiResult<()> {
        let now = micros(self.now());
        let saved = drafts::save(conn, opened.row.id, version, &to_json(&opened.answers)?, now).await?;
        opened.row.version = saved.ok_or_else(|| ApiError::conflict(STALE))?;
        opened.row.updated_at = now;
        Ok(())
    }

    /// Somebody else's draft does not exist for the actor, but that they asked for it is on the record.
    pub(super) async fn not_yours(&self, actor: &Actor, id: DraftId, error: ApiError) -> ApiError {
        let exists = async { drafts::exists(&mut self.db().read().await?, id.0).await };
        match exists.await {
            Ok(true) if error.kind == ErrorKind::NotFound => {
                let subject = Subject { kind: "draft", id: id.to_string(), name: "somebody else's draft".into() };
                self.refuse(actor, subject, "draft.refused", error).await
            }
            _ => error,
        }
    }

    /// # Errors
    /// Not found for everybody but its owner; conflict for a draft that answers "ask for changes" (withdraw the request instead).
    pub async fn discard_draft(&self, actor: &Actor, id: DraftId) -> ApiResult<()> {
        let mut conn = self.db().begin().await?;
        let opened = match self.open_draft(&mut conn, actor, id).await {
            Ok(opened) => opened,
            Err(error) => {
                drop(conn);
                return Err(self.not_yours(actor, id, error).await);
            }
        };
        if opened.row.request_id.is_some() {
            return Err(ApiError::conflict(
                "An approver waits for this change. Withdraw the request if it is not wanted any more.",
            ));
        }
        drafts::delete(&mut conn, id.0).await?;
        conn.commit().await?;
        Ok(())
    }

    async fn check(&self, actor: &Actor, opened: &Opened) -> ApiResult<DraftCheck> {
        Ok(DraftCheck {
            version: opened.row.version,
            saved_at: from_micros(opened.row.updated_at),
            errors: opened.errors(),
            preview: self.preview(actor, &opened.asked()).await?,
        })
    }

    /// Moves the draft to its template's newest version. Writes only when there is one.
    pub(super) async fn repin(&self, actor: &Actor, id: DraftId) -> ApiResult<()> {
        let mut conn = self.db().read().await?;
        let Some(row) = drafts::find(&mut conn, actor.id().0, id.0).await? else { return Ok(()) };
        if word::<RequestKind>(&row.kind)? == RequestKind::Delete {
            return Ok(());
        }
        let newest = match templates::usable(&mut conn, &row.template).await {
            Ok((_, newest)) if newest != row.commit_sha => newest,
            _ => return Ok(()),
        };
        drop(conn);
        let mut conn = self.db().begin().await?;
        drafts::repin(&mut conn, row.id, &newest).await?;
        Ok(conn.commit().await?)
    }

    async fn reopened(&self, conn: &mut Conn, opened: &Opened) -> ApiResult<Option<ReopenedRequest>> {
        let Some(id) = opened.row.request_id else { return Ok(None) };
        let Some(request) = requests::find(conn, id).await? else { return Ok(None) };
        if word::<RequestState>(&request.state)? != RequestState::ChangesRequested {
            return Ok(None);
        }
        let wish = stages::decisions(conn, id).await?.into_iter().rev().find(|d| d.verdict == "ask_for_changes");
        let Some(wish) = wish else { return Ok(None) };
        let people = People::load(conn, [wish.person_id]).await?;
        Ok(Some(ReopenedRequest {
            id: RequestId(id),
            number: request.number,
            asked_by: people.get(wish.person_id),
            comment: wish.comment,
            field: wish.field,
        }))
    }
}

impl Opened {
    /// Takes new answers over: known fields only, none longer than any field may be. What is fixed stays.
    pub(super) fn take(&mut self, answers: Answers) -> ApiResult<()> {
        for (name, value) in answers {
            if self.form.field(&name).is_none() || (self.kind != RequestKind::Create && FIXED.contains(&name.as_str()))
            {
                continue;
            }
            if value.chars().count() > 20_000 {
                return Err(ApiError::field(&name, "This is far too long; shorten it to a few sentences."));
            }
            self.answers.insert(name, value);
        }
        Ok(())
    }
}
