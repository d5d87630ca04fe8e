//! The provider's state and registration.

use super::{book::Book, code::Codes, keys::Keys};
use crate::{desk::Desk, disk, error::SandboxError, random, sync::lock};
use std::{
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex,
        atomic::{AtomicI64, Ordering},
    },
};

pub(crate) struct Provider {
    /// `http://localhost:PORT`.
    pub issuer: String,
    /// Origin of the portal.
    pub portal: String,
    pub desk: Arc<Desk>,
    pub codes: Mutex<Codes>,
    pub keys: Mutex<Keys>,
    pub http: reqwest::Client,
    book: Mutex<Book>,
    book_path: PathBuf,
    /// Seconds by which the provider's clock is ahead.
    pub skew: AtomicI64,
}

impl Provider {
    /// Reads or makes the state below `dir`.
    pub(crate) fn open(dir: &Path, portal: &str, port: u16, http: reqwest::Client) -> Result<Arc<Self>, SandboxError> {
        let book_path = dir.join("provider.json");
        let mut book: Book = disk::read(&book_path)?.unwrap_or_default();
        if book.client_secret.is_empty() {
            book.client_secret = random::secret();
            disk::write(&book_path, &book)?;
        }
        Ok(Arc::new(Self {
            issuer: format!("http://localhost:{port}"),
            portal: portal.into(),
            desk: Arc::default(),
            codes: Mutex::default(),
            keys: Mutex::new(Keys::open(&dir.join("signing-keys.json"))?),
            http,
            book: Mutex::new(book),
            book_path,
            skew: AtomicI64::new(0),
        }))
    }

    /// Seconds since 1970 by the provider's own clock.
    pub(crate) fn now(&self) -> i64 {
        crate::clock::seconds() + self.skew.load(Ordering::Relaxed)
    }

    pub(crate) fn client_secret(&self) -> String {
        self.read(|book| book.client_secret.clone())
    }

    pub(crate) fn redirect_uri(&self) -> String {
        format!("{}/sign-in/callback", self.portal)
    }

    pub(crate) fn post_logout_redirect_uri(&self) -> String {
        format!("{}/", self.portal)
    }

    pub(crate) fn backchannel_logout_uri(&self) -> String {
        format!("{}/backchannel-logout", self.portal)
    }

    pub(crate) fn read<T>(&self, look: impl FnOnce(&Book) -> T) -> T {
        look(&lock(&self.book))
    }

    /// Changes the book and writes it down before anybody else sees it.
    pub(crate) fn change<T>(&self, edit: impl FnOnce(&mut Book) -> T) -> T {
        let mut book = lock(&self.book);
        let result = edit(&mut book);
        let now = crate::clock::seconds();
        book.prune(now);
        if let Err(error) = disk::write(&self.book_path, &*book) {
            tracing::error!(%error, "the provider's state was not written");
        }
        result
    }
}
