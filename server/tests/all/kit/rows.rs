//! Rows that tests need and no service would make by itself.

use super::TestApp;
use causeway_store::{Clock, environments, micros, new_id, people, requests};
use uuid::Uuid;

/// Somebody who never signs in: an owner for rows.
pub(crate) async fn person(app: &TestApp, name: &str) -> Uuid {
    let row = people::Person {
        id: new_id(app.clock.now()),
        issuer: "https://elsewhere.example".into(),
        subject: name.into(),
        name: name.into(),
        email: String::new(),
        groups_json: "[]".into(),
        groups_note: None,
        first_seen_at: 0,
        last_seen_at: 0,
    };
    let mut conn = app.portal.db().begin().await.unwrap();
    let row = people::upsert(&mut conn, &row).await.unwrap();
    conn.commit().await.unwrap();
    row.id
}

/// A request of a team, with its environment.
pub(crate) async fn request(app: &TestApp, owner: Uuid, number: i64, team: &str, state: &str) -> Uuid {
    let now = app.clock.now();
    let environment = environments::Environment {
        id: new_id(now),
        name: format!("environment-{number}"),
        state: "requested".into(),
        tier: "staging".into(),
        cloud: "aws".into(),
        region: "af-south-1".into(),
        team: team.into(),
        cost_centre: "CC-1".into(),
        owner_id: owner,
        template: "object-store".into(),
        commit_sha: "c".into(),
        directory: format!("environments/staging/{team}/environment-{number}"),
        answers: "{}".into(),
        price: "{}".into(),
        created_at: micros(now),
        updated_at: micros(now),
    };
    let row = requests::Request {
        id: new_id(now),
        number,
        kind: "create".into(),
        state: state.into(),
        environment_id: environment.id,
        environment_name: environment.name.clone(),
        template: environment.template.clone(),
        commit_sha: environment.commit_sha.clone(),
        tier: environment.tier.clone(),
        cloud: environment.cloud.clone(),
        region: environment.region.clone(),
        team: team.into(),
        cost_centre: environment.cost_centre.clone(),
        requester_id: owner,
        revision: 1,
        monthly_micros: None,
        unpriced: 0,
        price: "{}".into(),
        waiting_for: None,
        no_stage_reason: None,
        submitted_at: micros(now),
        updated_at: micros(now),
        closed_at: None,
    };
    let mut conn = app.portal.db().begin().await.unwrap();
    environments::insert(&mut conn, &environment).await.unwrap();
    requests::insert(&mut conn, &row).await.unwrap();
    conn.commit().await.unwrap();
    row.id
}
