//! tower-sessions over the portal's own rows.
//!
//! A record is the flow's JSON, but for two keys that are columns: [`BROWSER`] says where the browser is, and a record that is
//! created with [`SIGNED_IN`] is a person's: its row, the person's rows and the audit event are one transaction.

use causeway_portal::{
    Portal,
    access::sessions::{Browser, SignIn, TokenHash},
};
use std::{fmt, future::Future, pin::Pin};
use tower_sessions::{
    SessionStore,
    cookie::time::{Duration, OffsetDateTime},
    session::{Id, Record},
    session_store::{Error, Result},
};

pub(super) const BROWSER: &str = "browser";
pub(super) const SIGNED_IN: &str = "signed_in";

/// See the module.
#[derive(Clone)]
pub struct RowStore(pub Portal);

impl fmt::Debug for RowStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RowStore")
    }
}

type Answer<'a, T> = Pin<Box<dyn Future<Output = Result<T>> + Send + 'a>>;

fn hash(id: &Id) -> TokenHash {
    TokenHash::of(&id.to_string())
}

fn backend(error: impl fmt::Display) -> Error {
    Error::Backend(error.to_string())
}

fn data(record: &Record) -> Result<String> {
    let kept: serde_json::Map<_, _> = record
        .data
        .iter()
        .filter(|(k, _)| *k != BROWSER && *k != SIGNED_IN)
        .map(|(k, v)| (k.clone(), v.clone()))
        .collect();
    serde_json::to_string(&kept).map_err(|e| Error::Encode(e.to_string()))
}

impl RowStore {
    async fn begin(&self, record: &Record) -> Result<()> {
        let token = hash(&record.id);
        if let Some(facts) = record.data.get(SIGNED_IN) {
            let mut facts: SignIn = serde_json::from_value(facts.clone()).map_err(|e| Error::Decode(e.to_string()))?;
            facts.data = data(record)?;
            return self.0.sign_in(&token, &facts).await.map_err(backend);
        }
        let browser = record.data.get(BROWSER).and_then(|v| serde_json::from_value(v.clone()).ok());
        self.0
            .begin_flow(&token, data(record)?, &browser.unwrap_or_else(|| Browser::new("", "")))
            .await
            .map_err(backend)
    }

    async fn find(&self, id: &Id) -> Result<Option<Record>> {
        let Some(text) = self.0.flow(&hash(id)).await.map_err(backend)? else { return Ok(None) };
        let data = serde_json::from_str(&text).map_err(|e| Error::Decode(e.to_string()))?;
        // Limits are the row's; tower-sessions never looks at this date of a loaded record.
        Ok(Some(Record { id: *id, data, expiry_date: OffsetDateTime::UNIX_EPOCH + Duration::days(36_500) }))
    }
}

impl SessionStore for RowStore {
    fn create<'s, 'r, 'f>(&'s self, record: &'r mut Record) -> Answer<'f, ()>
    where
        's: 'f,
        'r: 'f,
        Self: 'f,
    {
        // An id is 128 random bits: one that is taken already is refused by the table and never happens.
        Box::pin(async move { self.begin(record).await })
    }

    fn save<'s, 'r, 'f>(&'s self, record: &'r Record) -> Answer<'f, ()>
    where
        's: 'f,
        'r: 'f,
        Self: 'f,
    {
        Box::pin(async move { self.0.save_flow(&hash(&record.id), data(record)?).await.map_err(backend) })
    }

    fn load<'s, 'r, 'f>(&'s self, id: &'r Id) -> Answer<'f, Option<Record>>
    where
        's: 'f,
        'r: 'f,
        Self: 'f,
    {
        Box::pin(async move { self.find(id).await })
    }

    fn delete<'s, 'r, 'f>(&'s self, id: &'r Id) -> Answer<'f, ()>
    where
        's: 'f,
        'r: 'f,
        Self: 'f,
    {
        Box::pin(async move { self.0.drop_flow(&hash(id)).await.map_err(backend) })
    }
}
