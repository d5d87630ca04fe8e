//! A portal in front of a sandbox, with people. The portal's workers do not run by themselves: tests run what is due.

use causeway_connect::{
    bitbucket::{DataCenter, DataCenterConfig},
    http::Secret,
};
use causeway_contract::{
    Answers, ApiResult,
    environments::EnvironmentState,
    ids::*,
    people::*,
    requests::{NewDecision, RequestState, RequestView, Submission, Verdict},
};
use causeway_portal::{
    Parts, Portal, PortalConfig,
    access::Actor,
    approvals::{RouteRule, default_routes},
    catalogue::{
        self,
        source::{Snapshot, TemplateSource},
    },
    delivery::host::{
        BuildStatus, CodeHost, CommitPlan, Files, HostFuture, Probe, PullRequest, PullRequestDraft, Signature, Tip,
    },
    prices,
};
use causeway_sandbox::{Sandbox, SandboxConfig};
use causeway_store::{Clock, Db, MockClock, SystemClock, new_id, people, requests, stages, testing::TestDb};
use chrono::TimeDelta;
use futures::future::BoxFuture;
use reqwest::Method;
use serde_json::json;
use std::{
    collections::BTreeMap,
    path::Path,
    process::{Command, Stdio},
    sync::{Arc, Mutex},
    time::Duration,
};

/// The repository's REST resource.
const REST: &str = "/rest/api/latest/projects/CLOUD/repos/infrastructure";

pub(crate) struct World {
    pub(crate) portal: Portal,
    pub(crate) sandbox: Sandbox,
    pub(crate) clock: MockClock,
    pub(crate) dir: tempfile::TempDir,
    pub(crate) db: TestDb,
    pub(crate) catalogue: Catalogue,
}

/// What a second process needs to build the same portal.
pub(crate) struct Outside<'a> {
    pub(crate) bitbucket: &'a str,
    pub(crate) token: &'a str,
    pub(crate) mirror: &'a Path,
}

/// A catalogue without a repository: what ships, until a test changes it.
#[derive(Clone)]
pub(crate) struct Catalogue(Arc<Mutex<Snapshot>>);

impl Catalogue {
    pub(crate) fn shipped() -> Self {
        let files = catalogue::shipped().into_iter().map(|(path, bytes)| (path.to_owned(), bytes.to_vec())).collect();
        Self(Arc::new(Mutex::new(Snapshot { commit: "c".repeat(40), files })))
    }

    /// A new commit; the portal reads it at its next sync.
    pub(crate) fn change(&self, change: impl FnOnce(&mut BTreeMap<String, Vec<u8>>)) {
        let mut snapshot = self.0.lock().unwrap();
        change(&mut snapshot.files);
        snapshot.commit = causeway_portal::catalogue::shown_digest([snapshot.commit.as_str()])[..40].to_owned();
    }
}

impl TemplateSource for Catalogue {
    fn location(&self) -> &str {
        "shipped"
    }
    fn fetch<'a>(&'a self, known: Option<&'a str>) -> BoxFuture<'a, Result<Option<Snapshot>, String>> {
        let snapshot = self.0.lock().unwrap().clone();
        Box::pin(async move { Ok((known != Some(snapshot.commit.as_str())).then_some(snapshot)) })
    }
}

/// The real host; each time files are read it asks for the database's only writer, which must be free.
struct Watching(DataCenter, Db);

