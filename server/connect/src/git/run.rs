//! One run of `git`, sealed off from the machine's configuration, bounded in time and output.

use super::{errors, mirror::Remote};
use crate::http;
use causeway_portal::delivery::host::{HostError, HostErrorKind};
use std::{
    env,
    ffi::{OsStr, OsString},
    path::Path,
    process::Stdio,
    time::Duration,
};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWriteExt},
    process::Command,
};

/// Enough for anything but file contents.
const OUTPUT: usize = 8 * 1024 * 1024;
const COMPLAINT: usize = 64 * 1024;
const LOCAL: Duration = Duration::from_secs(30);
const REMOTE: Duration = Duration::from_secs(180);

/// Variables of the surroundings that git needs; everything else stays outside.
const KEPT: [&str; 10] = [
    "PATH",
    "TMPDIR",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "HTTPS_PROXY",
    "https_proxy",
    "http_proxy",
    "ALL_PROXY",
    "all_proxy",
    "SYSTEMROOT",
];

/// One invocation. Arguments never hold a credential.
pub(crate) struct Git {
    args: Vec<OsString>,
    env: Vec<(OsString, OsString)>,
    config: Vec<(String, String)>,
    stdin: Vec<u8>,
    limit: usize,
    time: Duration,
    remote: Option<Remote>,
}

pub(crate) struct Output {
    pub(crate) success: bool,
    pub(crate) stdout: Vec<u8>,
    /// What git and the other side said, without credentials.
    pub(crate) stderr: String,
}

impl Git {
    fn new<I: IntoIterator<Item = S>, S: AsRef<OsStr>>(args: I) -> Self {
        let config = [
            ("safe.directory", "*"),
            ("core.hooksPath", "/dev/null"),
            ("core.logAllRefUpdates", "false"),
            ("gc.auto", "0"),
            ("maintenance.auto", "false"),
            ("advice.detachedHead", "false"),
        ];
        Self {
            args: args.into_iter().map(|a| a.as_ref().to_owned()).collect(),
            env: Vec::new(),
            config: config.map(|(k, v)| (k.to_owned(), v.to_owned())).into(),
            stdin: Vec::new(),
            limit: OUTPUT,
            time: LOCAL,
            remote: None,
        }
    }

    /// Works on the repository in `dir` (a git directory), without the network.
    pub(crate) fn local<I: IntoIterator<Item = S>, S: AsRef<OsStr>>(dir: &Path, args: I) -> Self {
        Self::new(args).env("GIT_DIR", dir)
    }

    /// Speaks to `remote`; `dir` is the git directory that takes part, if any.
    pub(crate) fn remote<I: IntoIterator<Item = S>, S: AsRef<OsStr>>(
        dir: Option<&Path>,
        remote: &Remote,
        args: I,
    ) -> Self {
        let mut git = Self::new(args).time(REMOTE);
        if let Some(dir) = dir {
            git = git.env("GIT_DIR", dir);
        }
        let mut set = |key: &str, value: String| git.config.push((key.to_owned(), value));
        set("protocol.version", "2".into());
        set("credential.helper", String::new());
        // A redirect would carry the credential to a place that nobody configured.
        set("http.followRedirects", "false".into());
        set("http.userAgent", http::USER_AGENT.into());
        set("http.lowSpeedLimit", "1".into());
        set("http.lowSpeedTime", "60".into());
        if let Some(file) = &remote.ca_file {
            set("http.sslCAInfo", file.display().to_string());
        }
        if let Some(token) = &remote.token {
            set(&format!("http.{}.extraHeader", remote.scope), format!("Authorization: Bearer {}", token.expose()));
        }
        git.remote = Some(remote.clone());
        git
    }

    pub(crate) fn env(mut self, key: impl AsRef<OsStr>, value: impl AsRef<OsStr>) -> Self {
        self.env.push((key.as_ref().to_owned(), value.as_ref().to_owned()));
        self
    }

    pub(crate) fn config(mut self, key: &str, value: &str) -> Self {
        self.config.push((key.to_owned(), value.to_owned()));
        self
    }

    pub(crate) fn stdin(mut self, bytes: impl Into<Vec<u8>>) -> Self {
        self.stdin = bytes.into();
        self
    }

    /// Most bytes of standard output; more is an error.
    pub(crate) fn limit(mut self, bytes: usize) -> Self {
        self.limit = bytes;
        self
    }

    pub(crate) fn time(mut self, time: Duration) -> Self {
        self.time = time;
        self
    }

    /// Runs it; a refusal by git is an error.
    pub(crate) async fn run(self) -> Result<Vec<u8>, HostError> {
        let (name, remote) = (self.name(), self.remote.is_some());
        let output = self.output().await?;
        if output.success { Ok(output.stdout) } else { Err(errors::sort(&name, &output.stderr, remote)) }
    }

