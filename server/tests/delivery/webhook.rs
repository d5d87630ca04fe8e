//! From Bitbucket's webhook to the page, over real HTTP: nothing is due for an hour, and the merge is seen at once.

use crate::world::{Catalogue, World};
use causeway_contract::requests::RequestState;
use causeway_sandbox::{Sandbox, SandboxConfig, WebhookTarget, infrastructure_repository};
use causeway_server::{
    assemble,
    config::{Bitbucket, Config, Secret, Server, SignIn, Span},
    http::{Site, router},
};
use causeway_store::{Clock, MockClock, SystemClock, testing::each_engine};
use std::{sync::Arc, time::Duration};
use tokio::sync::watch;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_merge_is_seen_as_soon_as_bitbucket_tells_of_it() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    for db in each_engine().await {
        let dir = tempfile::tempdir().unwrap();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let mut sandbox =
            SandboxConfig::new(dir.path().join("sandbox"), format!("http://localhost:{}", address.port()));
        sandbox.repositories = vec![infrastructure_repository()];
        let secret = "between Bitbucket and Causeway".to_owned();
        sandbox.webhook =
            Some(WebhookTarget { url: format!("http://{address}/webhooks/bitbucket"), secret: secret.clone() });
        let sandbox = Sandbox::start(sandbox).await.unwrap();
        let config = Config {
            server: Server {
                listen: address,
                public_url: format!("http://localhost:{}", address.port()).parse().unwrap(),
                data_dir: dir.path().join("data"),
                ..Server::default()
            },
            sign_in: SignIn {
                issuer: sandbox.issuer().parse().unwrap(),
                client_id: sandbox.client_id().into(),
                ..SignIn::default()
            },
            bitbucket: Bitbucket {
                url: sandbox.bitbucket_url().parse().unwrap(),
                project: "CLOUD".into(),
                repository: "infrastructure".into(),
                token: Secret::new(sandbox.bot_token()),
                webhook_secret: Secret::new(secret),
                follow_every: Span::seconds(3_600),
                ..Bitbucket::default()
            },
            ..Config::default()
        };
        let clock = MockClock::at(SystemClock.now());
        let parts = assemble::World {
            db: db.db.clone(),
            clock: Arc::new(clock.clone()),
            host: Arc::new(assemble::host(&config).unwrap()),
            source: Arc::new(Catalogue::shipped()),
            site: Site::at(&dir.path().join("site"), address),
            demo: false,
        };
        let (_stop, stopping) = watch::channel(false);
        let web = assemble::web(config, parts, stopping).unwrap();
        let portal = web.portal.clone();
        let serving = tokio::spawn(async move { axum::serve(listener, router(web)).await });
        portal.sync_catalogue().await.unwrap();
        portal.sync_repository().await;
        let world = World { portal, sandbox, clock, dir, db, catalogue: Catalogue::shipped() };

        let engineer = world.engineer().await;
        let id = world.submit(&engineer, "receipts", "development").await;
        world.run().await;
        assert_eq!(world.state(&engineer, id).await, RequestState::InReview);
        world.close(world.pull_request(&engineer, id).await, "merge").await;
        let mut runs = 0;
        for _ in 0..200 {
            runs += world.portal.run_due_jobs().await.unwrap();
            if world.state(&engineer, id).await == RequestState::Merged {
                break;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        assert_eq!(world.state(&engineer, id).await, RequestState::Merged, "{runs} runs");
        serving.abort();
        world.end().await;
    }
}
