//! What waits for me.

use super::Approvers;
use crate::{
    Portal,
    access::{Actor, Place},
    portal::{from_json, word},
    requests::summaries,
};
use causeway_contract::{ApiError, ApiResult, Page, page::PAGE_SIZE, requests::RequestSummary};
use causeway_store::{Conn, requests};
use uuid::Uuid;

/// Rows looked at in one go while filling a page.
const BATCH: i64 = 200;

impl Portal {
    /// Requests that wait for the actor's decision, the longest waiting first. `after` is a page's `next`.
    ///
    /// # Errors
    /// An `after` that is not ours; a database that is away.
    pub async fn inbox(&self, actor: &Actor, after: Option<String>) -> ApiResult<Page<RequestSummary>> {
        let mut conn = self.db().read().await?;
        let after = after.map(|text| parse_cursor(&text)).transpose()?;
        let mut found = waiting_for(&mut conn, actor, after, PAGE_SIZE + 1).await?;
        let more = found.len() > PAGE_SIZE;
        found.truncate(PAGE_SIZE);
        let next = found.last().filter(|_| more).map(|w| format!("{}.{}", w.submitted_at, w.id));
        Ok(Page { items: rows(&mut conn, &found).await?, next })
    }
}

/// What waits, as lists show it.
pub(crate) async fn rows(conn: &mut Conn, found: &[requests::Waiting]) -> ApiResult<Vec<RequestSummary>> {
    let ids: Vec<Uuid> = found.iter().map(|w| w.id).collect();
    let rows = requests::find_many(conn, &ids).await?;
    summaries(conn, rows).await
}

/// The first `limit` requests that the actor may decide now.
pub(crate) async fn waiting_for(
    conn: &mut Conn,
    actor: &Actor,
    mut after: Option<(i64, Uuid)>,
    limit: usize,
) -> ApiResult<Vec<requests::Waiting>> {
    let mut found = Vec::new();
    if !actor.abilities().decide {
        return Ok(found);
    }
    loop {
        let batch = requests::waiting(conn, &actor.reader(), after, BATCH).await?;
        let last = batch.len() < BATCH as usize;
        after = batch.last().map(|w| (w.submitted_at, w.id));
        for waiting in batch {
            let approvers: Approvers = from_json(&waiting.approvers)?;
            let place = Place { team: &waiting.team, tier: word(&waiting.tier)? };
            if approvers.admits(actor, place) {
                found.push(waiting);
                if found.len() == limit {
                    return Ok(found);
                }
            }
        }
        if last {
            return Ok(found);
        }
    }
}

pub(crate) fn parse_cursor(text: &str) -> ApiResult<(i64, Uuid)> {
    text.split_once('.')
        .and_then(|(at, id)| Some((at.parse().ok()?, id.parse().ok()?)))
        .ok_or_else(|| ApiError::invalid("This page link is damaged; start again from the first page."))
}
