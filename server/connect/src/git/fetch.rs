//! Asking the remote where its branches stand, and fetching the default one.

use super::{
    mirror::Mirror,
    names::{check_branch, is_commit},
    run::Git,
};
use causeway_portal::delivery::host::{HostError, HostErrorKind, Tip};
use std::time::Duration;

/// Points at the ref of the default branch, so that a restart knows it without asking.
const DEFAULT: &str = "refs/causeway/default";
const TIDY: Duration = Duration::from_secs(600);

impl Mirror {
    /// Fetches the default branch (its newest commit alone) and returns where it stands.
    pub(crate) async fn tip(&self) -> Result<Tip, HostError> {
        self.open().await?;
        let _turn = self.turn().await?;
        let Tip { branch, commit } = self.standing().await?;
        let kept = format!("refs/causeway/tip/{branch}");
        let mut held = self.resolve(&kept).await?;
        if held.as_deref() != Some(&commit) {
            let refspec = format!("+refs/heads/{branch}:{kept}");
            self.fetch(&refspec).await?;
            held = self.resolve(&kept).await?;
            // Objects that nothing holds are kept two weeks; commits of Causeway's own are held by a ref.
            let tidy = self.git(["gc", "--auto", "--quiet"]).config("gc.auto", "6700").config("gc.autoDetach", "false");
            if let Err(error) = tidy.time(TIDY).run().await {
                tracing::warn!(detail = %error.detail, "the mirror could not be tidied");
            }
        }
        self.git(["symbolic-ref", DEFAULT, &kept]).run().await?;
        // The branch may have moved between the question and the fetch: what was fetched is what counts.
        let tip = Tip { branch, commit: held.unwrap_or(commit) };
        *self.known.lock().unwrap_or_else(|e| e.into_inner()) = Some(tip.clone());
        Ok(tip)
    }

    /// Where the default branch stood when it was last fetched, by this process or one before it.
    pub(crate) async fn known_tip(&self) -> Result<Option<Tip>, HostError> {
        if let Some(tip) = self.known.lock().unwrap_or_else(|e| e.into_inner()).clone() {
            return Ok(Some(tip));
        }
        self.open().await?;
        let pointed = self.git(["symbolic-ref", "--quiet", DEFAULT]).output().await?;
        let name = String::from_utf8_lossy(&pointed.stdout).trim().to_owned();
        let Some(branch) = name.strip_prefix("refs/causeway/tip/").filter(|_| pointed.success) else { return Ok(None) };
        if self.remote.branch.as_deref().is_some_and(|wanted| wanted != branch) {
            return Ok(None);
        }
        let Some(commit) = self.resolve(&name).await? else { return Ok(None) };
        let tip = Tip { branch: branch.to_owned(), commit };
        self.known.lock().unwrap_or_else(|e| e.into_inner()).get_or_insert_with(|| tip.clone());
        Ok(Some(tip))
    }

    /// Commit at the head of `branch` on the remote; `None` when it is not there.
    pub(crate) async fn head(&self, branch: &str) -> Result<Option<String>, HostError> {
        check_branch(branch)?;
        let name = format!("refs/heads/{branch}");
        Ok(self.list_remote(&name).await?.into_iter().find(|(found, _)| *found == name).map(|(_, commit)| commit))
    }

    /// The default branch as the remote tells it now, without touching the mirror.
    pub(crate) async fn standing(&self) -> Result<Tip, HostError> {
        let wanted = self.remote.branch.as_ref().map_or_else(|| "HEAD".to_owned(), |b| format!("refs/heads/{b}"));
        let listed = self.list_remote(&wanted).await?;
        let branch = match &self.remote.branch {
            Some(branch) => Some(branch.clone()),
            None => listed
                .iter()
                .find(|(name, _)| name == "HEAD")
                .and_then(|(_, to)| to.strip_prefix("ref: refs/heads/"))
                .map(str::to_owned),
        };
        let commit = listed.iter().find(|(name, to)| *name == wanted && is_commit(to)).map(|(_, to)| to.clone());
        match (branch, commit) {
            (Some(branch), Some(commit)) => {
                check_branch(&branch)?;
                Ok(Tip { branch, commit })
            }
            (None, Some(_)) => Err(missing(
                "The repository does not say which branch is its default: set the default branch.",
                &wanted,
            )),
            (Some(branch), None) if self.remote.branch.is_some() => {
                Err(missing(&format!("The repository has no branch {branch}."), &wanted))
            }
            _ => Err(missing("The repository has no commit on its default branch yet: push a first one.", &wanted)),
        }
    }

    /// Makes sure that a commit to build on is in the mirror, fetching it by its id where it is not (a new machine, say).
    pub(super) async fn ensure(&self, commit: &str) -> Result<(), HostError> {
        if self.resolve(commit).await?.is_some() {
            return Ok(());
        }
        let _turn = self.turn().await?;
        self.fetch(&format!("+{commit}:refs/causeway/base/{commit}")).await.map_err(|e| match e.kind {
            HostErrorKind::Retry { .. } if e.detail.contains("not our ref") => HostError::new(
                HostErrorKind::NotFound,
                "The commit to build on is no longer in the repository.",
                e.detail,
            ),
            _ => e,
        })
    }

    async fn fetch(&self, refspec: &str) -> Result<(), HostError> {
        let args = [
            "fetch",
            "--quiet",
            "--depth=1",
            "--no-tags",
            "--no-write-fetch-head",
            "--no-recurse-submodules",
            "--end-of-options",
        ];
        let args = args.into_iter().chain([self.remote.url.as_str(), refspec]);
        Git::remote(Some(self.dir()), &self.remote, args).run().await.map(|_| ())
    }

    /// Pairs of name and what it holds: a commit id, or `ref: …` for a name that points at another.
    async fn list_remote(&self, name: &str) -> Result<Vec<(String, String)>, HostError> {
        let args = ["ls-remote", "--quiet", "--symref", "--end-of-options", &self.remote.url, name];
        let said = Git::remote(None, &self.remote, args).text().await?;
        Ok(said
            .lines()
            .filter_map(|line| line.split_once('\t'))
            .map(|(to, name)| (name.to_owned(), to.to_owned()))
            .collect())
    }
}

fn missing(message: &str, asked: &str) -> HostError {
    HostError::new(HostErrorKind::NotFound, message, format!("git ls-remote: no commit at {asked}"))
}
