//! A child process on a port: started, waited for, looked at, stopped by its id.

use crate::{
    Outcome,
    http::{Connection, request},
};
use std::{
    fs::File,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

const PATIENCE: Duration = Duration::from_secs(30);

pub(crate) struct Process {
    child: Child,
    pub(crate) port: u16,
    pub(crate) log: PathBuf,
    /// From the start of the process to its first good answer.
    pub(crate) ready_after: Duration,
}

impl Process {
    /// Starts the command and waits until `path` answers 200. What it writes goes to `log`.
    pub(crate) fn start(mut command: Command, port: u16, path: &str, log: &Path) -> Outcome<Self> {
        let writer = File::create(log)?;
        command.stdin(Stdio::null()).stdout(writer.try_clone()?).stderr(writer);
        let begun = Instant::now();
        let child = command.spawn().map_err(|e| {
            format!("{} cannot be started ({e}); run make build first", command.get_program().display())
        })?;
        let mut process = Self { child, port, log: log.to_owned(), ready_after: Duration::ZERO };
        let ask = request("GET", port, path, &[("Connection", "close")], "");
        loop {
            if let Ok(head) = Connection::open(port).and_then(|mut c| c.send(&ask))
                && head.status == 200
            {
                process.ready_after = begun.elapsed();
                return Ok(process);
            }
            let ended = process.child.try_wait()?;
            if ended.is_some() || begun.elapsed() > PATIENCE {
                let said = std::fs::read_to_string(log).unwrap_or_default();
                return Err(format!("{} did not become ready: {said}", command.get_program().display()).into());
            }
            // The poll must not take the core that the process starts on.
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    /// A line of `/proc/<pid>/status` in KiB: `VmRSS` now, `VmHWM` the most so far. `None` where there is no such file.
    pub(crate) fn memory(&self, line: &str) -> Option<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).ok()?;
        let rest = status.lines().find_map(|l| l.strip_prefix(line)?.strip_prefix(':'))?;
        rest.trim().trim_end_matches("kB").trim().parse().ok()
    }

    /// Asks it to end, and waits until it has.
    pub(crate) fn stop(mut self) -> Outcome<()> {
        Command::new("kill").arg(self.child.id().to_string()).status()?;
        let begun = Instant::now();
        while self.child.try_wait()?.is_none() {
            if begun.elapsed() > PATIENCE {
                return Err("the process does not end".into());
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        Ok(())
    }
}

impl Drop for Process {
    /// For the ways out that did not stop it. Does nothing to a process that has ended.
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
