//! Files at a commit.

use super::{Git, GitError};

#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub path: String,
    pub directory: bool,
    pub object: String,
    /// Bytes; `None` for a directory.
    pub size: Option<u64>,
}

impl Entry {
    pub(crate) fn name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or(&self.path)
    }
}

impl Git {
    /// What stands at a path: `blob`, `tree`, or nothing. `path` has no slash at either end.
    pub(crate) async fn kind(&self, commit: &str, path: &str) -> Result<Option<String>, GitError> {
        let output = self.run(&["cat-file", "-t", &format!("{commit}:{path}")]).await?;
        Ok((output.code == 0).then(|| output.text()))
    }

    /// Bytes of a file.
    pub(crate) async fn read(&self, commit: &str, path: &str) -> Result<Option<Vec<u8>>, GitError> {
        let output = self.run(&["cat-file", "blob", &format!("{commit}:{path}")]).await?;
        Ok((output.code == 0).then_some(output.stdout))
    }

    /// What a directory holds, or everything below it. Paths are from the repository's root.
    pub(crate) async fn list(&self, commit: &str, path: &str, recursive: bool) -> Result<Vec<Entry>, GitError> {
        let below = if path.is_empty() { String::new() } else { format!("{path}/") };
        let mut arguments = vec!["ls-tree", "-z", "--long", "--full-tree"];
        if recursive {
            arguments.push("-r");
        }
        // The commit cannot be taken for an option: callers pass what `resolve` gave.
        arguments.extend([commit, "--"]);
        if !below.is_empty() {
            arguments.push(&below);
        }
        let output = self.must(&arguments).await?;
        Ok(String::from_utf8_lossy(&output.stdout).split('\0').filter_map(parse).collect())
    }
}

/// `<mode> <type> <object> <size>\t<path>`
fn parse(line: &str) -> Option<Entry> {
    let (meta, path) = line.split_once('\t')?;
    let mut words = meta.split_ascii_whitespace().skip(1);
    let (kind, object, size) = (words.next()?, words.next()?, words.next()?);
    Some(Entry { path: path.into(), directory: kind == "tree", object: object.into(), size: size.parse().ok() })
}
