//! The route of a request: one function of facts, so that policy can take its place.

use crate::{
    access::{Actor, Place, covers},
    portal::{People, from_json, person_ref, word},
};
use causeway_contract::{
    ApiResult,
    ids::*,
    people::{PersonRef, Role},
    places::Tier,
    requests::{DecisionView, StageState, StageView},
};
use causeway_store::{Conn, from_micros, people, stages};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// One line of the routing table. The first that matches a request decides.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RouteRule {
    pub tier: Tier,
    /// Only for templates that are (or are not) pre-approved; `None`: for all.
    pub standard: Option<bool>,
    /// In order. None: nobody needs to agree.
    pub stages: Vec<StageRule>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StageRule {
    /// As people read it; `{team}` is the team of the request.
    pub title: String,
    /// Any one of these roles, held in a scope that covers the request.
    pub approvers: Vec<Role>,
    /// How many different people must approve.
    pub needed: u32,
}

/// Who may decide a stage, as stored with it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Approvers {
    pub roles: Vec<Role>,
}

impl Approvers {
    /// Whether the actor holds one of the roles where the request is.
    pub fn admits(&self, actor: &Actor, place: Place<'_>) -> bool {
        self.roles.iter().any(|role| actor.holds_at(*role, place))
    }
}

/// What a route depends on.
#[derive(Clone, Debug)]
pub struct RouteFacts<'a> {
    pub tier: Tier,
    pub team: &'a str,
    pub standard: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    pub stages: Vec<StageRule>,
    /// Why nobody needs to agree, when nobody does.
    pub reason: Option<String>,
}

/// The shipped table: development with a standard template needs nobody, staging one person, production two different ones.
pub fn default_routes() -> Vec<RouteRule> {
    let manager = |needed| StageRule { title: "Manager of {team}".into(), approvers: vec![Role::Manager], needed };
    let either = StageRule {
        title: "Manager of {team} or a senior engineer".into(),
        approvers: vec![Role::Manager, Role::SeniorEngineer],
        needed: 1,
    };
    let admin =
        StageRule { title: "Infrastructure admin".into(), approvers: vec![Role::InfrastructureAdmin], needed: 1 };
    vec![
        RouteRule { tier: Tier::Development, standard: Some(true), stages: vec![] },
        RouteRule { tier: Tier::Development, standard: None, stages: vec![either.clone()] },
        RouteRule { tier: Tier::Staging, standard: None, stages: vec![either] },
        RouteRule { tier: Tier::Production, standard: None, stages: vec![manager(1), admin] },
    ]
}

/// The route for these facts. A tier that no rule names gets the strictest answer: an infrastructure admin decides.
pub fn evaluate(rules: &[RouteRule], facts: &RouteFacts<'_>) -> Route {
    let rule = rules.iter().find(|r| r.tier == facts.tier && r.standard.is_none_or(|s| s == facts.standard));
    let mut stages = match rule {
        Some(rule) => rule.stages.clone(),
        None => vec![StageRule {
            title: "Infrastructure admin".into(),
            approvers: vec![Role::InfrastructureAdmin],
            needed: 1,
        }],
    };
    for stage in &mut stages {
        stage.title = stage.title.replace("{team}", facts.team);
    }
    let reason = stages.is_empty().then(|| {
        let what = if facts.standard { "a standard template in " } else { "" };
        format!("{what}{} is pre-approved: nobody needs to agree.", facts.tier.label().to_lowercase())
    });
    Route { stages, reason: reason.map(|r| r[..1].to_uppercase() + &r[1..]) }
}

/// People who could decide now, as known from their last sign-in: never the requester.
pub(crate) async fn deciders(
    conn: &mut Conn,
    approvers: &Approvers,
    place: Place<'_>,
    requester: Uuid,
) -> ApiResult<Vec<PersonRef>> {
    let mut found: Vec<PersonRef> = Vec::new();
    for (person, grant) in people::holders(conn, &approvers.roles).await? {
        if person.id != requester && covers(&grant.scope, place) && found.iter().all(|f| f.id.0 != person.id) {
            found.push(person_ref(&person));
        }
    }
    Ok(found)
}

/// The stages of one revision with their decisions.
pub(crate) async fn stage_views(
    conn: &mut Conn,
    request: &causeway_store::requests::Request,
) -> ApiResult<Vec<StageView>> {
    let rows = stages::of_revision(conn, request.id, request.revision).await?;
    let decisions = stages::decisions(conn, request.id).await?;
    let names = People::load(conn, decisions.iter().map(|d| d.person_id)).await?;
    let place = Place { team: &request.team, tier: word(&request.tier)? };
    let mut views = Vec::new();
    for row in rows {
        let approvers: Approvers = from_json(&row.approvers)?;
        let state: StageState = word(&row.state)?;
        let open = matches!(state, StageState::Open | StageState::Waiting);
        let mut people = if open { deciders(conn, &approvers, place, request.requester_id).await? } else { vec![] };
        people.retain(|p| decisions.iter().all(|d| d.revision != request.revision || d.person_id != p.id.0));
        let mut given = Vec::new();
        for d in decisions.iter().filter(|d| d.stage_id == row.id) {
            given.push(DecisionView {
                person: names.get(d.person_id),
                verdict: word(&d.verdict)?,
                comment: d.comment.clone(),
                field: d.field.clone(),
                at: from_micros(d.decided_at),
                evidence: from_json(&d.evidence)?,
                revision: d.revision,
            });
        }
        views.push(StageView {
            id: Some(StageId(row.id)),
            title: row.title,
            state,
            needed: u32::try_from(row.needed).unwrap_or(1),
            deciders: people,
            decisions: given,
            opened_at: row.opened_at.map(from_micros),
        });
    }
    Ok(views)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_routes() {
        let rules = default_routes();
        let mut out = String::new();
        for tier in Tier::ALL {
            for standard in [true, false] {
                let route = evaluate(&rules, &RouteFacts { tier: *tier, team: "payments", standard });
                let stages: Vec<String> = route.stages.iter().map(|s| format!("{} × {}", s.needed, s.title)).collect();
                let line = route.reason.unwrap_or_else(|| stages.join(", then "));
                out += &format!("{tier} {}: {line}\n", if standard { "standard" } else { "other" });
            }
        }
        assert_eq!(
            out,
            "development standard: A standard template in development is pre-approved: nobody needs to agree.\n\
             development other: 1 × Manager of payments or a senior engineer\n\
             staging standard: 1 × Manager of payments or a senior engineer\n\
             staging other: 1 × Manager of payments or a senior engineer\n\
             production standard: 1 × Manager of payments, then 1 × Infrastructure admin\n\
             production other: 1 × Manager of payments, then 1 × Infrastructure admin\n"
        );
    }

    #[test]
    fn a_tier_without_a_rule_is_not_free() {
        let route = evaluate(&[], &RouteFacts { tier: Tier::Development, team: "x", standard: true });
        assert_eq!(route.stages.len(), 1);
    }
}
