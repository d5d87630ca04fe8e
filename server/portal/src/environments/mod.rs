//! Environments: what requests made.

use crate::{
    Portal,
    access::{Actor, Place},
    portal::{People, from_json, word},
    requests,
};
use causeway_contract::{
    ApiError, ApiResult, Page,
    environments::{EnvironmentFilter, EnvironmentSummary, EnvironmentView},
    ids::*,
    page::PAGE_SIZE,
};
use causeway_store::{Conn, environments, from_micros};

impl Portal {
    /// Environments the actor may see, by name.
    ///
    /// # Errors
    /// An `after` that is not ours; a database that is away.
    pub async fn environments(&self, actor: &Actor, filter: EnvironmentFilter) -> ApiResult<Page<EnvironmentSummary>> {
        let mut conn = self.db().read().await?;
        let damaged = || ApiError::invalid("This page link is damaged; start again from the first page.");
        let after = match filter.after {
            None => None,
            Some(text) => {
                let (id, name) = text.split_once('.').ok_or_else(damaged)?;
                Some((name.to_owned(), id.parse().map_err(|_| damaged())?))
            }
        };
        let query = environments::Query {
            reader: actor.reader(),
            text: filter.q.trim().to_lowercase(),
            state: filter.state.map(|s| s.to_string()),
            tier: filter.tier.map(|t| t.to_string()),
            team: filter.team.filter(|t| !t.is_empty()),
            after,
            limit: PAGE_SIZE as i64 + 1,
        };
        let mut rows = environments::list(&mut conn, &query).await?;
        let more = rows.len() > PAGE_SIZE;
        rows.truncate(PAGE_SIZE);
        let next = rows.last().filter(|_| more).map(|r| format!("{}.{}", r.id, r.name));
        Ok(Page { items: summaries(&mut conn, rows).await?, next })
    }

    /// # Errors
    /// Not found for people who may not see it.
    pub async fn environment(&self, actor: &Actor, id: EnvironmentId) -> ApiResult<EnvironmentView> {
        let mut conn = self.db().read().await?;
        let row = environments::find(&mut conn, id.0).await?.ok_or_else(|| ApiError::not_found("environment"))?;
        if !actor.may_read(PersonId(row.owner_id), Place { team: &row.team, tier: word(&row.tier)? }) {
            return Err(ApiError::not_found("environment"));
        }
        let query = causeway_store::requests::Query {
            environment: Some(row.id),
            ..causeway_store::requests::Query::of(actor.reader(), 20)
        };
        let history = causeway_store::requests::list(&mut conn, &query).await?;
        let files = match self.host().known_tip().await {
            Ok(Some(tip)) => self.host().files(&tip.commit, &row.directory).await.unwrap_or_default(),
            _ => Default::default(),
        };
        let may_request = if actor.abilities().request {
            requests::may_change(actor, &row)
        } else {
            Err("None of your roles may ask for a change.".into())
        };
        Ok(EnvironmentView {
            directory: row.directory.clone(),
            repository: self.host().repository().to_owned(),
            browse_url: (row.state == "live").then(|| self.host().browse_url(&row.directory)),
            files: files.into_iter().collect(),
            requests: requests::summaries(&mut conn, history).await?,
            may_request,
            summary: summaries(&mut conn, vec![row]).await?.remove(0),
        })
    }
}

pub(crate) async fn summaries(
    conn: &mut Conn,
    rows: Vec<environments::Environment>,
) -> ApiResult<Vec<EnvironmentSummary>> {
    let people = People::load(conn, rows.iter().map(|r| r.owner_id)).await?;
    rows.into_iter()
        .map(|row| {
            Ok(EnvironmentSummary {
                id: EnvironmentId(row.id),
                name: row.name,
                state: word(&row.state)?,
                tier: word(&row.tier)?,
                cloud: word(&row.cloud)?,
                region: row.region,
                team: row.team,
                cost_centre: row.cost_centre,
                owner: people.get(row.owner_id),
                template: row.template,
                price: from_json(&row.price)?,
                updated_at: from_micros(row.updated_at),
            })
        })
        .collect()
}
