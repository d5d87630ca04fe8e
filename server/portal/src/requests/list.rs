//! The list of requests.

use super::summaries;
use crate::{Portal, access::Actor, approvals::parse_cursor};
use causeway_contract::{
    ApiResult, Page,
    page::PAGE_SIZE,
    requests::{RequestFilter, RequestSort, RequestSummary},
};
use causeway_store::requests::{self, Order};

impl Portal {
    /// Requests the actor may see.
    ///
    /// # Errors
    /// An `after` that is not ours; a database that is away.
    pub async fn requests(&self, actor: &Actor, filter: RequestFilter) -> ApiResult<Page<RequestSummary>> {
        let mut conn = self.db().read().await?;
        let after = filter.after.as_deref().map(parse_cursor).transpose()?;
        let text = filter.q.trim().to_lowercase();
        let query = requests::Query {
            number: text.trim_start_matches('#').parse().ok(),
            text,
            states: filter.state.map(|s| s.to_string()).into_iter().collect(),
            tier: filter.tier.map(|t| t.to_string()),
            team: filter.team.filter(|t| !t.is_empty()),
            requester: filter.mine.then_some(actor.id().0),
            order: match filter.sort {
                RequestSort::Newest => Order::Newest(after),
                RequestSort::Oldest => Order::Oldest(after),
                RequestSort::PriceHigh => Order::PriceHigh(after),
            },
            ..requests::Query::of(actor.reader(), PAGE_SIZE as i64 + 1)
        };
        let mut rows = requests::list(&mut conn, &query).await?;
        let more = rows.len() > PAGE_SIZE;
        rows.truncate(PAGE_SIZE);
        let next = rows.last().filter(|_| more).map(|r| {
            let key =
                if filter.sort == RequestSort::PriceHigh { r.monthly_micros.unwrap_or(-1) } else { r.submitted_at };
            format!("{key}.{}", r.id)
        });
        Ok(Page { items: summaries(&mut conn, rows).await?, next })
    }
}
