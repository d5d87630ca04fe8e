//! Which files differ between two commits.

use super::{Git, GitError};

#[derive(Clone, Debug)]
pub(crate) struct Change {
    /// `ADD`, `DELETE`, `MODIFY`, `MOVE` or `COPY`.
    pub kind: &'static str,
    pub path: String,
    /// Where a moved or copied file came from.
    pub from: Option<String>,
    pub old_object: String,
    pub new_object: String,
    pub old_executable: bool,
    pub executable: bool,
    /// Per cent that a moved file kept.
    pub similarity: Option<i64>,
}

impl Git {
    pub(crate) async fn changes(&self, base: &str, head: &str) -> Result<Vec<Change>, GitError> {
        let output = self.must(&["diff-tree", "-r", "-M", "-z", "--raw", "--no-abbrev", base, head]).await?;
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let mut fields = text.split('\0').filter(|f| !f.is_empty());
        let mut changes = Vec::new();
        while let Some(meta) = fields.next() {
            let words: Vec<&str> = meta.trim_start_matches(':').split(' ').collect();
            let &[old_mode, mode, old_object, new_object, status] = words.as_slice() else { continue };
            let Some(first) = fields.next() else { break };
            let (kind, two) = match status.as_bytes().first() {
                Some(b'A') => ("ADD", false),
                Some(b'D') => ("DELETE", false),
                Some(b'R') => ("MOVE", true),
                Some(b'C') => ("COPY", true),
                _ => ("MODIFY", false),
            };
            let second = if two { fields.next() } else { None };
            changes.push(Change {
                kind,
                path: second.unwrap_or(first).into(),
                from: second.map(|_| first.into()),
                old_object: old_object.into(),
                new_object: new_object.into(),
                old_executable: old_mode == "100755",
                executable: mode == "100755",
                similarity: status.get(1..).and_then(|s| s.parse().ok()),
            });
        }
        Ok(changes)
    }
}
