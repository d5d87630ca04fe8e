//! Telling open pages that something changed. The audit chain is the stream: its numbers are the resume points.

use crate::{
    Portal,
    access::{Actor, Place},
    portal::word,
};
use causeway_contract::{ApiResult, ids::*};
use causeway_store::{audit, requests};
use std::time::Duration;
use tokio::sync::watch;

/// The newest event this process has written.
pub(crate) struct Live(watch::Sender<i64>);

impl Default for Live {
    fn default() -> Self {
        Self(watch::channel(0).0)
    }
}

impl Live {
    pub(crate) fn tell(&self, seq: i64) {
        self.0.send_if_modified(|newest| {
            let more = seq > *newest;
            *newest = (*newest).max(seq);
            more
        });
    }
}

impl Portal {
    /// Number of the newest event: a stream that begins now goes on after it.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn live_cursor(&self) -> ApiResult<i64> {
        let mut conn = self.db().read().await?;
        Ok(audit::head(&mut conn).await?.0)
    }

    /// Events about requests after `after` that the actor may know of: number and request. At most 500 are looked at;
    /// the first value is the number to go on after.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn changes(
        &self,
        actor: &Actor,
        after: i64,
        request: Option<RequestId>,
    ) -> ApiResult<(i64, Vec<(i64, RequestId)>)> {
        let mut conn = self.db().read().await?;
        let events = audit::after(&mut conn, after, 500).await?;
        let cursor = events.last().map_or(after, |e| e.seq);
        let mut found = Vec::new();
        for event in events.into_iter().filter(|e| e.subject_kind == "request") {
            let Ok(id) = event.subject_id.parse::<RequestId>() else { continue };
            if request.is_some_and(|only| only != id) {
                continue;
            }
            if let Some(row) = requests::find(&mut conn, id.0).await?
                && actor.may_read(PersonId(row.requester_id), Place { team: &row.team, tier: word(&row.tier)? })
            {
                found.push((event.seq, id));
            }
        }
        Ok((cursor, found))
    }

    /// Waits until this process has written an event after `after`, at most `limit`. Events of other replicas are found by
    /// asking again, so callers keep `limit` at a few seconds.
    pub async fn wait_for_change(&self, after: i64, limit: Duration) {
        let mut newest = self.inner.live.0.subscribe();
        let waiting = newest.wait_for(|seq| *seq > after);
        let _ = tokio::time::timeout(limit, waiting).await;
    }
}
