//! A running sandbox, a browser of sorts, and git.

use causeway_sandbox::{Sandbox, SandboxConfig, SeedRepository, catalogue_repository, infrastructure_repository};
use reqwest::{Client, RequestBuilder, Response, redirect::Policy};
use serde_json::{Value, json};
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    process::{Command, Output},
};

pub(crate) const PORTAL: &str = "http://localhost:3000";

pub(crate) struct World {
    pub(crate) sandbox: Sandbox,
    pub(crate) http: Client,
    pub(crate) dir: tempfile::TempDir,
}

pub(crate) fn client() -> Client {
    // Another test of this process may have been first.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::builder().redirect(Policy::none()).no_proxy().build().unwrap()
}

pub(crate) fn config(dir: &Path) -> SandboxConfig {
    let template = BTreeMap::from([("web/template.yaml".to_owned(), b"name: Web\n".to_vec())]);
    let repositories: Vec<SeedRepository> = vec![infrastructure_repository(), catalogue_repository(template)];
    SandboxConfig { repositories, ..SandboxConfig::new(dir.join("sandbox"), PORTAL) }
}

impl World {
    pub(crate) async fn start() -> Self {
        Self::start_with(|_| {}).await
    }

    pub(crate) async fn start_with(change: impl FnOnce(&mut SandboxConfig)) -> Self {
        let http = client();
        let dir = tempfile::tempdir().unwrap();
        let mut config = config(dir.path());
        change(&mut config);
        let sandbox = Sandbox::start(config).await.unwrap();
        Self { sandbox, http, dir }
    }

    /// `P` is the REST address of `CLOUD/infrastructure`.
    pub(crate) fn rest(&self, path: &str) -> String {
        let path = path.replace("P/", "api/latest/projects/CLOUD/repos/infrastructure/");
        format!("{}/rest/{path}", self.sandbox.bitbucket_url())
    }

    pub(crate) fn get(&self, path: &str) -> RequestBuilder {
        self.http.get(self.rest(path)).bearer_auth(self.sandbox.bot_token())
    }

    pub(crate) fn post(&self, path: &str) -> RequestBuilder {
        self.http.post(self.rest(path)).bearer_auth(self.sandbox.bot_token()).header("x-atlassian-token", "no-check")
    }

    pub(crate) fn put(&self, path: &str) -> RequestBuilder {
        self.http.put(self.rest(path)).bearer_auth(self.sandbox.bot_token()).header("x-atlassian-token", "no-check")
    }

    pub(crate) fn token(&self, user: &str) -> String {
        self.sandbox.token_of(user).unwrap()
    }

    /// Clones `CLOUD/infrastructure` as the bot.
    pub(crate) async fn clone_infrastructure(&self, name: &str) -> Clone {
        let url = self.sandbox.infrastructure_git_url();
        let dir = self.dir.path().join(name);
        let clone = Clone { dir, token: self.sandbox.bot_token() };
        let output = clone.git_in(self.dir.path(), &["clone", "--quiet", &url, name]).await;
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        clone
    }

    /// Pushes one file on a new branch and returns the commit.
    pub(crate) async fn push_branch(&self, clone: &Clone, branch: &str, path: &str, text: &str) -> String {
        clone.must(&["checkout", "--quiet", "-B", branch, "origin/main"]).await;
        let commit = clone.commit(path, text).await;
        clone.must(&["push", "--quiet", "--force", "origin", branch]).await;
        commit
    }

    pub(crate) fn draft(&self, from: &str) -> Value {
        let repository = json!({ "slug": "infrastructure", "project": { "key": "CLOUD" } });
        json!({
            "title": format!("Create {from}"), "description": "## What\n\n- one `thing`",
            "fromRef": { "id": format!("refs/heads/{from}"), "repository": repository },
            "toRef": { "id": "refs/heads/main", "repository": repository },
            "reviewers": [{ "user": { "name": "farah.haddad" } }],
        })
    }

    pub(crate) async fn open(&self, from: &str) -> Value {
        let response = self.post("P/pull-requests").json(&self.draft(from)).send().await.unwrap();
        expect(response, 201).await
    }

    pub(crate) async fn approve_build(&self, commit: &str, branch: &str) {
        let status = json!({
            "key": "causeway/approval", "parent": "causeway/approval", "state": "SUCCESSFUL", "url": "http://localhost:3000/requests/1",
            "name": "Causeway approval", "ref": format!("refs/heads/{branch}"),
        });
        let response = self.post(&format!("P/commits/{commit}/builds")).json(&status).send().await.unwrap();
        assert_eq!(response.status(), 204);
    }
}

/// The body as JSON, when the status is the expected one.
pub(crate) async fn expect(response: Response, status: u16) -> Value {
    let got = response.status().as_u16();
    let text = response.text().await.unwrap();
    assert_eq!(got, status, "{text}");
    serde_json::from_str(&text).unwrap_or(Value::String(text))
}

/// Name of the exception, without the package.
pub(crate) fn exception(body: &Value) -> &str {
    body["errors"][0]["exceptionName"].as_str().unwrap_or_default().rsplit('.').next().unwrap_or_default()
}

pub(crate) struct Clone {
    pub(crate) dir: PathBuf,
    pub(crate) token: String,
}

impl Clone {
    pub(crate) async fn git(&self, arguments: &[&str]) -> Output {
        self.git_in(&self.dir, arguments).await
    }

    async fn git_in(&self, dir: &Path, arguments: &[&str]) -> Output {
        let (dir, token) = (dir.to_owned(), self.token.clone());
        let arguments: Vec<String> = arguments.iter().map(|a| (*a).to_owned()).collect();
        tokio::task::spawn_blocking(move || {
            Command::new("git")
                .current_dir(dir)
                .args(["-c", &format!("http.extraHeader=Authorization: Bearer {token}")])
                .args(["-c", "user.name=Amara Okafor", "-c", "user.email=amara.okafor@causeway.example"])
                .args(arguments)
                .env("GIT_CONFIG_NOSYSTEM", "1")
                .env("GIT_CONFIG_GLOBAL", "/dev/null")
                .env("GIT_TERMINAL_PROMPT", "0")
                .env_remove("http_proxy")
                .env_remove("HTTP_PROXY")
                .output()
                .unwrap()
        })
        .await
        .unwrap()
    }

    pub(crate) async fn must(&self, arguments: &[&str]) -> String {
        let output = self.git(arguments).await;
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }

    pub(crate) async fn commit(&self, path: &str, text: &str) -> String {
        let file = self.dir.join(path);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, text).unwrap();
        self.must(&["add", "."]).await;
        self.must(&["commit", "--quiet", "-m", &format!("Write {path}")]).await;
        self.must(&["rev-parse", "HEAD"]).await
    }
}
