//! New repositories, and commits made by the server itself.

use super::{Git, GitError, command};
use std::collections::BTreeMap;

/// Who a commit of the server is by.
#[derive(Clone, Debug)]
pub(crate) struct Authorship {
    pub name: String,
    pub email: String,
}

impl Git {
    /// Makes the bare repository, with nothing in it. Again on one that is there: sets what is configured.
    pub(crate) async fn init(&self) -> Result<(), GitError> {
        let fail = |error: std::io::Error| GitError { command: "init".into(), stderr: error.to_string() };
        std::fs::create_dir_all(&self.dir).map_err(fail)?;
        let mut init = command(&self.dir);
        init.args(["init", "--quiet", "--bare", "--initial-branch=main"]).arg(&self.dir);
        let output = init.output().await.map_err(fail)?;
        if !output.status.success() {
            let stderr = String::from_utf8_lossy(&output.stderr).trim().to_owned();
            return Err(GitError { command: "init".into(), stderr });
        }
        for (name, value) in [
            ("http.receivepack", "true"),
            ("gc.auto", "0"),
            ("receive.autogc", "false"),
            ("transfer.hideRefs", "refs/pull-requests"),
            ("uploadpack.allowReachableSHA1InWant", "true"),
            ("core.quotePath", "true"),
        ] {
            self.must(&["config", name, value]).await?;
        }
        Ok(())
    }

    /// Commits files on top of `parent` and moves `branch` there. Files that are not named stay as they are.
    pub(crate) async fn commit_files(
        &self,
        branch: &str,
        parent: Option<&str>,
        files: &BTreeMap<String, Vec<u8>>,
        message: &str,
        who: &Authorship,
    ) -> Result<String, GitError> {
        let when = crate::clock::seconds();
        let name: String = who.name.chars().filter(|c| !"<>\n".contains(*c)).collect();
        let mut stream = Vec::new();
        stream.extend(format!("commit {branch}\n").bytes());
        stream.extend(format!("author {name} <{}> {when} +0000\n", who.email).bytes());
        stream.extend(format!("committer {name} <{}> {when} +0000\n", who.email).bytes());
        data(&mut stream, message.as_bytes());
        if let Some(parent) = parent {
            stream.extend(format!("from {parent}\n").bytes());
        }
        for (path, bytes) in files {
            stream.extend(format!("M 100644 inline \"{}\"\n", quote(path)).bytes());
            data(&mut stream, bytes);
        }
        stream.extend(b"done\n");
        self.must_with(&["fast-import", "--quiet", "--done", "--date-format=raw"], &[], &stream).await?;
        Ok(self.must(&["rev-parse", "--verify", branch]).await?.text())
    }
}

fn data(stream: &mut Vec<u8>, bytes: &[u8]) {
    stream.extend(format!("data {}\n", bytes.len()).bytes());
    stream.extend(bytes);
    stream.push(b'\n');
}

fn quote(path: &str) -> String {
    path.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}
