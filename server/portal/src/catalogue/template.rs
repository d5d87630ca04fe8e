//! A template as it is stored per name and commit.

use super::Files;
use causeway_contract::{Money, form::Form, places::*, templates::TemplateCard};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A template that passed every check. Goes to JSON and back unchanged.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Template {
    /// Name of its folder: `web-service-postgres`.
    pub name: String,
    pub title: String,
    /// One sentence for the catalogue page.
    pub summary: String,
    /// Plain text, paragraphs apart by a blank line.
    pub description: String,
    /// Team that owns it.
    pub owner: String,
    /// Pre-approved: a development request needs nobody.
    pub standard: bool,
    /// Tiers it may be asked for in, in the order of [`Tier::ALL`].
    pub tiers: Vec<TierRule>,
    /// In the order of [`Cloud::ALL`].
    pub clouds: Vec<Cloud>,
    /// Region ids, in the order of [`REGIONS`].
    pub regions: Vec<String>,
    /// The standard step, then the template's own.
    pub form: Form,
    /// JSON Schema (2020-12) of the template's own answers, without `required`: that depends on what is asked.
    pub schema: serde_json::Value,
    /// A value that would pass, by field: placeholder in a form, and what the loader tries the template with.
    pub examples: BTreeMap<String, String>,
    /// Names that files and prices may look up beside facts and answers: `{{ instance[cloud][size] }}`.
    pub tables: serde_json::Value,
    pub prices: Vec<PriceComponent>,
    /// Path inside the environment's directory to text before rendering.
    pub files: Files,
}

/// One tier a template may be asked for in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TierRule {
    pub tier: Tier,
    /// Largest number that an integer field may have in this tier.
    pub limits: BTreeMap<String, i64>,
}

/// One line of a price estimate before it is worked out.
///
/// `quantity` and `when` are expressions; the others are text with `{{ }}` in it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PriceComponent {
    /// What it is, in words: `Database instance {{ database_class[cloud][size] }}`.
    pub label: String,
    /// Provider in the price book; the cloud of the request when not said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provider: Option<String>,
    pub service: String,
    pub sku: String,
    /// `on-demand` or `spot`.
    #[serde(default = "on_demand")]
    pub purchase_option: String,
    /// As the price book has it: `hour`, `gb-month`, `disk-month`, `gib-hour`.
    pub unit: String,
    /// Units a month: a whole number, or text with a decimal. `hours_a_month` is 730.
    #[serde(deserialize_with = "super::manifest::expression")]
    pub quantity: String,
    /// The line is there only when this is true. Not said: always.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "super::manifest::optional_expression"
    )]
    pub when: Option<String>,
}

fn on_demand() -> String {
    "on-demand".into()
}

impl Template {
    /// The row for the catalogue page.
    pub fn card(&self, price: Option<(Money, u32)>, recent_requests: u32) -> TemplateCard {
        let (price_from, price_unpriced) = price.map_or((None, 0), |(money, unpriced)| (Some(money), unpriced));
        TemplateCard {
            name: self.name.clone(),
            title: self.title.clone(),
            summary: self.summary.clone(),
            owner: self.owner.clone(),
            clouds: self.clouds.clone(),
            tiers: self.tiers.iter().map(|t| t.tier).collect(),
            standard: self.standard,
            price_from,
            price_unpriced,
            error: None,
            recent_requests,
        }
    }

    /// The rule of a tier, if the template may be asked for in it.
    pub fn tier(&self, tier: Tier) -> Option<&TierRule> {
        self.tiers.iter().find(|t| t.tier == tier)
    }
}
