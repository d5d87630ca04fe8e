//! The catalogue and one template of it.

use super::version;
use crate::{Portal, access::Actor, catalogue, prices};
use causeway_contract::{
    ApiError, ApiResult,
    form::Form,
    templates::{TemplateCard, TemplateView},
};
use causeway_store::{from_micros, micros, templates};
use chrono::TimeDelta;
use std::collections::HashMap;

/// How far back "recent requests" looks.
const RECENT: TimeDelta = TimeDelta::days(90);

impl Portal {
    /// Everything listed, by title; broken ones with their error.
    ///
    /// # Errors
    /// Forbidden for people without any role.
    pub async fn catalogue(&self, actor: &Actor) -> ApiResult<Vec<TemplateCard>> {
        may_browse(actor)?;
        let mut conn = self.db().read().await?;
        let since = micros(self.now() - RECENT);
        let counts: HashMap<String, i64> = templates::request_counts(&mut conn, since).await?.into_iter().collect();
        let mut cards = Vec::new();
        for row in templates::all(&mut conn).await?.into_iter().filter(|t| t.listed) {
            let recent = counts.get(&row.name).copied().unwrap_or(0) as u32;
            cards.push(self.card(&mut conn, row, recent).await?);
        }
        Ok(cards)
    }

    /// One template in full, at the version a new request is pinned to.
    ///
    /// # Errors
    /// Not found; one that never could be loaded is shown with the loader's words.
    pub async fn template(&self, actor: &Actor, name: &str) -> ApiResult<TemplateView> {
        may_browse(actor)?;
        let mut conn = self.db().read().await?;
        let row =
            super::find(&mut conn, name).await?.filter(|t| t.listed).ok_or_else(|| ApiError::not_found("template"))?;
        let since = micros(self.now() - RECENT);
        let recent =
            templates::request_counts(&mut conn, since).await?.into_iter().find(|(n, _)| n == name).map_or(0, |c| c.1);
        let card = self.card(&mut conn, row.clone(), recent as u32).await?;
        if templates::version(&mut conn, name, &row.commit_sha).await?.is_none() {
            // Broken from its first commit: there is nothing to show but its error.
            return Ok(TemplateView {
                card,
                commit: row.commit_sha,
                synced_at: from_micros(row.synced_at),
                description: String::new(),
                form: Form::default(),
                files: vec![],
            });
        }
        let template = version(&mut conn, name, &row.commit_sha).await?;
        Ok(TemplateView {
            card,
            commit: row.commit_sha,
            synced_at: from_micros(row.synced_at),
            description: template.description.clone(),
            form: catalogue::with_teams(template.form.clone(), &self.teams_for(actor)),
            files: template.files.into_iter().collect(),
        })
    }

    async fn card(
        &self,
        conn: &mut causeway_store::Conn,
        row: templates::TemplateRow,
        recent: u32,
    ) -> ApiResult<TemplateCard> {
        let stored = templates::version(conn, &row.name, &row.commit_sha).await?;
        let Some(body) = stored else {
            return Ok(TemplateCard {
                name: row.name,
                title: row.title,
                summary: String::new(),
                owner: row.owner,
                clouds: vec![],
                tiers: vec![],
                standard: false,
                price_from: None,
                price_unpriced: 0,
                error: row.error,
                recent_requests: recent,
            });
        };
        let template: catalogue::Template = crate::portal::from_json(&body)?;
        let price = prices::price_from(&template, self.prices());
        Ok(TemplateCard { error: row.error, ..template.card(price, recent) })
    }
}

fn may_browse(actor: &Actor) -> ApiResult<()> {
    if actor.abilities().read_requests {
        return Ok(());
    }
    Err(ApiError::forbidden("You are signed in, but none of your groups gives you a role here."))
}
