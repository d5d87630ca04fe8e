//! Rows as pages see them.

use crate::portal::{People, from_json, word};
use causeway_contract::{
    ApiResult,
    ids::*,
    requests::{Estimate, Evidence, RequestSummary},
};
use causeway_store::{Conn, from_micros, internal, requests};

/// Fills in the people of a page of rows with one query.
pub(crate) async fn summaries(conn: &mut Conn, rows: Vec<requests::Request>) -> ApiResult<Vec<RequestSummary>> {
    let people = People::load(conn, rows.iter().map(|r| r.requester_id)).await?;
    rows.into_iter().map(|row| summary(row, &people)).collect()
}

pub(crate) fn summary(row: requests::Request, people: &People) -> ApiResult<RequestSummary> {
    Ok(RequestSummary {
        id: RequestId(row.id),
        number: row.number,
        kind: word(&row.kind)?,
        state: word(&row.state)?,
        environment: row.environment_name,
        template: row.template,
        tier: word(&row.tier)?,
        cloud: word(&row.cloud)?,
        region: row.region,
        team: row.team,
        requester: people.get(row.requester_id),
        price: from_json(&row.price)?,
        submitted_at: from_micros(row.submitted_at),
        updated_at: from_micros(row.updated_at),
        waiting_for: row.waiting_for,
    })
}

/// What an approval of this request, as it stands, is given on.
pub(crate) async fn evidence_of(conn: &mut Conn, row: &requests::Request) -> ApiResult<Evidence> {
    let revision = requests::revision(conn, row.id, row.revision).await?.ok_or_else(|| missing(row))?;
    let price: Estimate = from_json(&row.price)?;
    Ok(evidence(&revision, &price))
}

pub(crate) fn evidence(revision: &requests::Revision, price: &Estimate) -> Evidence {
    Evidence {
        request_digest: revision.request_digest.clone(),
        files_digest: revision.files_digest.clone(),
        monthly: price.monthly.as_ref().map_or_else(|| "unpriced".into(), ToString::to_string),
        unpriced: price.unpriced,
    }
}

pub(crate) fn missing(row: &requests::Request) -> causeway_contract::ApiError {
    internal(&std::io::Error::other(format!("request {} has no revision {}", row.id, row.revision)))
}
