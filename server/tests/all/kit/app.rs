//! The application of one test.

use super::idp::{self, Idp};
use axum::Router;
use causeway_connect::catalogue::{GitTemplateSource, TemplateSourceConfig};
use causeway_portal::Portal;
use causeway_server::{
    assemble::{self, World},
    config::{Bitbucket, Catalogue, Config, RoleRule, Roles, Secret, Server, SignIn},
    http::{Site, Web, router},
};
use causeway_store::{
    Clock, MockClock, SystemClock,
    audit::Event,
    testing::{TestDb, each_engine},
};
use std::sync::Arc;
use tokio::sync::watch;

pub(crate) struct TestApp {
    pub(crate) router: Router,
    /// What the router is made of.
    pub(crate) web: Web,
    pub(crate) portal: Portal,
    pub(crate) clock: MockClock,
    pub(crate) idp: Idp,
    pub(crate) cookie: &'static str,
    pub(crate) db: TestDb,
    dir: tempfile::TempDir,
    /// The process is told to stop.
    pub(crate) stop: watch::Sender<bool>,
}

/// Runs the test on each engine, with the usual configuration.
pub(crate) async fn each(test: impl AsyncFn(&TestApp)) {
    each_with(|_| {}, test).await;
}

/// Runs the test on each engine, with a changed configuration.
pub(crate) async fn each_with(configure: impl Fn(&mut Config), test: impl AsyncFn(&TestApp)) {
    let _ = rustls::crypto::ring::default_provider().install_default();
    for db in each_engine().await {
        let app = TestApp::start(db, &configure).await;
        test(&app).await;
        app.db.remove().await;
    }
}

impl TestApp {
    async fn start(db: TestDb, configure: &impl Fn(&mut Config)) -> Self {
        let clock = MockClock::at(SystemClock.now());
        let idp = Idp::start(clock.clone()).await;
        let dir = tempfile::tempdir().unwrap();
        let templates = dir.path().join("templates");
        std::fs::create_dir(&templates).unwrap();
        let mut config = config(&idp, dir.path());
        configure(&mut config);
        let source = TemplateSourceConfig {
            location: templates.to_string_lossy().into_owned(),
            branch: None,
            token: None,
            ca_file: None,
            mirror_dir: dir.path().join("mirrors"),
        };
        let world = World {
            db: db.db.clone(),
            clock: Arc::new(clock.clone()),
            host: Arc::new(assemble::host(&config).unwrap()),
            source: Arc::new(GitTemplateSource::new(source).unwrap()),
            site: Site::at(&dir.path().join("site"), config.server.listen),
            demo: false,
        };
        let (stop, stopping) = watch::channel(false);
        let cookie = causeway_server::http::cookie_name(&config);
        let web: Web = assemble::web(config, world, stopping).unwrap();
        let portal = web.portal.clone();
        Self { router: router(web.clone()), web, portal, clock, idp, cookie, db, dir, stop }
    }

    /// Everything in the record, oldest first.
    pub(crate) async fn record(&self) -> Vec<Event> {
        let mut conn = self.portal.db().read().await.unwrap();
        causeway_store::audit::after(&mut conn, 0, 1_000).await.unwrap()
    }

    /// Folder of the built site.
    pub(crate) fn site(&self) -> std::path::PathBuf {
        self.dir.path().join("site")
    }
}

fn config(idp: &Idp, dir: &std::path::Path) -> Config {
    let rule = |group: &str, role: &str, scope: &str| RoleRule {
        group: group.into(),
        role: role.parse().unwrap(),
        scope: scope.into(),
    };
    Config {
        server: Server {
            public_url: "http://localhost:3000".parse().unwrap(),
            data_dir: dir.into(),
            ..Server::default()
        },
        sign_in: SignIn {
            issuer: idp.issuer.parse().unwrap(),
            client_id: idp::CLIENT.into(),
            client_secret: Secret::new(idp::SECRET),
            ..SignIn::default()
        },
        roles: Roles {
            help_contact: "the platform team".into(),
            map: vec![
                rule("engineers", "engineer", "team:payments"),
                rule("managers", "manager", "team:payments"),
                rule("auditors", "auditor", "everything"),
            ],
            ..Roles::default()
        },
        bitbucket: Bitbucket {
            url: "http://127.0.0.1:9".parse().unwrap(),
            project: "CLOUD".into(),
            repository: "infrastructure".into(),
            token: Secret::new("unused"),
            webhook_secret: Secret::new("webhook secret"),
            webhook_secret_previous: Secret::new("the secret before"),
            ..Bitbucket::default()
        },
        catalogue: Catalogue { location: "unused".into(), ..Catalogue::default() },
        ..Config::default()
    }
}
