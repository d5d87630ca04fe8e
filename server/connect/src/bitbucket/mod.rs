//! Bitbucket Data Center 8.19 and later: REST `latest` for what is talked about, git over HTTP for what is written.
//!
//! To add an act: a file with an `impl DataCenter`, its calls through [`api::Api`], its refusals through [`errors`], and a
//! replayed body for each refusal in `tests/`.

mod api;
mod errors;
mod matcher;
mod open_pull_request;
mod probe;
mod publish_status;
mod read_pull_request;
mod reviewers;
mod wire;

use crate::{
    git::{Mirror, Remote, check_branch, is_commit},
    http::{self, Secret},
};
use api::Api;
use causeway_portal::delivery::host::{
    BuildStatus, CodeHost, CommitPlan, Files, HostError, HostErrorKind, HostFuture, Probe, PullRequest,
    PullRequestDraft, Signature, Tip,
};
use futures::future::BoxFuture;
use std::path::PathBuf;
use url::Url;

/// One repository on a Bitbucket Data Center.
#[derive(Clone, Debug)]
pub struct DataCenterConfig {
    /// As people open it in a browser, context path included: `https://git.example.com/bitbucket`.
    pub base_url: Url,
    /// Project key, or `~user` for a personal repository.
    pub project: String,
    pub slug: String,
    /// HTTP access token of a service account (not of a project or repository: those cannot merge or edit).
    pub token: Secret,
    /// Who commits. Its e-mail is never asked to review.
    pub bot: Signature,
    /// Folder for copies of repositories; made when missing.
    pub mirror_dir: PathBuf,
    /// Without `refs/heads/`; the repository's own default when not set.
    pub default_branch: Option<String>,
    /// Where Bitbucket's webhook should lead to; `None` when none is wanted.
    pub webhook_url: Option<String>,
    /// PEM file of authorities to trust for this server. For git it stands in place of the system's.
    pub ca_file: Option<PathBuf>,
}

/// [`CodeHost`] over one repository, behind one credential.
pub struct DataCenter {
    api: Api,
    mirror: Mirror,
    name: String,
    project: String,
    slug: String,
    bot: Signature,
    branch: Option<String>,
    webhook_url: Option<String>,
    /// One fetch at a time: those that wait take no share of the requests.
    fetching: tokio::sync::Mutex<()>,
}

impl DataCenter {
    /// Checks the configuration; speaks to nobody.
    ///
    /// # Errors
    /// A sentence that says which setting to change.
    pub fn new(config: DataCenterConfig) -> Result<Self, String> {
        let DataCenterConfig { base_url, project, slug, token, bot, mirror_dir, default_branch, webhook_url, ca_file } =
            config;
        let base = checked_base(base_url)?;
        let user = project.strip_prefix('~').unwrap_or(&project);
        if !is_name(user) {
            return Err(format!(
                "{project:?} is not a project key: it is the PROJ of …/projects/PROJ/repos/…, or ~user."
            ));
        }
        if !is_name(&slug) {
            return Err(format!("{slug:?} is not a repository slug: it is the last part of …/repos/slug."));
        }
        if let Some(branch) = &default_branch {
            check_branch(branch).map_err(|_| format!("{branch:?} is not a branch: write it without refs/heads/."))?;
        }
        let authorization = token.bearer()?;
        let client = http::client(ca_file.as_deref())?;
        let remote = Remote {
            url: below(&base, &["scm", &project.to_lowercase(), &format!("{slug}.git")]).into(),
            scope: base.as_str().to_owned(),
            token: Some(token.clone()),
            ca_file,
            branch: default_branch.clone(),
        };
        let mirror = Mirror::new(&mirror_dir, &format!("{user}-{slug}"), remote);
        let api = Api::new(client, base, token, authorization);
        Ok(Self {
            api,
            mirror,
            name: format!("{project}/{slug}"),
            project,
            slug,
            bot,
            branch: default_branch,
            webhook_url,
            fetching: tokio::sync::Mutex::default(),
        })
    }

    /// Segments of a REST resource of the repository.
    fn resource<'a>(&'a self, area: &'a str, rest: &[&'a str]) -> Vec<&'a str> {
        let mut segments = vec!["rest", area, "latest", "projects", &self.project, "repos", &self.slug];
        segments.extend(rest);
        segments
    }

    fn page(&self, rest: &[&str]) -> Url {
        let mut segments = match self.project.strip_prefix('~') {
            Some(user) => vec!["users", user],
            None => vec!["projects", self.project.as_str()],
        };
        segments.extend(["repos", self.slug.as_str()]);
        segments.extend(rest);
        below(self.api.base(), &segments)
    }

    /// Runs git against the server within the credential's share of requests.
    async fn in_turn<T>(&self, act: impl Future<Output = Result<T, HostError>>) -> Result<T, HostError> {
        let _permit = self.api.permit().await;
        act.await
    }
}

impl CodeHost for DataCenter {
    fn repository(&self) -> &str {
        &self.name
    }

    fn browse_url(&self, path: &str) -> String {
        let segments: Vec<&str> = std::iter::once("browse").chain(path.split('/').filter(|s| !s.is_empty())).collect();
        let mut url = self.page(&segments);
        if let Some(branch) = &self.branch {
            url.query_pairs_mut().append_pair("at", &format!("refs/heads/{branch}"));
        }
        url.into()
    }