impl CodeHost for Watching {
    fn repository(&self) -> &str {
        self.0.repository()
    }
    fn browse_url(&self, path: &str) -> String {
        self.0.browse_url(path)
    }
    fn tip(&self) -> HostFuture<'_, Tip> {
        self.0.tip()
    }
    fn known_tip(&self) -> HostFuture<'_, Option<Tip>> {
        self.0.known_tip()
    }
    fn files<'a>(&'a self, commit: &'a str, directory: &'a str) -> HostFuture<'a, Files> {
        Box::pin(async move {
            let writer = tokio::time::timeout(Duration::from_secs(5), self.1.begin()).await;
            assert!(writer.is_ok(), "a transaction waits for git");
            drop(writer);
            self.0.files(commit, directory).await
        })
    }
    fn commit<'a>(&'a self, plan: &'a CommitPlan) -> HostFuture<'a, String> {
        self.0.commit(plan)
    }
    fn push<'a>(&'a self, branch: &'a str, commit: &'a str) -> HostFuture<'a, ()> {
        self.0.push(branch, commit)
    }
    fn head<'a>(&'a self, branch: &'a str) -> HostFuture<'a, Option<String>> {
        self.0.head(branch)
    }
    fn open_pull_request<'a>(&'a self, draft: &'a PullRequestDraft) -> HostFuture<'a, PullRequest> {
        self.0.open_pull_request(draft)
    }
    fn pull_request(&self, id: i64) -> HostFuture<'_, PullRequest> {
        self.0.pull_request(id)
    }
    fn publish_status<'a>(&'a self, commit: &'a str, status: &'a BuildStatus) -> HostFuture<'a, ()> {
        self.0.publish_status(commit, status)
    }
    fn probe(&self) -> BoxFuture<'_, Vec<Probe>> {
        self.0.probe()
    }
}

pub(crate) fn portal(db: Db, clock: Arc<dyn Clock>, outside: &Outside<'_>) -> Portal {
    portal_with(db, clock, outside, Catalogue::shipped(), default_routes())
}

fn portal_with(
    db: Db,
    clock: Arc<dyn Clock>,
    outside: &Outside<'_>,
    catalogue: Catalogue,
    routes: Vec<RouteRule>,
) -> Portal {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let bot = Signature { name: "Causeway".into(), email: "causeway-bot@example.com".into() };
    let host = DataCenter::new(DataCenterConfig {
        base_url: outside.bitbucket.parse().unwrap(),
        project: "CLOUD".into(),
        slug: "infrastructure".into(),
        token: Secret::new(outside.token),
        bot: bot.clone(),
        mirror_dir: outside.mirror.to_owned(),
        default_branch: None,
        webhook_url: None,
        ca_file: None,
    })
    .unwrap();
    Portal::new(Parts {
        db: db.clone(),
        clock,
        config: PortalConfig {
            public_url: "http://localhost:3000".into(),
            routes,
            teams: vec!["payments".into(), "search".into()],
            help_contact: "platform@example.com".into(),
            bot,
            follow_every: Duration::from_secs(30),
            sync_every: Duration::from_secs(60),
            lease: TimeDelta::seconds(30),
            session_idle: TimeDelta::hours(8),
            session_absolute: TimeDelta::hours(24),
            export_limit: 1_000,
            demo: false,
        },
        host: Arc::new(Watching(host, db)),
        source: Arc::new(catalogue),
        prices: prices::PriceBook::parse(prices::shipped()).unwrap(),
    })
}

impl World {
    pub(crate) async fn start(db: TestDb) -> Self {
        Self::start_with(db, default_routes()).await
    }

