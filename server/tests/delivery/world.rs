//! A portal in front of a sandbox, with people. The portal's workers do not run by themselves: tests run what is due.

use causeway_connect::{
    bitbucket::{DataCenter, DataCenterConfig},
    http::Secret,
};
use causeway_contract::{
    Answers,
    ids::*,
    people::*,
    requests::{RequestState, RequestView},
};
use causeway_portal::{
    Parts, Portal, PortalConfig,
    access::Actor,
    approvals::default_routes,
    catalogue::{
        self,
        source::{Snapshot, TemplateSource},
    },
    delivery::host::Signature,
    prices,
};
use causeway_sandbox::{Sandbox, SandboxConfig};
use causeway_store::{Clock, Db, MockClock, SystemClock, new_id, people, testing::TestDb};
use chrono::TimeDelta;
use futures::future::BoxFuture;
use std::{path::Path, sync::Arc, time::Duration};

pub(crate) struct World {
    pub(crate) portal: Portal,
    pub(crate) sandbox: Sandbox,
    pub(crate) clock: MockClock,
    pub(crate) dir: tempfile::TempDir,
    pub(crate) db: TestDb,
}

/// What a second process needs to build the same portal.
pub(crate) struct Outside<'a> {
    pub(crate) bitbucket: &'a str,
    pub(crate) token: &'a str,
    pub(crate) mirror: &'a Path,
}

/// The catalogue that ships, without a repository.
struct Shipped;

impl TemplateSource for Shipped {
    fn location(&self) -> &str {
        "shipped"
    }
    fn fetch<'a>(&'a self, known: Option<&'a str>) -> BoxFuture<'a, Result<Option<Snapshot>, String>> {
        let commit = "c".repeat(40);
        let files = catalogue::shipped().into_iter().map(|(path, bytes)| (path.to_owned(), bytes.to_vec())).collect();
        let new = known != Some(&commit);
        Box::pin(async move { Ok(new.then_some(Snapshot { commit, files })) })
    }
}

pub(crate) fn portal(db: Db, clock: Arc<dyn Clock>, outside: &Outside<'_>) -> Portal {
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
        db,
        clock,
        config: PortalConfig {
            public_url: "http://localhost:3000".into(),
            routes: default_routes(),
            teams: vec!["payments".into(), "search".into()],
            help_contact: "platform@example.com".into(),
            bot,
            follow_every: Duration::from_secs(30),
            sync_every: Duration::from_secs(60),
            lease: TimeDelta::seconds(30),
            session_idle: TimeDelta::hours(8),
            session_absolute: TimeDelta::hours(24),
            demo: false,
        },
        host: Arc::new(host),
        source: Arc::new(Shipped),
        prices: prices::PriceBook::parse(prices::shipped()).unwrap(),
    })
}

impl World {
    pub(crate) async fn start(db: TestDb) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let dir = tempfile::tempdir().unwrap();
        let mut config = SandboxConfig::new(dir.path().join("sandbox"), "http://localhost:3000");
        config.repositories = vec![causeway_sandbox::infrastructure_repository()];
        let sandbox = Sandbox::start(config).await.unwrap();
        let clock = MockClock::at(SystemClock.now());
        let mirror = dir.path().join("mirror");
        let outside = Outside { bitbucket: sandbox.bitbucket_url(), token: &sandbox.bot_token(), mirror: &mirror };
        let portal = portal(db.db.clone(), Arc::new(clock.clone()), &outside);
        portal.sync_catalogue().await.unwrap();
        portal.sync_repository().await;
        Self { portal, sandbox, clock, dir, db }
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
        let draft = self.portal.start_draft(actor, "object-store", answers(name, tier)).await.unwrap();
        match self.portal.submit_draft(actor, draft, Answers::new()).await {
            Ok(id) => id,
            Err(error) => panic!("{error:?}"),
        }
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
        method: reqwest::Method,
        path: &str,
        user: &str,
        body: Option<serde_json::Value>,
    ) -> serde_json::Value {
        let url = format!("{}/rest/api/latest/projects/CLOUD/repos/infrastructure{path}", self.sandbox.bitbucket_url());
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
        assert!(status.is_success(), "{path}: {status} {text}");
        serde_json::from_str(&text).unwrap_or_default()
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
