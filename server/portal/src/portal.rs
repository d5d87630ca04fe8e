//! The portal: everything a service needs, in one cheap-to-clone handle.

use crate::{
    approvals::RouteRule,
    catalogue::source::TemplateSource,
    delivery::host::{CodeHost, Signature},
    live::Live,
    prices::PriceBook,
};
use causeway_contract::{ApiResult, people::PersonRef};
use causeway_store::{
    Clock, Conn, Db,
    audit::{self, NewEvent},
    internal, people,
};
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Serialize, de::DeserializeOwned};
use std::{sync::Arc, time::Duration};
use uuid::Uuid;

/// What a portal is made of.
pub struct Parts {
    pub db: Db,
    pub clock: Arc<dyn Clock>,
    pub config: PortalConfig,
    pub host: Arc<dyn CodeHost>,
    pub source: Arc<dyn TemplateSource>,
    pub prices: PriceBook,
}

/// Choices that services look at. The server fills it from `causeway.toml`.
#[derive(Clone, Debug)]
pub struct PortalConfig {
    /// Where people reach the portal, without a slash at the end.
    pub public_url: String,
    /// First match wins.
    pub routes: Vec<RouteRule>,
    /// Every team there is: what people who are not bound to a team may choose from.
    pub teams: Vec<String>,
    /// Who can help when a role is missing.
    pub help_contact: String,
    /// Committer of Causeway's commits.
    pub bot: Signature,
    /// How often an open pull request is looked at.
    pub follow_every: Duration,
    /// How often the catalogue and the repository are fetched.
    pub sync_every: Duration,
    /// A worker that has died keeps its job this long.
    pub lease: TimeDelta,
    /// A session that is not used ends after this.
    pub session_idle: TimeDelta,
    /// A session ends after this, used or not.
    pub session_absolute: TimeDelta,
    /// Largest number of audit events that one export holds.
    pub export_limit: u32,
    /// Links to the sandbox and the gallery are shown.
    pub demo: bool,
}

/// The handle. Services are methods on it, a file an act.
#[derive(Clone)]
pub struct Portal {
    pub(crate) inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub(crate) parts: Parts,
    pub(crate) live: Live,
    /// Wakes the worker.
    pub(crate) work: tokio::sync::Notify,
    pub(crate) observer: std::sync::OnceLock<Arc<dyn crate::delivery::Observer>>,
}

impl Portal {
    pub fn new(parts: Parts) -> Self {
        Self {
            inner: Arc::new(Inner {
                parts,
                live: Live::default(),
                work: tokio::sync::Notify::new(),
                observer: std::sync::OnceLock::new(),
            }),
        }
    }

    /// The same portal on another clock, with a worker and listeners of its own: for telling a story of the past.
    pub fn with_clock(&self, clock: Arc<dyn Clock>) -> Self {
        let parts = &self.inner.parts;
        Self::new(Parts {
            db: parts.db.clone(),
            clock,
            config: parts.config.clone(),
            host: Arc::clone(&parts.host),
            source: Arc::clone(&parts.source),
            prices: parts.prices.clone(),
        })
    }

    pub fn db(&self) -> &Db {
        &self.inner.parts.db
    }

    pub fn now(&self) -> DateTime<Utc> {
        self.inner.parts.clock.now()
    }

    pub fn clock(&self) -> &Arc<dyn Clock> {
        &self.inner.parts.clock
    }

    pub fn config(&self) -> &PortalConfig {
        &self.inner.parts.config
    }

    pub(crate) fn host(&self) -> &dyn CodeHost {
        &*self.inner.parts.host
    }

    pub(crate) fn source(&self) -> &dyn TemplateSource {
        &*self.inner.parts.source
    }

    pub(crate) fn prices(&self) -> &PriceBook {
        &self.inner.parts.prices
    }

    /// Adds the event as the last link, commits, and tells those who watch. Every change of state ends here.
    pub(crate) async fn commit(&self, conn: Conn, event: NewEvent) -> ApiResult<i64> {
        self.commit_all(conn, vec![event]).await
    }

    /// As [`Portal::commit`], for a change that takes several events to tell. Returns the last one's number.
    pub(crate) async fn commit_all(&self, mut conn: Conn, events: Vec<NewEvent>) -> ApiResult<i64> {
        let mut seq = 0;
        for event in events {
            seq = audit::append(&mut conn, self.now(), event).await?;
        }
        conn.commit().await?;
        self.inner.live.tell(seq);
        Ok(seq)
    }

    /// Wakes the worker after a transaction that enqueued a job.
    pub fn wake_worker(&self) {
        self.inner.work.notify_waiters();
        self.inner.work.notify_one();
    }
}

pub(crate) fn person_ref(p: &people::Person) -> PersonRef {
    PersonRef { id: causeway_contract::ids::PersonId(p.id), name: p.name.clone(), email: p.email.clone() }
}

/// People by id, for views: whoever is missing shows as unknown rather than failing the page.
pub(crate) struct People(std::collections::HashMap<Uuid, PersonRef>);

impl People {
    pub(crate) async fn load(conn: &mut Conn, ids: impl IntoIterator<Item = Uuid>) -> ApiResult<Self> {
        let ids: std::collections::HashSet<Uuid> = ids.into_iter().collect();
        let found = people::find_many(conn, ids).await?;
        Ok(Self(found.iter().map(|p| (p.id, person_ref(p))).collect()))
    }

    pub(crate) fn get(&self, id: Uuid) -> PersonRef {
        self.0.get(&id).cloned().unwrap_or_else(|| PersonRef {
            id: causeway_contract::ids::PersonId(id),
            name: "Unknown person".into(),
            email: String::new(),
        })
    }
}

/// Reads a JSON column.
pub(crate) fn from_json<T: DeserializeOwned>(text: &str) -> ApiResult<T> {
    serde_json::from_str(text).map_err(|e| internal(&e))
}

/// Writes a JSON column. Our own types always serialise; a failure would be a fault and is reported as one.
pub(crate) fn to_json<T: Serialize + ?Sized>(value: &T) -> ApiResult<String> {
    serde_json::to_string(value).map_err(|e| internal(&e))
}

/// Reads a word column (`state`, `tier` …).
pub(crate) fn word<T: std::str::FromStr<Err = String>>(text: &str) -> ApiResult<T> {
    text.parse().map_err(|e: String| internal(&std::io::Error::other(e)))
}