    fn tip(&self) -> HostFuture<'_, Tip> {
        Box::pin(async {
            let _one = self.fetching.lock().await;
            self.in_turn(self.mirror.tip()).await
        })
    }

    fn known_tip(&self) -> HostFuture<'_, Option<Tip>> {
        Box::pin(self.mirror.known_tip())
    }

    fn files<'a>(&'a self, commit: &'a str, directory: &'a str) -> HostFuture<'a, Files> {
        Box::pin(self.mirror.files(commit, directory))
    }

    fn commit<'a>(&'a self, plan: &'a CommitPlan) -> HostFuture<'a, String> {
        Box::pin(self.mirror.commit(plan))
    }

    fn push<'a>(&'a self, branch: &'a str, commit: &'a str) -> HostFuture<'a, ()> {
        Box::pin(async move {
            match self.in_turn(self.mirror.push(branch, commit)).await {
                Err(error) => Err(self.or_archived(error).await),
                pushed => pushed,
            }
        })
    }

    fn head<'a>(&'a self, branch: &'a str) -> HostFuture<'a, Option<String>> {
        Box::pin(self.in_turn(self.mirror.head(branch)))
    }

    fn open_pull_request<'a>(&'a self, draft: &'a PullRequestDraft) -> HostFuture<'a, PullRequest> {
        Box::pin(self.open(draft))
    }

    fn pull_request(&self, id: i64) -> HostFuture<'_, PullRequest> {
        Box::pin(self.read(id))
    }

    fn publish_status<'a>(&'a self, commit: &'a str, status: &'a BuildStatus) -> HostFuture<'a, ()> {
        Box::pin(self.publish(commit, status))
    }

    fn probe(&self) -> BoxFuture<'_, Vec<Probe>> {
        Box::pin(self.look())
    }
}

/// Project keys and slugs: they become parts of addresses and of folder names.
fn is_name(text: &str) -> bool {
    let fine = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    !text.is_empty() && text.len() <= 128 && text.chars().all(fine) && text.chars().any(|c| c.is_ascii_alphanumeric())
}

fn checked_base(mut base: Url) -> Result<Url, String> {
    let shown = format!("{}://{}", base.scheme(), base.host_str().unwrap_or_default());
    if !matches!(base.scheme(), "http" | "https") || base.host_str().is_none() {
        return Err(format!("{shown} is not the address of a Bitbucket: it starts with https:// or http://."));
    }
    if !base.username().is_empty() || base.password().is_some() {
        return Err(format!(
            "Take the user name and password out of {shown}: the access token is a setting of its own."
        ));
    }
    if base.query().is_some() || base.fragment().is_some() {
        return Err(format!("Take what follows ? or # out of {shown}."));
    }
    if base.path().contains("/rest") || base.path().contains("/projects") || base.path().contains("/scm") {
        return Err(format!(
            "Cut {shown}{} before /rest, /projects or /scm: only the address of Bitbucket itself is wanted.",
            base.path()
        ));
    }
    let path = format!("{}/", base.path().trim_end_matches('/'));
    base.set_path(&path);
    Ok(base)
}

/// `base` (which ends with a slash) with segments added, each encoded.
fn below(base: &Url, segments: &[&str]) -> Url {
    let mut url = base.clone();
    if let Ok(mut path) = url.path_segments_mut() {
        path.pop_if_empty().extend(segments);
    }
    url
}

fn check_commit(commit: &str) -> Result<(), HostError> {
    if is_commit(commit) {
        return Ok(());
    }
    Err(HostError::new(HostErrorKind::Refused, "That is not a full commit id.", format!("not a commit id: {commit:?}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(base: &str, project: &str, slug: &str, branch: Option<&str>) -> Result<DataCenter, String> {
        DataCenter::new(DataCenterConfig {
            base_url: Url::parse(base).unwrap(),
            project: project.into(),
            slug: slug.into(),
            token: Secret::new("hush-hush"),
            bot: Signature { name: "Causeway".into(), email: "causeway@example.com".into() },
            mirror_dir: PathBuf::from("/nonexistent"),
            default_branch: branch.map(Into::into),
            webhook_url: None,
            ca_file: None,
        })
    }

    #[test]
    fn addresses_keep_the_context_path_and_encode_what_they_hold() {
        let host = with("https://git.example.com/bitbucket/", "PLAT", "estate", None).unwrap();
        assert_eq!(host.repository(), "PLAT/estate");
        assert_eq!(
            host.browse_url("environments/a b/main.tf"),
            "https://git.example.com/bitbucket/projects/PLAT/repos/estate/browse/environments/a%20b/main.tf"
        );
        assert_eq!(host.mirror.remote.url, "https://git.example.com/bitbucket/scm/plat/estate.git");
        assert_eq!(host.mirror.remote.scope, "https://git.example.com/bitbucket/");
        let own = with("http://localhost:7990", "~mia", "estate", Some("trunk/x")).unwrap();
        assert_eq!(
            own.browse_url("a"),
            "http://localhost:7990/users/mia/repos/estate/browse/a?at=refs%2Fheads%2Ftrunk%2Fx"
        );
        assert_eq!(own.mirror.remote.url, "http://localhost:7990/scm/~mia/estate.git");
    }

    #[test]
    fn wrong_settings_are_named() {
        for (base, project, slug, branch, word) in [
            ("ssh://git@x/", "P", "s", None, "https://"),
            ("https://u:p@x/", "P", "s", None, "user name and password"),
            ("https://x/?a=b", "P", "s", None, "follows ?"),
            ("https://x/projects/P/repos/s", "P", "s", None, "before /rest"),
            ("https://x/", "../P", "s", None, "project key"),
            ("https://x/", "P", "a/b", None, "slug"),
            ("https://x/", "P", "..", None, "slug"),
            ("https://x/", "P", "s", Some("a b"), "refs/heads/"),
        ] {
            let error = with(base, project, slug, branch).err().unwrap();
            assert!(error.contains(word) && !error.contains("u:p"), "{error}");
        }
    }
}
