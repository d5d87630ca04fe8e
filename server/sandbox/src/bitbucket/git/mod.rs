//! Bare repositories and the real git.
//!
//! To add a question to git: a method in the file of its noun; all of them go through [`Git::run`].

mod changes;
mod commits;
mod diff;
mod files;
pub(crate) mod http;
mod merge;
mod refs;
mod write;

pub(crate) use changes::Change;
pub(crate) use commits::Commit;
pub(crate) use diff::{FileDiff, Hunk, LineKind};
pub(crate) use files::Entry;
pub(crate) use merge::Merged;
pub(crate) use write::Authorship;

use std::{path::PathBuf, process::Stdio};
use tokio::{io::AsyncWriteExt as _, process::Command};

/// git said no.
#[derive(Debug, thiserror::Error)]
#[error("git {command}: {stderr}")]
pub(crate) struct GitError {
    pub command: String,
    pub stderr: String,
}

/// What a command printed.
pub(crate) struct Output {
    pub code: i32,
    pub stdout: Vec<u8>,
    pub stderr: String,
}

impl Output {
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.stdout).trim_end().to_owned()
    }
}

/// One bare repository.
#[derive(Clone, Debug)]
pub(crate) struct Git {
    pub dir: PathBuf,
}

/// A git that knows nothing of the machine's configuration and asks nobody.
pub(crate) fn command(home: &std::path::Path) -> Command {
    let mut command = Command::new("git");
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("GIT_") {
            command.env_remove(name);
        }
    }
    command
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_TERMINAL_PROMPT", "0")
        .env("HOME", home)
        .env("LC_ALL", "C")
        .kill_on_drop(true)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

impl Git {
    /// Runs git in the repository; any exit code is an answer.
    pub(crate) async fn run(&self, arguments: &[&str]) -> Result<Output, GitError> {
        self.run_with(arguments, &[], b"").await
    }

    pub(crate) async fn run_with(
        &self,
        arguments: &[&str],
        environment: &[(&str, &str)],
        input: &[u8],
    ) -> Result<Output, GitError> {
        let name = arguments.first().copied().unwrap_or_default().to_owned();
        let fail = |error: std::io::Error| GitError { command: name.clone(), stderr: error.to_string() };
        let mut command = command(&self.dir);
        command.arg("--git-dir").arg(&self.dir).args(arguments).envs(environment.iter().copied());
        command.stdin(Stdio::piped());
        let mut child = command.spawn().map_err(fail)?;
        let mut stdin = child.stdin.take();
        let write = async {
            if let Some(stdin) = stdin.as_mut() {
                // A command that has seen enough closes its end.
                let _ = stdin.write_all(input).await;
            }
            drop(stdin.take());
        };
        let ((), output) = tokio::join!(write, child.wait_with_output());
        let output = output.map_err(fail)?;
        Ok(Output {
            code: output.status.code().unwrap_or(-1),
            stdout: output.stdout,
            stderr: String::from_utf8_lossy(&output.stderr).trim().to_owned(),
        })
    }

    /// Runs git; anything but success is an error.
    pub(crate) async fn must(&self, arguments: &[&str]) -> Result<Output, GitError> {
        self.must_with(arguments, &[], b"").await
    }

    pub(crate) async fn must_with(
        &self,
        arguments: &[&str],
        environment: &[(&str, &str)],
        input: &[u8],
    ) -> Result<Output, GitError> {
        let output = self.run_with(arguments, environment, input).await?;
        if output.code == 0 {
            return Ok(output);
        }
        Err(GitError { command: arguments.join(" "), stderr: output.stderr })
    }
}
