//! Commits and how they are related.

use super::{Git, GitError};

#[derive(Clone, Debug)]
pub(crate) struct Commit {
    pub id: String,
    pub parents: Vec<String>,
    pub author: String,
    pub author_email: String,
    /// Milliseconds.
    pub authored: i64,
    pub committer: String,
    pub committer_email: String,
    /// Milliseconds.
    pub committed: i64,
    pub message: String,
}

impl Commit {
    pub(crate) fn subject(&self) -> &str {
        self.message.lines().next().unwrap_or_default()
    }
}

const FORMAT: &str = "--format=%H%x00%P%x00%an%x00%ae%x00%at%x00%cn%x00%ce%x00%ct%x00%B%x00%x01";

impl Git {
    /// Commits that `head` has and `base` has not, newest first, all of them; of `path` when one is given.
    pub(crate) async fn log(
        &self,
        base: Option<&str>,
        head: &str,
        path: Option<&str>,
    ) -> Result<Vec<Commit>, GitError> {
        let not = base.map(|b| format!("^{b}"));
        let mut arguments = vec!["log", FORMAT, head];
        arguments.extend(not.as_deref());
        arguments.push("--");
        arguments.extend(path);
        let output = self.must(&arguments).await?;
        Ok(String::from_utf8_lossy(&output.stdout).split('\u{1}').filter_map(parse).collect())
    }

    pub(crate) async fn commit(&self, id: &str) -> Result<Option<Commit>, GitError> {
        let output = self.run(&["log", "-1", FORMAT, id, "--"]).await?;
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        Ok(text.split('\u{1}').next().and_then(parse))
    }

    pub(crate) async fn merge_base(&self, a: &str, b: &str) -> Result<Option<String>, GitError> {
        let output = self.run(&["merge-base", a, b]).await?;
        Ok((output.code == 0).then(|| output.text()))
    }

    /// `old` can be reached from `new`.
    pub(crate) async fn is_ancestor(&self, old: &str, new: &str) -> Result<bool, GitError> {
        Ok(self.run(&["merge-base", "--is-ancestor", old, new]).await?.code == 0)
    }
}

fn parse(record: &str) -> Option<Commit> {
    let mut fields = record.trim_start_matches('\n').split('\0').map(str::to_owned);
    let mut next = || fields.next();
    let id = next().filter(|id| !id.is_empty())?;
    let parents = next()?.split(' ').filter(|p| !p.is_empty()).map(str::to_owned).collect();
    let (author, author_email, authored) = (next()?, next()?, next()?.parse::<i64>().ok()? * 1000);
    let (committer, committer_email, committed) = (next()?, next()?, next()?.parse::<i64>().ok()? * 1000);
    let message = next()?.trim_end().to_owned();
    Some(Commit { id, parents, author, author_email, authored, committer, committer_email, committed, message })
}
