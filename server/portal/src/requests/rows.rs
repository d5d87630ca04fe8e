//! Rows of a request, from what was computed for it.

use super::{draft::Opened, preview::Change};
use crate::{access::Actor, catalogue, portal::to_json};
use causeway_contract::{ApiResult, requests::Estimate};
use causeway_store::{environments, requests};
use rust_decimal::{Decimal, prelude::ToPrimitive};
use uuid::Uuid;

/// Copies what the request is about into its row.
pub(super) fn describe(request: &mut requests::Request, opened: &Opened, change: &Change) -> ApiResult<()> {
    let facts = &change.facts;
    request.environment_name = facts.environment_name.clone();
    request.commit_sha = opened.row.commit_sha.clone();
    request.tier = facts.tier.to_string();
    request.cloud = facts.cloud.to_string();
    request.region = facts.region.clone();
    request.team = facts.team.clone();
    request.cost_centre = facts.cost_centre.clone();
    request.monthly_micros = sort_price(&change.price);
    request.unpriced = i64::from(change.price.unpriced);
    request.price = to_json(&change.price)?;
    Ok(())
}

/// Millionths of the currency, for sorting. Beyond 64 bits it sorts as the largest.
fn sort_price(price: &Estimate) -> Option<i64> {
    price.monthly.as_ref().map(|m| (m.amount * Decimal::from(1_000_000)).round().to_i64().unwrap_or(i64::MAX))
}

/// An environment on its way.
pub(super) fn new_environment(
    id: Uuid,
    actor: &Actor,
    opened: &Opened,
    change: &Change,
    now: i64,
) -> ApiResult<environments::Environment> {
    let facts = &change.facts;
    Ok(environments::Environment {
        id,
        name: facts.environment_name.clone(),
        state: "requested".into(),
        tier: facts.tier.to_string(),
        cloud: facts.cloud.to_string(),
        region: facts.region.clone(),
        team: facts.team.clone(),
        cost_centre: facts.cost_centre.clone(),
        owner_id: actor.id().0,
        template: opened.row.template.clone(),
        commit_sha: opened.row.commit_sha.clone(),
        directory: change.directory.clone(),
        answers: to_json(&opened.template.form.settled(&opened.answers))?,
        price: to_json(&change.price)?,
        created_at: now,
        updated_at: now,
    })
}

/// What is asked for at this revision, with its digests.
pub(super) fn revision(
    actor: &Actor,
    opened: &Opened,
    change: &Change,
    request: &requests::Request,
    now: i64,
) -> ApiResult<requests::Revision> {
    let settled = opened.template.form.settled(&opened.answers);
    Ok(requests::Revision {
        request_id: request.id,
        revision: request.revision,
        justification: change.facts.justification.clone(),
        answers: to_json(&settled)?,
        facts: to_json(&change.facts)?,
        files: to_json(&change.files)?,
        removed: to_json(&change.removed)?,
        diff: to_json(&change.diff)?,
        tags: to_json(&change.facts.tags())?,
        request_digest: catalogue::request_digest(
            &opened.row.template,
            &opened.row.commit_sha,
            &change.facts,
            &settled,
        ),
        files_digest: catalogue::files_digest(&change.files),
        base_digest: change.base_digest.clone(),
        created_by: actor.id().0,
        created_at: now,
    })
}
