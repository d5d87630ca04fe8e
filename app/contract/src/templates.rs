//! The catalogue as pages see it.

use crate::{form::Form, money::Money, places::*};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// One entry of the catalogue.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TemplateCard {
    /// Folder name in the catalogue repository: `web-service-postgres`.
    pub name: String,
    pub title: String,
    pub summary: String,
    /// Team that owns it.
    pub owner: String,
    pub clouds: Vec<Cloud>,
    pub tiers: Vec<Tier>,
    /// Pre-approved: a development request needs nobody.
    pub standard: bool,
    /// Monthly price with the default answers; `None` when nothing of it has a price.
    pub price_from: Option<Money>,
    /// Parts of that which have no price and are not in the sum.
    pub price_unpriced: u32,
    /// Why it cannot be requested, when it is broken: the loader's words, for its owner.
    pub error: Option<String>,
    /// Times it was requested in the last 90 days.
    pub recent_requests: u32,
}

/// One template in full.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TemplateView {
    pub card: TemplateCard,
    /// Full commit id of the catalogue repository that a new request is pinned to.
    pub commit: String,
    pub synced_at: DateTime<Utc>,
    /// Plain text, paragraphs apart by a blank line.
    pub description: String,
    pub form: Form,
    /// Terraform files before rendering, path and content.
    pub files: Vec<(String, String)>,
}
