//! Writing one commit without a work tree. The same plan gives the same id.

use super::{
    errors::away,
    mirror::Mirror,
    names::{check_commit, check_path, clean},
    run::Git,
};
use causeway_portal::delivery::host::{CommitPlan, Files, HostError, HostErrorKind};
use std::{collections::BTreeMap, path::Path};

impl Mirror {
    /// Writes the commit and holds it with a ref, so that tidying up never takes it.
    pub(crate) async fn commit(&self, plan: &CommitPlan) -> Result<String, HostError> {
        check_commit(&plan.base)?;
        for path in plan.write.keys().chain(&plan.remove) {
            check_path(path)?;
        }
        self.open().await?;
        self.ensure(&plan.base).await?;
        let tree = self.tree(plan).await?;
        if tree == self.git(["rev-parse", "--verify", &format!("{}^{{tree}}", plan.base)]).text().await? {
            let detail = format!("the plan leaves the tree of {} as it is", plan.base);
            return Err(HostError::new(
                HostErrorKind::Empty,
                "There is nothing to change: the files are there already.",
                detail,
            ));
        }
        let (author, committer) = (clean(&plan.author), clean(&plan.committer));
        let date = format!("@{} +0000", plan.at.max(0));
        let commit = self
            .git(["commit-tree", &tree, "-p", &plan.base])
            .env("GIT_AUTHOR_NAME", author.name)
            .env("GIT_AUTHOR_EMAIL", author.email)
            .env("GIT_AUTHOR_DATE", &date)
            .env("GIT_COMMITTER_NAME", committer.name)
            .env("GIT_COMMITTER_EMAIL", committer.email)
            .env("GIT_COMMITTER_DATE", &date)
            .stdin(plan.message.replace('\0', ""))
            .text()
            .await?;
        let _turn = self.turn().await?;
        self.git(["update-ref", &format!("refs/causeway/{commit}"), &commit]).run().await?;
        Ok(commit)
    }

    /// The tree of the base with the plan's files in place, built in an index of its own.
    async fn tree(&self, plan: &CommitPlan) -> Result<String, HostError> {
        let broken = |e: std::io::Error| {
            away("Causeway cannot write its copy of the repository.", format!("temporary folder: {e}"))
        };
        let scratch = tempfile::Builder::new().prefix("causeway-").tempdir().map_err(broken)?;
        let index = scratch.path().join("index");
        let git = |args: &[&str]| Git::local(self.dir(), args).env("GIT_INDEX_FILE", &index);
        git(&["read-tree", "--end-of-options", &plan.base]).run().await?;
        let staged = staged(&git(&["ls-files", "--stage", "-z"]).limit(256 * 1024 * 1024).run().await?);
        check_room(plan, &staged)?;
        let objects = self.objects(scratch.path(), &plan.write).await?;
        let mut lines = Vec::new();
        for path in plan.remove.iter().filter(|p| !plan.write.contains_key(*p)) {
            lines.extend(format!("0 {}\t{path}\0", "0".repeat(40)).into_bytes());
        }
        for (path, object) in plan.write.keys().zip(objects) {
            // A script stays executable.
            let mode = staged.get(path).filter(|mode| *mode == "100755").map_or("100644", String::as_str);
            lines.extend(format!("{mode} {object}\t{path}\0").into_bytes());
        }
        git(&["update-index", "-z", "--index-info"]).stdin(lines).run().await?;
        git(&["write-tree"]).text().await
    }

    /// Stores the contents; ids in the order of the paths.
    async fn objects(&self, scratch: &Path, files: &Files) -> Result<Vec<String>, HostError> {
        if files.is_empty() {
            return Ok(Vec::new());
        }
        let mut asked = String::new();
        for (i, text) in files.values().enumerate() {
            let file = scratch.join(i.to_string());
            let full = |e: std::io::Error| {
                away("The disk is full or not writable where Causeway runs.", format!("{}: {e}", file.display()))
            };
            tokio::fs::write(&file, text).await.map_err(full)?;
            asked.push_str(&format!("{}\n", file.display()));
        }
        let said = self.git(["hash-object", "-w", "--no-filters", "--stdin-paths"]).stdin(asked).text().await?;
        let ids: Vec<String> = said.lines().map(str::to_owned).collect();
        if ids.len() != files.len() {
            return Err(away(
                "git did not store every file.",
                format!("git hash-object: {} of {} files", ids.len(), files.len()),
            ));
        }
        Ok(ids)
    }
}

/// Mode of each file that is there already.
type Staged = BTreeMap<String, String>;

fn staged(listed: &[u8]) -> Staged {
    let listed = String::from_utf8_lossy(listed);
    let line = |line: &str| {
        let (facts, path) = line.split_once('\t')?;
        Some((path.to_owned(), facts.split(' ').next()?.to_owned()))
    };
    listed.split('\0').filter_map(line).collect()
}

/// Refuses a file where a folder is wanted or the other way round: git would quietly drop what is in the way.
fn check_room(plan: &CommitPlan, staged: &Staged) -> Result<(), HostError> {
    let stays = |path: &str| {
        (staged.contains_key(path) && !plan.remove.iter().any(|r| r == path)) || plan.write.contains_key(path)
    };
    for path in plan.write.keys() {
        let above = path.match_indices('/').map(|(at, _)| &path[..at]).find(|above| stays(above));
        let start = format!("{path}/");
        let below = staged
            .range(start.clone()..)
            .map(|(found, _)| found.as_str())
            .take_while(|found| found.starts_with(&start));
        if let Some(other) = above.or_else(|| below.into_iter().find(|found| stays(found))) {
            let message = format!("{other} is in the way of {path}: one is a file where the other needs a folder.");
            return Err(HostError::new(HostErrorKind::Refused, message, format!("commit on {}", plan.base)));
        }
    }
    Ok(())
}
