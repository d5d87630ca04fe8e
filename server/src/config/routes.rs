//! Who must agree.

use causeway_contract::{people::Role, places::Tier};
use causeway_portal::approvals::{RouteRule, StageRule};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

/// One line of the routing table.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Route {
    /// `development`, `staging` or `production`.
    #[schemars(with = "String", extend("format" = "tier"))]
    pub tier: Tier,
    /// Only for templates that are (`true`) or are not (`false`) pre-approved. Not set: for all.
    #[serde(default)]
    pub standard: Option<bool>,
    /// In order. None: nobody needs to agree.
    #[serde(default)]
    pub stages: Vec<Stage>,
}

/// One step of a route.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Stage {
    /// As people read it; `{team}` is the team of the request.
    pub title: String,
    /// Any one of these roles, held where the request is.
    #[schemars(schema_with = "list_of_roles")]
    pub approvers: Vec<Role>,
    /// How many different people must approve.
    #[serde(default = "one")]
    #[schemars(range(min = 1, max = 20))]
    pub needed: u32,
}

fn list_of_roles(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "array", "items": { "type": "string", "format": "role" } })
}

fn one() -> u32 {
    1
}

impl Route {
    pub fn rule(&self) -> RouteRule {
        let stage = |s: &Stage| StageRule { title: s.title.clone(), approvers: s.approvers.clone(), needed: s.needed };
        RouteRule { tier: self.tier, standard: self.standard, stages: self.stages.iter().map(stage).collect() }
    }
}