    /// Runs it; standard output as trimmed text.
    pub(crate) async fn text(self) -> Result<String, HostError> {
        Ok(String::from_utf8_lossy(&self.run().await?).trim().to_owned())
    }

    /// Runs it, whatever it answers.
    pub(crate) async fn output(mut self) -> Result<Output, HostError> {
        let name = self.name();
        let mut child = self.command().spawn().map_err(|e| {
            let detail = format!("{name}: {e}");
            match e.kind() {
                std::io::ErrorKind::NotFound => HostError::new(
                    HostErrorKind::Denied,
                    "The program git is not installed where Causeway runs.",
                    detail,
                ),
                _ => errors::away("The program git could not be started.", detail),
            }
        })?;
        let (stdin, stdout, stderr) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
        let (bytes, limit) = (std::mem::take(&mut self.stdin), self.limit);
        let feed = async move {
            if let Some(mut pipe) = stdin {
                // git that stops reading says why on its standard error.
                let _ = pipe.write_all(&bytes).await;
                let _ = pipe.shutdown().await;
            }
        };
        let work = async {
            let (_, out, complaint) = tokio::join!(feed, read(stdout, limit, false), read(stderr, COMPLAINT, true));
            (out, complaint, child.wait().await)
        };
        let Ok((out, complaint, status)) = tokio::time::timeout(self.time, work).await else {
            let detail = format!("{name}: no answer within {} s", self.time.as_secs());
            return Err(errors::away("The repository took too long to answer.", detail));
        };
        let status = status.map_err(|e| errors::away("git ended unexpectedly.", format!("{name}: {e}")))?;
        let (stdout, over) = out;
        if over {
            let detail = format!("{name}: more than {limit} bytes of output");
            return Err(HostError::new(
                HostErrorKind::Refused,
                "The repository holds more there than Causeway reads.",
                detail,
            ));
        }
        let mut stderr = String::from_utf8_lossy(&complaint.0).into_owned();
        if let Some(token) = self.remote.as_ref().and_then(|r| r.token.as_ref()) {
            stderr = token.strike(&stderr);
        }
        if let (false, None) = (status.success(), status.code()) {
            return Err(errors::away("git was interrupted.", format!("{name}: {status}")));
        }
        Ok(Output { success: status.success(), stdout, stderr })
    }

    fn command(&self) -> Command {
        let mut command = Command::new("git");
        command.args(&self.args).env_clear().current_dir("/").kill_on_drop(true);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        for name in KEPT {
            if let Some(value) = env::var_os(name) {
                command.env(name, value);
            }
        }
        command.env("no_proxy", http::no_proxy());
        // A home would let .netrc and helpers of a person take part.
        command.env("HOME", "/dev/null").env("LC_ALL", "C");
        command.env("GIT_CONFIG_NOSYSTEM", "1").env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_ATTR_NOSYSTEM", "1");
        command.env("GIT_TERMINAL_PROMPT", "0").env("GIT_ALLOW_PROTOCOL", "http:https:file");
        command.env("GIT_LITERAL_PATHSPECS", "1").env("GIT_NO_REPLACE_OBJECTS", "1");
        command.env("GIT_CONFIG_COUNT", self.config.len().to_string());
        for (i, (key, value)) in self.config.iter().enumerate() {
            command.env(format!("GIT_CONFIG_KEY_{i}"), key).env(format!("GIT_CONFIG_VALUE_{i}"), value);
        }
        command.envs(self.env.iter().map(|(k, v)| (k, v)));
        command
    }

    fn name(&self) -> String {
        format!("git {}", self.args.first().map(|a| a.to_string_lossy()).unwrap_or_default())
    }
}

/// Reads to the end or to `limit`. `drain`: past the limit the rest is thrown away; otherwise reading stops, which ends git.
async fn read(pipe: Option<impl AsyncRead + Unpin>, limit: usize, drain: bool) -> (Vec<u8>, bool) {
    let (mut kept, mut over) = (Vec::new(), false);
    let Some(mut pipe) = pipe else { return (kept, over) };
    let mut chunk = vec![0; 16 * 1024];
    while let Ok(count @ 1..) = pipe.read(&mut chunk).await {
        let room = limit - kept.len();
        kept.extend_from_slice(&chunk[..count.min(room)]);
        over |= count > room;
        if over && !drain {
            break;
        }
    }
    (kept, over)
}

/// `2.47.3`: the git that is installed.
pub(crate) async fn version() -> Result<String, HostError> {
    let said = Git::new(["--version"]).text().await?;
    Ok(said.trim_start_matches("git version ").to_owned())
}
