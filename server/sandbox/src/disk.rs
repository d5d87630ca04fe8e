//! State as one JSON file, replaced as a whole.

use crate::error::SandboxError;
use serde::{Serialize, de::DeserializeOwned};
use std::{fs, io, path::Path};

/// Reads what [`write()`] wrote; `None` when there is nothing yet.
pub(crate) fn read<T: DeserializeOwned>(path: &Path) -> Result<Option<T>, SandboxError> {
    let bytes = match fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(source) => return Err(SandboxError::Disk { path: path.into(), source }),
    };
    serde_json::from_slice(&bytes)
        .map(Some)
        .map_err(|error| SandboxError::Corrupt { path: path.into(), reason: error.to_string() })
}

/// Writes beside the file and renames over it: a reader, or a process killed half-way, sees the old or the new state.
///
/// There is no fsync: the sandbox must survive being killed, not a power cut.
pub(crate) fn write<T: Serialize>(path: &Path, value: &T) -> Result<(), SandboxError> {
    let fail = |source| SandboxError::Disk { path: path.into(), source };
    let bytes = serde_json::to_vec_pretty(value).map_err(|error| fail(error.into()))?;
    let beside = path.with_extension("json.new");
    private(&beside, &bytes).map_err(fail)?;
    fs::rename(&beside, path).map_err(fail)
}

/// State holds tokens and keys: nobody else on the machine reads it.
fn private(path: &Path, bytes: &[u8]) -> io::Result<()> {
    use std::io::Write as _;
    let mut options = fs::OpenOptions::new();
    options.create(true).write(true).truncate(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    options.open(path)?.write_all(bytes)
}

pub(crate) fn directory(path: &Path) -> Result<(), SandboxError> {
    fs::create_dir_all(path).map_err(|source| SandboxError::Disk { path: path.into(), source })
}
