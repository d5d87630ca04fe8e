//! Branches and tags.

use super::{Git, GitError};
use std::collections::BTreeMap;

/// "There is no such ref", in git's own words.
const NOTHING: &str = "0000000000000000000000000000000000000000";

impl Git {
    /// Branches and tags by full name; an annotated tag gives its commit.
    pub(crate) async fn refs(&self) -> Result<BTreeMap<String, String>, GitError> {
        let format = "--format=%(refname) %(objectname) %(*objectname)";
        let output = self.must(&["for-each-ref", format, "refs/heads", "refs/tags"]).await?;
        let pair = |line: &str| {
            let mut words = line.split(' ');
            let (name, object, peeled) = (words.next()?, words.next()?, words.next().unwrap_or_default());
            Some((name.to_owned(), if peeled.is_empty() { object } else { peeled }.to_owned()))
        };
        Ok(output.text().lines().filter_map(pair).collect())
    }

    /// The commit that a branch, tag or (part of a) commit id means.
    pub(crate) async fn resolve(&self, what: &str) -> Result<Option<String>, GitError> {
        if what.is_empty() || what.starts_with('-') || what.contains(['^', '~', ':', '@', ' ']) {
            return Ok(None);
        }
        for name in [what.to_owned(), format!("refs/heads/{what}")] {
            let commit = format!("{name}^{{commit}}");
            let output = self.run(&["rev-parse", "--verify", "--quiet", "--end-of-options", &commit]).await?;
            if output.code == 0 {
                return Ok(Some(output.text()));
            }
        }
        Ok(None)
    }

    /// Moves a ref if it still stands at `old` (`None`: does not exist yet). False when it does not.
    pub(crate) async fn move_ref(&self, name: &str, new: &str, old: Option<&str>) -> Result<bool, GitError> {
        Ok(self.run(&["update-ref", name, new, old.unwrap_or(NOTHING)]).await?.code == 0)
    }

    /// Sets a ref of the server's own.
    pub(crate) async fn set_ref(&self, name: &str, new: &str) -> Result<(), GitError> {
        self.must(&["update-ref", name, new]).await.map(|_| ())
    }

    pub(crate) async fn delete_ref(&self, name: &str) -> Result<(), GitError> {
        self.must(&["update-ref", "-d", name]).await.map(|_| ())
    }

    pub(crate) async fn is_valid_branch(&self, name: &str) -> Result<bool, GitError> {
        Ok(!name.starts_with('-') && self.run(&["check-ref-format", &format!("refs/heads/{name}")]).await?.code == 0)
    }

    pub(crate) async fn set_head(&self, branch: &str) -> Result<(), GitError> {
        self.must(&["symbolic-ref", "HEAD", branch]).await.map(|_| ())
    }
}
