//! The reconciler of the catalogue: fetches the repository, loads every template, keeps each version.

use crate::{
    Portal,
    catalogue::{self, Loaded, source::Snapshot},
    portal::to_json,
};
use causeway_contract::ApiResult;
use causeway_store::{
    audit::{NewEvent, Who},
    internal, micros,
    templates::{self, CatalogueRow, TemplateRow},
};
use serde_json::json;

impl Portal {
    /// Takes no input, changes nothing when nothing is new. A repository that is away leaves the catalogue as it was and
    /// says so on it.
    ///
    /// # Errors
    /// A database that is away.
    pub async fn sync_catalogue(&self) -> ApiResult<()> {
        let mut conn = self.db().read().await?;
        let known = templates::state(&mut conn).await?;
        drop(conn);
        match self.source().fetch(known.commit_sha.as_deref()).await {
            Ok(Some(snapshot)) => self.take_snapshot(&snapshot).await,
            Ok(None) => self.note_state(CatalogueRow { synced_at: micros(self.now()), problem: None, ..known }).await,
            Err(problem) => {
                tracing::warn!(location = self.source().location(), %problem, "the catalogue cannot be fetched");
                self.note_state(CatalogueRow { problem: Some(problem), ..known }).await
            }
        }
    }

    async fn note_state(&self, row: CatalogueRow) -> ApiResult<()> {
        let mut conn = self.db().begin().await?;
        templates::set_state(&mut conn, &row).await?;
        Ok(conn.commit().await?)
    }

    async fn take_snapshot(&self, snapshot: &Snapshot) -> ApiResult<()> {
        let now = micros(self.now());
        // Each template is tried in every tier and region: work for the processor that must not hold up requests.
        let files = snapshot.clone();
        let loaded = tokio::task::spawn_blocking(move || catalogue::load(&files, &catalogue::Checks::default())).await;
        let loaded = loaded.map_err(|e| internal(&e))?;
        let mut conn = self.db().begin().await?;
        let before = templates::all(&mut conn).await?;
        let mut said = Vec::new();
        for item in &loaded {
            let old = before.iter().find(|t| t.name == item.name);
            let row = self.row(item, snapshot, old, now);
            if let Ok(template) = &item.result {
                templates::put_version(&mut conn, &item.name, &snapshot.commit, &to_json(template)?, now).await?;
            }
            templates::put(&mut conn, &row).await?;
            said.push(json!({ "template": item.name, "error": row.error }));
        }
        for gone in before.into_iter().filter(|t| t.listed && loaded.iter().all(|l| l.name != t.name)) {
            said.push(json!({ "template": gone.name, "removed": true }));
            templates::put(&mut conn, &TemplateRow { listed: false, synced_at: now, ..gone }).await?;
        }
        let state = CatalogueRow { commit_sha: Some(snapshot.commit.clone()), synced_at: now, problem: None };
        templates::set_state(&mut conn, &state).await?;
        let event = NewEvent {
            who: Who::System("Causeway".into()),
            action: "catalogue.synced",
            subject_kind: "catalogue",
            subject_id: snapshot.commit.clone(),
            subject_name: format!("catalogue at {}", snapshot.commit.get(..10).unwrap_or(&snapshot.commit)),
            done: true,
            detail: json!({ "commit": snapshot.commit, "templates": said }),
        };
        self.commit(conn, event).await?;
        Ok(())
    }

    /// A broken version leaves the last good one in place for what is pinned to it, and shows why it cannot be requested.
    fn row(&self, item: &Loaded, snapshot: &Snapshot, old: Option<&TemplateRow>, now: i64) -> TemplateRow {
        match &item.result {
            Ok(template) => TemplateRow {
                name: item.name.clone(),
                commit_sha: snapshot.commit.clone(),
                title: template.title.clone(),
                owner: template.owner.clone(),
                error: None,
                listed: true,
                synced_at: now,
            },
            Err(error) => TemplateRow {
                name: item.name.clone(),
                commit_sha: old.map_or_else(|| snapshot.commit.clone(), |o| o.commit_sha.clone()),
                title: old.map_or_else(|| item.title.clone(), |o| o.title.clone()),
                owner: old.map_or_else(|| item.owner.clone(), |o| o.owner.clone()),
                error: Some(error.clone()),
                listed: true,
                synced_at: now,
            },
        }
    }
}
