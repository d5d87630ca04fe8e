//! Reading files at a commit, never from the network.

use super::{
    errors::away,
    mirror::Mirror,
    names::{check_commit, check_path},
    run::Git,
};
use causeway_portal::delivery::host::{Files, HostError, HostErrorKind};
use std::{collections::BTreeMap, path::Path, sync::Arc};

/// Larger answers are read anew each time.
const CACHED_BYTES: usize = 256 * 1024;
const CACHED: usize = 32;

/// How much may be read at once. More bytes in one file: it is left out. More files or bytes in all: an error.
#[derive(Clone, Copy)]
pub(crate) struct Limits {
    pub(crate) file: usize,
    pub(crate) files: usize,
    pub(crate) total: usize,
}

/// A repository of environments may be large; what lies below one directory is not.
const BELOW_DIRECTORY: Limits = Limits { file: 1024 * 1024, files: 5_000, total: 64 * 1024 * 1024 };

struct Entry {
    object: String,
    size: usize,
    path: String,
}

impl Mirror {
    /// Text files below `directory` (empty: the root). Binary files, links and files over 1 MiB are left out.
    pub(crate) async fn files(&self, commit: &str, directory: &str) -> Result<Files, HostError> {
        let key = (commit.to_owned(), directory.to_owned());
        if let Some(held) = self.cached(&key) {
            return Ok((*held).clone());
        }
        self.open().await?;
        check_commit(commit)?;
        if self.resolve(commit).await?.is_none() {
            return Err(HostError::new(
                HostErrorKind::NotFound,
                "That state of the repository is not at hand: read the repository again.",
                format!("{commit} is not in {}", self.dir().display()),
            ));
        }
        let mut files = Files::new();
        for (path, bytes) in read_tree(self.dir(), commit, directory, BELOW_DIRECTORY).await? {
            match String::from_utf8(bytes) {
                Ok(text) if !text.contains('\0') => {
                    files.insert(path, text);
                }
                _ => tracing::info!(path, commit, "left out: it is not text"),
            }
        }
        if files.values().map(String::len).sum::<usize>() <= CACHED_BYTES {
            let mut cache = self.cache.lock().unwrap_or_else(|e| e.into_inner());
            cache.push_front((key, Arc::new(files.clone())));
            cache.truncate(CACHED);
        }
        Ok(files)
    }

    fn cached(&self, key: &(String, String)) -> Option<Arc<Files>> {
        let cache = self.cache.lock().unwrap_or_else(|e| e.into_inner());
        cache.iter().find(|(held, _)| held == key).map(|(_, files)| files.clone())
    }
}

/// The plain files below `directory` at `commit`. Links and submodules are left out.
async fn list(dir: &Path, commit: &str, directory: &str) -> Result<Vec<Entry>, HostError> {
    let directory = directory.trim_matches('/');
    let below = if directory.is_empty() { String::new() } else { format!("{directory}/") };
    let mut args = vec!["ls-tree", "-r", "-z", "-l", "--full-tree", commit];
    if !below.is_empty() {
        check_path(directory)?;
        args.extend(["--", &below]);
    }
    let listed = Git::local(dir, args).limit(64 * 1024 * 1024).run().await?;
    Ok(listed
        .split(|b| *b == 0)
        .filter(|line| !line.is_empty())
        .filter_map(entry)
        .filter(|e| e.path.starts_with(&below))
        .collect())
}

/// `100644 blob <id>    <size>\t<path>`; `None` for what is no plain file, or has a name that is not text.
fn entry(line: &[u8]) -> Option<Entry> {
    let Ok(line) = std::str::from_utf8(line) else {
        tracing::info!(name = %String::from_utf8_lossy(line), "left out: its name is not UTF-8");
        return None;
    };
    let (facts, path) = line.split_once('\t')?;
    let mut facts = facts.split_ascii_whitespace();
    let (mode, _, object, size) = (facts.next()?, facts.next()?, facts.next()?, facts.next()?);
    let plain = mode.starts_with("100");
    if !plain {
        tracing::info!(path, mode, "left out: a link or a submodule");
    }
    plain.then(|| Some(Entry { object: object.into(), size: size.parse().ok()?, path: path.into() }))?
}

/// Contents of the files below `directory`, by path.
pub(crate) async fn read_tree(
    dir: &Path,
    commit: &str,
    directory: &str,
    limits: Limits,
) -> Result<BTreeMap<String, Vec<u8>>, HostError> {
    let mut entries = list(dir, commit, directory).await?;
    entries.retain(|e| {
        let fits = e.size <= limits.file;
        if !fits {
            tracing::info!(path = e.path, bytes = e.size, "left out: it is too large");
        }
        fits
    });
    let total: usize = entries.iter().map(|e| e.size).sum();
    if entries.len() > limits.files || total > limits.total {
        let detail = format!("{} files, {total} bytes below {directory:?} at {commit}", entries.len());
        let message = format!("There are more than {} files or {} MiB.", limits.files, limits.total / 1024 / 1024);
        return Err(HostError::new(HostErrorKind::Refused, message, detail));
    }
    if entries.is_empty() {
        return Ok(BTreeMap::new());
    }
    let asked: String = entries.iter().map(|e| format!("{}\n", e.object)).collect();
    let answer = Git::local(dir, ["cat-file", "--batch"]).stdin(asked).limit(total + entries.len() * 128).run().await?;
    let mut rest = answer.as_slice();
    let mut files = BTreeMap::new();
    for entry in entries {
        let bytes = take(&mut rest).ok_or_else(|| {
            let detail =
                format!("git cat-file: {} ({}) is not readable in {}", entry.path, entry.object, dir.display());
            away("Causeway's copy of the repository is damaged.", detail)
        })?;
        files.insert(entry.path, bytes.to_vec());
    }
    Ok(files)
}

/// Takes one `<id> blob <size>\n<bytes>\n` off the front.
fn take<'a>(rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    let end = rest.iter().position(|b| *b == b'\n')?;
    let size: usize = std::str::from_utf8(&rest[..end]).ok()?.rsplit(' ').next()?.parse().ok()?;
    let bytes = rest.get(end + 1..end + 1 + size)?;
    *rest = rest.get(end + size + 2..)?;
    Some(bytes)
}
