//! The bare repository that stands for a remote one on this machine.

use super::{errors::away, run::Git};
use crate::http::Secret;
use causeway_portal::delivery::host::{Files, HostError, Tip};
use sha2::{Digest, Sha256};
use std::{
    collections::VecDeque,
    fs::{self, DirBuilder, File, TryLockError},
    os::unix::fs::DirBuilderExt,
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
    time::Duration,
};
use tokio::sync::{MutexGuard, OnceCell};

/// How long to wait for another process that works on the same mirror.
const PATIENCE: Duration = Duration::from_secs(200);
const PAUSE: Duration = Duration::from_millis(50);

/// Where a repository is, and how to be let in.
#[derive(Clone, Debug)]
pub(crate) struct Remote {
    /// `http`, `https` or `file`, without credentials.
    pub(crate) url: String,
    /// The address that the token belongs to: it is sent nowhere else.
    pub(crate) scope: String,
    pub(crate) token: Option<Secret>,
    pub(crate) ca_file: Option<PathBuf>,
    /// The branch to follow; the remote's own default when not set.
    pub(crate) branch: Option<String>,
}

/// Files that were read lately, by commit and directory: neither ever changes.
pub(super) type Held = ((String, String), Arc<Files>);

pub(crate) struct Mirror {
    pub(crate) remote: Remote,
    dir: PathBuf,
    opened: OnceCell<()>,
    turn: tokio::sync::Mutex<()>,
    pub(super) known: Mutex<Option<Tip>>,
    pub(super) cache: Mutex<VecDeque<Held>>,
}

/// Held while the mirror is written: by one task of one process at a time.
pub(super) struct Turn<'a> {
    _task: MutexGuard<'a, ()>,
    _process: File,
}

impl Mirror {
    /// `below/<name>-<digest of the address>.git`; made when first used.
    pub(crate) fn new(below: &Path, name: &str, remote: Remote) -> Self {
        let plain: String =
            name.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' }).collect();
        let digest = hex::encode(&Sha256::digest(remote.url.as_bytes())[..4]);
        let dir = std::path::absolute(below).unwrap_or_else(|_| below.to_owned()).join(format!("{plain}-{digest}.git"));
        Self {
            remote,
            dir,
            opened: OnceCell::new(),
            turn: tokio::sync::Mutex::new(()),
            known: Mutex::new(None),
            cache: Mutex::new(VecDeque::new()),
        }
    }

    /// Makes the repository if need be, and clears what a killed process left behind.
    pub(super) async fn open(&self) -> Result<(), HostError> {
        self.opened.get_or_try_init(|| self.prepare()).await.map(|_| ())
    }

    async fn prepare(&self) -> Result<(), HostError> {
        let broken = |e: std::io::Error| {
            away("Causeway cannot write its copy of the repository.", format!("{}: {e}", self.dir.display()))
        };
        DirBuilder::new().recursive(true).mode(0o700).create(&self.dir).map_err(broken)?;
        // Locks are made by those who hold the turn alone: whoever gets it finds only those of the dead.
        let _turn = self.turn().await?;
        sweep(&self.dir);
        Git::local(&self.dir, ["init", "--quiet", "--bare", "--template=", "--initial-branch=main"]).run().await?;
        Ok(())
    }

    fn turn_file(&self) -> std::io::Result<File> {
        File::options().create(true).truncate(false).write(true).open(self.dir.join("causeway-turn"))
    }

    /// Waits until nobody else writes the mirror.
    pub(super) async fn turn(&self) -> Result<Turn<'_>, HostError> {
        let task = self.turn.lock().await;
        let broken = |e: std::io::Error| {
            away("Causeway cannot lock its copy of the repository.", format!("{}: {e}", self.dir.display()))
        };
        let file = self.turn_file().map_err(broken)?;
        let mut waited = Duration::ZERO;
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(Turn { _task: task, _process: file }),
                Err(TryLockError::Error(e)) => return Err(broken(e)),
                Err(TryLockError::WouldBlock) if waited >= PATIENCE => {
                    let detail = format!("{} is locked by another process", self.dir.display());
                    return Err(away("Another process is using Causeway's copy of the repository.", detail));
                }
                Err(TryLockError::WouldBlock) => {
                    tokio::time::sleep(PAUSE).await;
                    waited += PAUSE;
                }
            }
        }
    }

    /// The git directory.
    pub(crate) fn dir(&self) -> &Path {
        &self.dir
    }

    pub(super) fn git<const N: usize>(&self, args: [&str; N]) -> Git {
        Git::local(&self.dir, args)
    }

    /// The commit that a name stands for; `None` when it is not in the mirror.
    pub(super) async fn resolve(&self, name: &str) -> Result<Option<String>, HostError> {
        let wanted = format!("{name}^{{commit}}");
        let output = self.git(["rev-parse", "--quiet", "--verify", "--end-of-options", &wanted]).output().await?;
        Ok(output.success.then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned()))
    }
}

/// Removes `*.lock` below `dir`: git waits for nobody who holds one, it gives up.
fn sweep(dir: &Path) {
    let Ok(entries) = fs::read_dir(dir) else { return };
    for entry in entries.flatten() {
        let path = entry.path();
        match entry.file_type() {
            // Objects are never locked by name, and there are many.
            Ok(kind) if kind.is_dir() && entry.file_name() != "objects" => sweep(&path),
            Ok(kind) if kind.is_file() && path.extension().is_some_and(|e| e == "lock") => {
                tracing::warn!(path = %path.display(), "removed a lock that a killed process left");
                let _ = fs::remove_file(&path);
            }
            _ => {}
        }
    }
}