    pub(crate) async fn start_with(db: TestDb, routes: Vec<RouteRule>) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let dir = tempfile::tempdir().unwrap();
        let mut config = SandboxConfig::new(dir.path().join("sandbox"), "http://localhost:3000");
        config.repositories = vec![causeway_sandbox::infrastructure_repository()];
        let sandbox = Sandbox::start(config).await.unwrap();
        let clock = MockClock::at(SystemClock.now());
        let mirror = dir.path().join("mirror");
        let outside = Outside { bitbucket: sandbox.bitbucket_url(), token: &sandbox.bot_token(), mirror: &mirror };
        let catalogue = Catalogue::shipped();
        let portal = portal_with(db.db.clone(), Arc::new(clock.clone()), &outside, catalogue.clone(), routes);
        portal.sync_catalogue().await.unwrap();
        portal.sync_repository().await;
        Self { portal, sandbox, clock, dir, db, catalogue }
    }

    pub(crate) async fn person(&self, name: &str, grants: &[(Role, Scope)]) -> Actor {
        let now = self.clock.now();
        let grants: Vec<Grant> =
            grants.iter().map(|(role, scope)| Grant { role: *role, scope: scope.clone() }).collect();
        let row = people::Person {
            id: new_id(now),
            issuer: "test".into(),
            subject: name.into(),
            name: name.into(),
            email: format!("{}@example.com", name.to_lowercase().replace(' ', ".")),
            groups_json: "[]".into(),
            groups_note: None,
            first_seen_at: 0,
            last_seen_at: 0,
        };
        let mut conn = self.db.db.begin().await.unwrap();
        let row = people::upsert(&mut conn, &row).await.unwrap();
        people::set_grants(&mut conn, row.id, &grants).await.unwrap();
        conn.commit().await.unwrap();
        Actor {
            person: PersonRef { id: PersonId(row.id), name: row.name, email: row.email },
            grants,
            session: SessionId(new_id(now)),
            groups: vec![],
            groups_note: None,
            mfa: true,
        }
    }

    pub(crate) async fn engineer(&self) -> Actor {
        self.person("Amara Okafor", &[(Role::Engineer, payments())]).await
    }
    pub(crate) async fn manager(&self) -> Actor {
        self.person("Dana Levi", &[(Role::Manager, payments())]).await
    }
    pub(crate) async fn admin(&self) -> Actor {
        self.person("Farah Haddad", &[(Role::InfrastructureAdmin, Scope::Everything)]).await
    }

    pub(crate) async fn submit(&self, actor: &Actor, name: &str, tier: &str) -> RequestId {
        self.submit_from("object-store", actor, answers(name, tier)).await
    }

    pub(crate) async fn submit_from(&self, template: &str, actor: &Actor, answers: Answers) -> RequestId {
        let draft = self.portal.start_draft(actor, template, answers).await.unwrap();
        match self.send(actor, draft, Answers::new()).await {
            Ok(id) => id,
            Err(error) => panic!("{error:?}"),
        }
    }

    /// A development environment, asked for and, as it needs nobody, delivered: its pull request is open unless something
    /// stands in the way.
    pub(crate) async fn delivered(&self, actor: &Actor, name: &str) -> RequestId {
        let id = self.submit(actor, name, "development").await;
        self.run().await;
        id
    }

    /// Delivers what waits and merges the request's pull request.
    pub(crate) async fn merge(&self, actor: &Actor, id: RequestId) {
        self.run().await;
        self.close(self.pull_request(actor, id).await, "merge").await;
        self.run().await;
        assert_eq!(self.state(actor, id).await, RequestState::Merged);
    }

    /// A development environment that lives.
    pub(crate) async fn live(&self, actor: &Actor, name: &str) -> EnvironmentId {
        let id = self.submit(actor, name, "development").await;
        self.merge(actor, id).await;
        let environment = self.view(actor, id).await.environment_id.unwrap();
        assert_eq!(self.portal.environment(actor, environment).await.unwrap().summary.state, EnvironmentState::Live);
        environment
    }

    /// Fills in, looks at what will happen, and submits.
    pub(crate) async fn send(&self, actor: &Actor, draft: DraftId, answers: Answers) -> ApiResult<RequestId> {
        self.portal.submit_draft(actor, draft, self.looked(actor, draft, answers).await?).await
    }

    /// What a page holds after the answers are saved and what will happen is shown.
    pub(crate) async fn looked(&self, actor: &Actor, draft: DraftId, answers: Answers) -> ApiResult<Submission> {
        if !answers.is_empty() {
            let version = self.portal.draft(actor, draft).await?.version;
            self.portal.save_draft(actor, draft, version, answers).await?;
        }
        let seen = self.portal.draft(actor, draft).await?;
        Ok(Submission { version: seen.version, answers: Answers::new(), seen: seen.check.preview.digest })
    }

    /// Actions of the record whose outcome is "refused", oldest first.
    pub(crate) async fn refusals(&self) -> Vec<String> {
        let mut conn = self.db.db.read().await.unwrap();
        let events = causeway_store::audit::after(&mut conn, 0, 1_000).await.unwrap();
        events.into_iter().filter(|e| e.outcome == "refused").map(|e| e.action).collect()
    }

    /// The stage that is open, else the last one.
    pub(crate) async fn stage(&self, id: RequestId) -> StageId {
        let mut conn = self.db.db.read().await.unwrap();
        let row = requests::find(&mut conn, id.0).await.unwrap().unwrap();
        let stages = stages::of_revision(&mut conn, row.id, row.revision).await.unwrap();
        let open = stages.iter().find(|s| s.state == "open").or(stages.last());
        StageId(open.unwrap().id)
    }

    /// Decides the stage that is open, on the revision that the person says they saw.
    pub(crate) async fn decide(
        &self,
        actor: &Actor,
        id: RequestId,
        revision: i64,
        verdict: Verdict,
        comment: &str,
    ) -> ApiResult<()> {
        let (stage, comment) = (self.stage(id).await, comment.to_owned());
        self.portal.decide(actor, id, NewDecision { revision, stage, verdict, comment, field: None }).await
    }

    /// The number of the request's pull request.
    pub(crate) async fn pull_request(&self, actor: &Actor, id: RequestId) -> i64 {
        self.view(actor, id).await.delivery.unwrap().pull_request.unwrap().id
    }

    /// `merge`, `decline`, `reopen`, as a person does it. `Err`: status and body.
    pub(crate) async fn try_close(&self, number: i64, how: &str) -> Result<(), (u16, String)> {
        let path = format!("/pull-requests/{number}");
        let version = self.bitbucket(Method::GET, &path, "farah.haddad", None).await["version"].as_i64().unwrap();
        let path = format!("{path}/{how}?version={version}");
        self.ask_bitbucket(Method::POST, &path, "farah.haddad", Some(json!({}))).await.map(drop)
    }

    pub(crate) async fn close(&self, number: i64, how: &str) {
        self.try_close(number, how).await.unwrap();
    }

    pub(crate) async fn delete_pull_request(&self, number: i64) {
        let path = format!("/pull-requests/{number}");
        let version = self.bitbucket(Method::GET, &path, "farah.haddad", None).await["version"].clone();
        self.bitbucket(Method::DELETE, &path, "farah.haddad", Some(json!({ "version": version }))).await;
    }

    /// The state of `causeway/approval` on a commit, as Bitbucket has it.
    pub(crate) async fn status(&self, commit: &str) -> String {
        let path = format!("/commits/{commit}/builds?key=causeway%2Fapproval");
        let found = self.bitbucket(Method::GET, &path, self.sandbox.bot_user(), None).await;
        found["state"].as_str().unwrap_or_default().to_owned()
    }

    /// Something goes wrong in Bitbucket; `at` is below the repository's REST resource. See the sandbox's faults.
    pub(crate) async fn fault(&self, method: &str, at: &str, more: serde_json::Value) {
        let mut fault = json!({ "method": method, "path_prefix": format!("{REST}{at}"), "times": 1000 });
        fault.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        self.steer(Method::POST, "/sandbox/faults", fault).await;
    }

    pub(crate) async fn heal(&self) {
        self.steer(Method::DELETE, "/sandbox/faults", json!({})).await;
    }

    pub(crate) async fn archive(&self, archived: bool) {
        let method = if archived { Method::POST } else { Method::DELETE };
        self.steer(method, "/sandbox/repos/CLOUD/infrastructure/archive", json!({})).await;
    }

    pub(crate) async fn steer(&self, method: Method, path: &str, body: serde_json::Value) {
        let client = causeway_connect::http::client(None).unwrap();
        let answer = client.request(method, format!("{}{path}", self.sandbox.bitbucket_url())).json(&body).send().await;
        let answer = answer.unwrap();
        assert!(answer.status().is_success(), "{path}: {}", answer.status());
    }

    /// How often the record tells each act about a request, by its name.
    pub(crate) async fn told(&self, id: RequestId, action: &str) -> usize {
        let mut conn = self.db.db.read().await.unwrap();
        let events = causeway_store::audit::of_subject(&mut conn, "request", &id.to_string()).await.unwrap();
        events.iter().filter(|e| e.action == action).count()
    }

    /// A portal of another machine: the same database, a copy of the repository that nobody has fetched yet.
    pub(crate) fn elsewhere(&self, name: &str) -> Portal {
        let mirror = self.dir.path().join(name);
        let outside =
            Outside { bitbucket: self.sandbox.bitbucket_url(), token: &self.sandbox.bot_token(), mirror: &mirror };
        portal(self.db.db.clone(), Arc::new(self.clock.clone()), &outside)
    }

    /// Runs what is due until nothing is left to do at this time, `minutes` later.
    pub(crate) async fn later(&self, minutes: i64) {
        self.clock.advance(TimeDelta::minutes(minutes));
        self.portal.run_due_jobs().await.unwrap();
    }

    /// Carries out everything that is due now, and what becomes due within a minute.
    pub(crate) async fn run(&self) {
        self.portal.run_due_jobs().await.unwrap();
        self.clock.advance(TimeDelta::seconds(60));
        self.portal.run_due_jobs().await.unwrap();
    }

    pub(crate) async fn view(&self, actor: &Actor, id: RequestId) -> RequestView {
        self.portal.request(actor, id).await.unwrap()
    }

    pub(crate) async fn state(&self, actor: &Actor, id: RequestId) -> RequestState {
        self.view(actor, id).await.summary.state
    }

    /// Git's answer about Bitbucket's repository.
    pub(crate) fn git(&self, arguments: &[&str]) -> String {
        let repository = self.bare();
        let output =
            std::process::Command::new("git").arg("--git-dir").arg(repository).args(arguments).output().unwrap();
        assert!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }

    /// Where the sandbox keeps the repository of `CLOUD/infrastructure`.
    pub(crate) fn bare(&self) -> std::path::PathBuf {
        fn find(dir: &Path) -> Option<std::path::PathBuf> {
            for entry in std::fs::read_dir(dir).ok()?.flatten() {
                let path = entry.path();
                if path.is_dir() {
                    if path.ends_with("infrastructure.git")
                        || (path.ends_with("infrastructure") && path.join("HEAD").exists())
                    {
                        return Some(path);
                    }
                    if let Some(found) = find(&path) {
                        return Some(found);
                    }
                }
            }
            None
        }
        find(&self.dir.path().join("sandbox")).expect("the sandbox has the repository")
    }

    /// Speaks to Bitbucket as a person or as the bot.
    pub(crate) async fn bitbucket(
        &self,
        method: Method,
        path: &str,
        user: &str,
        body: Option<serde_json::Value>,
    ) -> serde_json::Value {
        match self.ask_bitbucket(method, path, user, body).await {
            Ok(answer) => answer,
            Err((status, text)) => panic!("{path}: {status} {text}"),
        }
    }

    /// As [`World::bitbucket`]; `Err`: status and body of a refusal.
    pub(crate) async fn ask_bitbucket(
        &self,
        method: Method,
        path: &str,
        user: &str,
        body: Option<serde_json::Value>,
    ) -> Result<serde_json::Value, (u16, String)> {
        let url = format!("{}{REST}{path}", self.sandbox.bitbucket_url());
        let client = causeway_connect::http::client(None).unwrap();
        let mut call = client
            .request(method, url)
            .bearer_auth(self.sandbox.token_of(user).unwrap())
            .header("X-Atlassian-Token", "no-check");
        if let Some(body) = body {
            call = call.json(&body);
        }
        let answer = call.send().await.unwrap();
        let status = answer.status();
        let text = answer.text().await.unwrap();
        if !status.is_success() {
            return Err((status.as_u16(), text));
        }
        Ok(serde_json::from_str(&text).unwrap_or_default())
    }

    /// A commit by somebody else on top of `branch`, with these files beside those of `branch`. Made in Bitbucket's repository; no
    /// branch holds it yet.
    pub(crate) fn foreign_commit(&self, branch: &str, files: &[(&str, &str)]) -> String {
        let index = self.dir.path().join(format!("index-{}", new_id(self.clock.now())));
        let git = |arguments: &[&str], input: &str| {
            let mut child = Command::new("git")
                .env("GIT_INDEX_FILE", &index)
                .args(["-c", "user.name=x", "-c", "user.email=x@example.com", "--git-dir"])
                .arg(self.bare())
                .args(arguments)
                .stdin(Stdio::piped())
                .stdout(Stdio::piped())
                .spawn()
                .unwrap();
            std::io::Write::write_all(&mut child.stdin.take().unwrap(), input.as_bytes()).unwrap();
            let done = child.wait_with_output().unwrap();
            assert!(done.status.success(), "git {arguments:?}: {done:?}");
            String::from_utf8(done.stdout).unwrap().trim().to_owned()
        };
        git(&["read-tree", branch], "");
        for (path, text) in files {
            let blob = git(&["hash-object", "-w", "--stdin"], text);
            git(&["update-index", "--add", "--cacheinfo", &format!("100644,{blob},{path}")], "");
        }
        let tree = git(&["write-tree"], "");
        git(&["commit-tree", &tree, "-p", branch, "-m", "by hand"], "")
    }

    /// Pushes as a person does it, over HTTP, so that Bitbucket hears of it. No commit: the branch is deleted.
    pub(crate) fn push(&self, commit: Option<&str>, branch: &str) {
        let header =
            format!("http.extraHeader=Authorization: Bearer {}", self.sandbox.token_of("farah.haddad").unwrap());
        let url = self.sandbox.git_url("CLOUD", "infrastructure");
        // From a folder of its own: the objects come from the bare repository beside it.
        let from = self.dir.path().join("clone");
        if !from.exists() {
            self.git(&["clone", "--quiet", "--bare", self.bare().to_str().unwrap(), from.to_str().unwrap()]);
        }
        let objects = format!("{}\n", self.bare().join("objects").display());
        std::fs::write(from.join("objects/info/alternates"), objects).unwrap();
        let refspec = format!("{}:refs/heads/{branch}", commit.unwrap_or_default());
        let done = Command::new("git")
            .arg("--git-dir")
            .arg(&from)
            .args(["-c", &header, "push", "--quiet", "--force", &url, &refspec])
            .output()
            .unwrap();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    }

    /// Everything stopped, the database removed.
    pub(crate) async fn end(self) {
        let verdict = self.portal.verify_audit().await.unwrap();
        assert!(matches!(verdict, causeway_portal::AuditVerdict::Whole(_)), "{verdict:?}");
        self.sandbox.shutdown().await;
        self.db.remove().await;
    }
}

pub(crate) fn payments() -> Scope {
    Scope::Team("payments".into())
}

pub(crate) fn answers(name: &str, tier: &str) -> Answers {
    [
        ("environment_name", name),
        ("tier", tier),
        ("cloud", "aws"),
        ("region", "us-east-1"),
        ("team", "payments"),
        ("cost_centre", "CC-1042"),
        ("data_classification", "internal"),
        ("justification", "Receipts of the new checkout."),
    ]
    .into_iter()
    .map(|(k, v)| (k.to_owned(), v.to_owned()))
    .collect()
}
