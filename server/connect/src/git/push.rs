//! Pushing a commit as a new branch.

use super::{
    errors,
    mirror::Mirror,
    names::{check_branch, check_commit},
    run::Git,
};
use causeway_portal::delivery::host::{HostError, HostErrorKind};

impl Mirror {
    /// Creates `branch` at `commit` on the remote. The branch holds it already: done. It holds another: [`HostErrorKind::Moved`].
    pub(crate) async fn push(&self, branch: &str, commit: &str) -> Result<(), HostError> {
        check_branch(branch)?;
        check_commit(commit)?;
        self.open().await?;
        // An empty expectation means: only if the branch is not there.
        let lease = format!("--force-with-lease=refs/heads/{branch}:");
        let refspec = format!("{commit}:refs/heads/{branch}");
        let args = [
            "push",
            "--porcelain",
            "--no-verify",
            "--no-signed",
            &lease,
            "--end-of-options",
            &self.remote.url,
            &refspec,
        ];
        let output = Git::remote(Some(self.dir()), &self.remote, args).output().await?;
        if output.success {
            return Ok(());
        }
        // Porcelain says what became of the branch. What a hook wrote is for people: it decides nothing.
        let verdict = String::from_utf8_lossy(&output.stdout).into_owned();
        let said = format!("{verdict} {}", output.stderr);
        let refused = verdict.lines().any(|line| line.starts_with('!'));
        // Somebody may have made the branch in the same moment: what it holds now decides.
        let raced = [
            "stale info",
            "already exists",
            "cannot lock ref",
            "failed to update ref",
            "fetch first",
            "non-fast-forward",
        ];
        if refused && raced.iter().any(|word| verdict.contains(word)) {
            return match self.head(branch).await? {
                Some(found) if found == commit => Ok(()),
                Some(found) => Err(HostError::new(
                    HostErrorKind::Moved,
                    format!("The branch {branch} holds a commit that Causeway did not make."),
                    format!("git push: refs/heads/{branch} is at {found}, not {commit}"),
                )),
                None => Err(errors::away("The branch could not be made just now.", format!("git push: {said}"))),
            };
        }
        let mut error = errors::sort("git push", &format!("{verdict} {}", errors::own_words(&output.stderr)), true);
        error.detail = errors::sort("git push", &said, true).detail;
        // The other side looked at the branch and said no: asking again gives the same answer.
        if refused && verdict.contains("remote rejected") && matches!(error.kind, HostErrorKind::Retry { .. }) {
            error.kind = HostErrorKind::Refused;
        }
        if error.kind == HostErrorKind::Refused {
            error.message = match errors::remote_words(&output.stderr) {
                Some(words) => format!("The repository's rules refuse the branch: \u{201c}{words}\u{201d}"),
                None => "The repository's rules refuse the branch.".into(),
            };
        }
        Err(error)
    }
}
