//! The template catalogue from git or a plain folder.
//!
//! To add another kind of place: a variant of `Place`, and an arm in `newest`.

use crate::{
    git::{Git, Limits, Mirror, Remote, check_branch, read_tree},
    http::Secret,
};
use causeway_portal::catalogue::source::{Snapshot, TemplateSource};
use futures::future::BoxFuture;
use sha2::{Digest, Sha256};
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};
use url::Url;

const LIMITS: Limits = Limits { file: 1024 * 1024, files: 2_000, total: 64 * 1024 * 1024 };

/// Where the catalogue is.
#[derive(Clone, Debug)]
pub struct TemplateSourceConfig {
    /// An `https`, `http` or `file` URL of a git repository, or a path: to a git repository (its newest commit counts, not its
    /// work tree) or to a plain folder.
    pub location: String,
    /// Without `refs/heads/`; the repository's default when not set. Means nothing for a plain folder.
    pub branch: Option<String>,
    /// Sent as a bearer token to the location's host, and nowhere else.
    pub token: Option<Secret>,
    /// PEM file of authorities to trust, in place of the system's.
    pub ca_file: Option<PathBuf>,
    /// Folder for copies of repositories; made when missing.
    pub mirror_dir: PathBuf,
}

/// [`TemplateSource`] over git or a folder.
pub struct GitTemplateSource {
    location: String,
    place: Place,
}

enum Place {
    Remote(Box<Mirror>),
    Local { path: PathBuf, branch: Option<String> },
}

impl GitTemplateSource {
    /// Checks the configuration; reads nothing.
    ///
    /// # Errors
    /// A sentence that says what to change.
    pub fn new(config: TemplateSourceConfig) -> Result<Self, String> {
        let TemplateSourceConfig { location, branch, token, ca_file, mirror_dir } = config;
        if let Some(branch) = &branch {
            check_branch(branch).map_err(|_| format!("{branch:?} is not a branch: write it without refs/heads/."))?;
        }
        if !location.contains("://") {
            if location.trim().is_empty() {
                return Err("The catalogue's location is empty: set a URL or a path.".into());
            }
            if location.starts_with("git@") {
                return Err(
                    "The catalogue is read over HTTP, not SSH: set the https:// address of the repository.".into()
                );
            }
            let path = std::path::absolute(&location).map_err(|e| format!("{location} is not a path: {e}."))?;
            return Ok(Self { location, place: Place::Local { path, branch } });
        }
        let url = Url::parse(&location).map_err(|e| format!("The catalogue's location is not a URL: {e}."))?;
        if !matches!(url.scheme(), "http" | "https" | "file") {
            return Err(format!(
                "The catalogue cannot be read over {}: use https://, http:// or file://.",
                url.scheme()
            ));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(
                "Take the user name and password out of the catalogue's URL: the token is a setting of its own.".into(),
            );
        }
        if let Some(token) = &token {
            token.bearer()?;
        }
        let name = url
            .path()
            .trim_end_matches('/')
            .trim_end_matches(".git")
            .rsplit('/')
            .next()
            .unwrap_or("catalogue")
            .to_owned();
        let mut scope = url.clone();
        scope.set_path("/");
        scope.set_query(None);
        let remote = Remote { url: url.to_string(), scope: scope.to_string(), token, ca_file, branch };
        Ok(Self {
            location,
            place: Place::Remote(Box::new(Mirror::new(&mirror_dir, &format!("catalogue-{name}"), remote))),
        })
    }

    async fn newest(&self, known: Option<&str>) -> Result<Option<Snapshot>, String> {
        match &self.place {
            Place::Remote(mirror) => {
                let tip = mirror.tip().await.map_err(|e| e.to_string())?;
                if known == Some(&tip.commit) {
                    return Ok(None);
                }
                let files = read_tree(mirror.dir(), &tip.commit, "", LIMITS).await.map_err(|e| e.to_string())?;
                Ok(Some(Snapshot { commit: tip.commit, files }))
            }
            Place::Local { path, branch } => match git_directory(path) {
                Some(dir) => committed(&dir, branch.as_deref(), known).await,
                None => folder(path.clone(), known.map(str::to_owned)).await,
            },
        }
    }
}

