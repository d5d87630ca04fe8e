//! Where template folders come from. `connect` implements it with git.

use futures::future::BoxFuture;
use std::collections::BTreeMap;

/// All files of the catalogue repository at one commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snapshot {
    /// Full commit id.
    pub commit: String,
    /// Path from the repository's root to the file's bytes. Files over 1 MiB are left out.
    pub files: BTreeMap<String, Vec<u8>>,
}

pub trait TemplateSource: Send + Sync {
    /// Where it is, without credentials: for pages and logs.
    fn location(&self) -> &str;

    /// Fetches the newest commit. `known` is the commit already held: the same commit returns `None`.
    ///
    /// # Errors
    /// What is wrong, for the operator.
    fn fetch<'a>(&'a self, known: Option<&'a str>) -> BoxFuture<'a, Result<Option<Snapshot>, String>>;
}
