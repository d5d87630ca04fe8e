//! Merging without a work tree.

use super::{Authorship, Git, GitError};

pub(crate) enum Merged {
    /// The tree that merging gives.
    Clean(String),
    /// Paths in conflict.
    Conflict(Vec<String>),
}

impl Git {
    /// What merging `theirs` into `ours` would give.
    pub(crate) async fn try_merge(&self, ours: &str, theirs: &str) -> Result<Merged, GitError> {
        let arguments = ["merge-tree", "--write-tree", "--name-only", "--no-messages", "-z", ours, theirs];
        let output = self.run(&arguments).await?;
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let mut fields = text.split('\0').filter(|f| !f.is_empty()).map(str::to_owned);
        let tree = fields.next().unwrap_or_default();
        match output.code {
            0 => Ok(Merged::Clean(tree)),
            1 => Ok(Merged::Conflict(fields.collect())),
            _ => Err(GitError { command: "merge-tree".into(), stderr: output.stderr }),
        }
    }

    /// Writes a commit of a tree.
    pub(crate) async fn commit_tree(
        &self,
        tree: &str,
        parents: &[&str],
        message: &str,
        who: &Authorship,
    ) -> Result<String, GitError> {
        let mut arguments = vec!["commit-tree", tree];
        for parent in parents {
            arguments.extend(["-p", parent]);
        }
        arguments.extend(["-F", "-"]);
        let environment = [
            ("GIT_AUTHOR_NAME", who.name.as_str()),
            ("GIT_AUTHOR_EMAIL", who.email.as_str()),
            ("GIT_COMMITTER_NAME", who.name.as_str()),
            ("GIT_COMMITTER_EMAIL", who.email.as_str()),
        ];
        Ok(self.must_with(&arguments, &environment, message.as_bytes()).await?.text())
    }
}