impl TemplateSource for GitTemplateSource {
    fn location(&self) -> &str {
        &self.location
    }

    fn fetch<'a>(&'a self, known: Option<&'a str>) -> BoxFuture<'a, Result<Option<Snapshot>, String>> {
        Box::pin(self.newest(known))
    }
}

/// The git directory of a repository whose root is `path`, bare or not.
fn git_directory(path: &Path) -> Option<PathBuf> {
    let inner = path.join(".git");
    let bare = || path.join("HEAD").is_file() && path.join("objects").is_dir() && path.join("refs").is_dir();
    if inner.is_dir() { Some(inner) } else { bare().then(|| path.to_owned()) }
}

/// The newest commit of a repository on this machine, read in place.
async fn committed(dir: &Path, branch: Option<&str>, known: Option<&str>) -> Result<Option<Snapshot>, String> {
    let wanted = branch.map_or_else(|| "HEAD^{commit}".to_owned(), |b| format!("refs/heads/{b}^{{commit}}"));
    let found = Git::local(dir, ["rev-parse", "--quiet", "--verify", "--end-of-options", &wanted])
        .output()
        .await
        .map_err(|e| e.to_string())?;
    if !found.success {
        let what = branch.map_or("commit".to_owned(), |b| format!("branch {b}"));
        return Err(format!(
            "The repository {} has no {what} to read: commit the templates. {}",
            dir.display(),
            found.stderr.trim()
        ));
    }
    let commit = String::from_utf8_lossy(&found.stdout).trim().to_owned();
    if known == Some(&commit) {
        return Ok(None);
    }
    let files = read_tree(dir, &commit, "", LIMITS).await.map_err(|e| e.to_string())?;
    Ok(Some(Snapshot { commit, files }))
}

/// A folder without history: its contents are its version.
async fn folder(path: PathBuf, known: Option<String>) -> Result<Option<Snapshot>, String> {
    let read = move || {
        let mut files = BTreeMap::new();
        let mut total = 0;
        walk(&path, &path, &mut files, &mut total)?;
        let mut digest = Sha256::new();
        for (name, bytes) in &files {
            // Lengths first: no two sets of files can then be the same bytes.
            for part in [name.as_bytes(), bytes.as_slice()] {
                digest.update((part.len() as u64).to_be_bytes());
                digest.update(part);
            }
        }
        let commit = hex::encode(&digest.finalize()[..20]);
        Ok((known.as_ref() != Some(&commit)).then_some(Snapshot { commit, files }))
    };
    tokio::task::spawn_blocking(read).await.map_err(|e| format!("Reading the folder was interrupted: {e}."))?
}

/// Plain files only: a link could lead anywhere.
fn walk(root: &Path, at: &Path, files: &mut BTreeMap<String, Vec<u8>>, total: &mut usize) -> Result<(), String> {
    let broken = |path: &Path, e: std::io::Error| format!("{} cannot be read: {e}.", path.display());
    for entry in fs::read_dir(at).map_err(|e| broken(at, e))? {
        let entry = entry.map_err(|e| broken(at, e))?;
        let (path, kind) = (entry.path(), entry.file_type().map_err(|e| broken(at, e))?);
        if kind.is_dir() && entry.file_name() != ".git" {
            walk(root, &path, files, total)?;
        }
        let Some(name) = path.strip_prefix(root).ok().and_then(Path::to_str).filter(|_| kind.is_file()) else {
            continue;
        };
        let size = usize::try_from(entry.metadata().map_err(|e| broken(&path, e))?.len()).unwrap_or(usize::MAX);
        if size > LIMITS.file {
            tracing::info!(path = name, bytes = size, "left out: it is too large");
            continue;
        }
        let bytes = fs::read(&path).map_err(|e| broken(&path, e))?;
        *total += bytes.len();
        files.insert(name.replace('\\', "/"), bytes);
        if files.len() > LIMITS.files || *total > LIMITS.total {
            return Err(format!(
                "{} holds more than {} files or {} MiB: is it the folder of the templates?",
                root.display(),
                LIMITS.files,
                LIMITS.total / 1024 / 1024
            ));
        }
    }
    Ok(())
}
