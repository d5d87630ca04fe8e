//! The record: read, exported, verified. It is written by the services, in their own transactions.

use crate::{Portal, access::Actor, requests::Subject};
use causeway_contract::{
    ApiError, ApiResult, Page,
    audit::{AuditFilter, AuditPage, AuditRow},
    page::PAGE_SIZE,
};
use causeway_store::{audit, from_micros};
use chrono::{NaiveDate, NaiveTime};
use serde_json::Value;

impl Portal {
    /// Newest first.
    ///
    /// # Errors
    /// Forbidden without a role that reads the record; invalid dates, saying how to write them.
    pub async fn audit(&self, actor: &Actor, filter: AuditFilter) -> ApiResult<AuditPage> {
        let page = self.audit_page(actor, filter, PAGE_SIZE).await?;
        let items = page.items.into_iter().map(pretty).collect();
        Ok(AuditPage { items, next: page.next, export_limit: self.config().export_limit })
    }

    /// As [`Portal::audit`] with pages of another size, at most 1,000, and each detail as it was hashed: for exports.
    ///
    /// # Errors
    /// As [`Portal::audit`].
    pub async fn audit_page(&self, actor: &Actor, filter: AuditFilter, size: usize) -> ApiResult<Page<AuditRow>> {
        if !actor.may_read_audit() {
            let error = ApiError::forbidden("The record is for auditors, security and infrastructure admins.");
            let subject = Subject { kind: "audit", id: String::new(), name: "the record".into() };
            return Err(self.refuse(actor, subject, "audit.read_refused", error).await);
        }
        let size = size.clamp(1, 1_000);
        let query = audit::Query {
            text: filter.q.trim().to_owned(),
            action: filter.action.trim().to_owned(),
            outcome: filter.outcome.trim().to_owned(),
            from: day("from", &filter.from)?.map(start_of),
            to: day("to", &filter.to)?.and_then(|d| d.succ_opt()).map(start_of),
            before: filter.after.as_deref().map(cursor).transpose()?,
            limit: size as i64 + 1,
        };
        let mut conn = self.db().read().await?;
        let mut events = audit::find(&mut conn, &query).await?;
        let more = events.len() > size;
        events.truncate(size);
        let next = events.last().filter(|_| more).map(|e| e.seq.to_string());
        Ok(Page { items: events.into_iter().map(row).collect(), next })
    }

    /// Walks the whole chain. For operators: no actor.
    ///
    /// # Errors
    /// A database that is away.
    pub async fn verify_audit(&self) -> ApiResult<audit::Verdict> {
        let mut conn = self.db().read().await?;
        Ok(audit::verify(&mut conn).await?)
    }

    /// Writes the newest event's number and hash into the log. Kept elsewhere than the database, the pair tells later whether
    /// the end was cut off or the chain written anew.
    pub(crate) async fn log_audit_head(&self) {
        let head = async { audit::head(&mut self.db().read().await?).await };
        match head.await {
            Ok((links, hash)) => tracing::info!(links, %hash, "the newest event of the record"),
            Err(error) => tracing::warn!(%error, "the newest event of the record cannot be read"),
        }
    }
}

fn pretty(row: AuditRow) -> AuditRow {
    let text = serde_json::from_str::<Value>(&row.detail).and_then(|v| serde_json::to_string_pretty(&v));
    AuditRow { detail: text.unwrap_or(row.detail), ..row }
}

fn row(event: audit::Event) -> AuditRow {
    AuditRow {
        seq: event.seq,
        at: from_micros(event.at),
        actor: event.actor_name,
        actor_kind: event.actor_kind,
        actor_id: event.actor_id,
        action: event.action,
        subject_kind: event.subject_kind,
        subject_id: event.subject_id,
        subject: event.subject_name,
        outcome: event.outcome,
        detail: event.detail,
        hash: event.hash,
    }
}

fn day(field: &str, text: &str) -> ApiResult<Option<NaiveDate>> {
    if text.trim().is_empty() {
        return Ok(None);
    }
    let parsed = NaiveDate::parse_from_str(text.trim(), "%Y-%m-%d");
    parsed.map(Some).map_err(|_| ApiError::field(field, "Write the day as 2026-11-24."))
}

fn start_of(day: NaiveDate) -> i64 {
    day.and_time(NaiveTime::MIN).and_utc().timestamp_micros()
}

fn cursor(text: &str) -> ApiResult<i64> {
    text.parse().map_err(|_| ApiError::invalid("This page link is damaged; start again from the first page."))
}
