//! What stands in front of every route.

use crate::kit::{Auditor, Browser, Engineer, each, each_with, person, request};
use axum::body::{Body, Bytes};
use causeway_server::{
    assemble::{self, World},
    cli::serve::until_stopped,
    http::around,
};
use causeway_store::{Clock, sessions};
use chrono::{DateTime, TimeDelta, Utc};
use http::Request;
use sha2::{Digest, Sha256};
use std::sync::Arc;

fn from(path: &str, headers: &[(&str, &str)]) -> Request<Body> {
    let mut request = Request::post(path).header("accept", "application/json");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(Body::empty()).unwrap()
}

#[tokio::test]
async fn what_another_site_sends_changes_nothing() {
    each(async |app| {
        let mut engineer = Engineer::of(app).await;
        for refused in [
            &[][..],
            &[("origin", "https://evil.example")],
            &[("origin", "null")],
            &[("origin", "http://localhost:3001")],
            &[("origin", "http://localhost:3000.evil.example")],
            &[("sec-fetch-site", "cross-site"), ("origin", "http://localhost:3000")],
            &[("sec-fetch-site", "same-site")],
            &[("sec-fetch-site", "")],
            &[("referer", "http://localhost:3000/")],
        ] {
            let reply = engineer.send(from("/sign-out", refused)).await.expect(403);
            assert!(reply.body.contains("did not come from a page of Causeway"), "{refused:?}");
            assert!(engineer.is_signed_in().await, "{refused:?}");
        }
        for path in ["/api/people/home", "/nowhere"] {
            engineer.send(from(path, &[("origin", "https://evil.example")])).await.expect(403);
        }
        engineer.send(from("/sign-out", &[("origin", "http://localhost:3000")])).await.expect(200);
        assert!(!engineer.is_signed_in().await);
    })
    .await;
}

#[tokio::test]
async fn every_answer_carries_the_headers() {
    each(async |app| {
        let mut browser = Browser::new(app);
        let mut nonces = std::collections::BTreeSet::new();
        for path in ["/", "/sign-in", "/nowhere", "/healthz", "/pkg/missing.js"] {
            let reply = browser.get(path).await;
            let csp = reply.header("content-security-policy");
            assert!(
                csp.contains("default-src 'none'")
                    && csp.contains("frame-ancestors 'none'")
                    && csp.contains("base-uri 'none'"),
                "{path}: {csp}"
            );
            assert!(!csp.contains("unsafe-inline") && !csp.contains("'unsafe-eval'"), "{csp}");
            nonces.insert(csp.split("nonce-").nth(1).unwrap().split('\'').next().unwrap().to_owned());
            for (name, value) in [
                ("x-frame-options", "DENY"),
                ("x-content-type-options", "nosniff"),
                ("referrer-policy", "same-origin"),
                ("cross-origin-opener-policy", "same-origin"),
                ("strict-transport-security", ""),
            ] {
                assert_eq!(reply.header(name), value, "{path} {name}");
            }
            assert!(!reply.header("x-request-id").is_empty());
        }
        assert_eq!(nonces.len(), 5, "a nonce is used once");
    })
    .await;
    let public = |config: &mut causeway_server::config::Config| {
        config.server.public_url = "https://portal.example.com".parse().unwrap()
    };
    each_with(public, async |app| {
        assert!(Browser::new(app).get("/").await.header("strict-transport-security").starts_with("max-age=63072000"));
    })
    .await;
}

#[tokio::test]
async fn a_page_and_its_policy_share_the_nonce() {
    each(async |app| {
        let page = Engineer::of(app).await.get("/").await.expect(200);
        let nonce = page
            .header("content-security-policy")
            .split("nonce-")
            .nth(1)
            .unwrap()
            .split('\'')
            .next()
            .unwrap()
            .to_owned();
        for script in page.body.split("<script").skip(1) {
            assert!(script.split('>').next().unwrap().contains(&nonce), "a script without the nonce: {script:.100}");
        }
    })
    .await;
}

#[tokio::test]
async fn what_is_too_large_is_said_to_be() {
    each(async |app| {
        let mut engineer = Engineer::of(app).await;
        let five = vec![b'x'; 5 * 1024 * 1024];
        let request = |path: &str, accept: &str, body: Body, length: Option<usize>| {
            let mut request = Request::post(path)
                .header("accept", accept)
                .header("content-type", "application/json")
                .header("sec-fetch-site", "same-origin");
            if let Some(length) = length {
                request = request.header("content-length", length);
            }
            request.body(body).unwrap()
        };
        // A route of this crate, and a server function of the app, which reads bodies in its own way.
        for path in ["/sign-out", "/api/drafts/save"] {
            engineer
                .send(request(path, "text/html", Body::from(five.clone()), Some(five.len())))
                .await
                .expect(413)
                .says("larger than 1 MiB");
            let chunks = (0..50).map(|_| Ok::<_, std::io::Error>(Bytes::from(vec![b'y'; 100_000])));
            let chunks = Body::from_stream(futures::stream::iter(chunks));
            let json = engineer.send(request(path, "application/json", chunks, None)).await.expect(413);
            assert!(json.body.contains("\"too_large\""), "{path}: {}", json.body);
            assert!(engineer.is_signed_in().await, "nothing was done");
        }
    })
    .await;
}

#[tokio::test]
async fn errors_are_pages_for_people_and_json_for_programs() {
    each(async |app| {
        let mut stranger = Browser::new(app);
        stranger.get("/nowhere").await.expect(404).says("Nothing is here");
        stranger.get("/no/file.txt").await.expect(404).says("Nothing is here");
        let json = stranger.fetch("/api/nothing/there").await.expect(404);
        assert!(json.body.contains("\"not_found\""), "{}", json.body);
        stranger.post("/sign-in", "").await.expect(405).says("does not take that kind of request");
        let mut engineer = Engineer::of(app).await;
        engineer.get("/nowhere").await.expect(404);
        engineer.get("/audit/export?format=csv").await.expect(403).says("not yours to do");
        engineer.get("/audit/export?format=exe").await.expect(400).says("format=csv");
    })
    .await;
}

#[tokio::test]
async fn files_are_served_from_the_site_and_nothing_beside_it() {
    each(async |app| {
        let pkg = app.site().join("pkg");
        std::fs::create_dir_all(&pkg).unwrap();
        std::fs::write(pkg.join("causeway.0123abcd.js"), "let hashed;").unwrap();
        std::fs::write(pkg.join("causeway.css"), "body{}").unwrap();
        std::fs::write(pkg.join("causeway.css.br"), "pretend").unwrap();
        std::fs::write(app.site().join("favicon.svg"), "<svg/>").unwrap();
        std::fs::write(app.site().parent().unwrap().join("secret.txt"), "no").unwrap();
        let mut browser = Browser::new(app);
        let hashed = browser.get("/pkg/causeway.0123abcd.js").await.expect(200);
        assert_eq!(
            (hashed.body.as_str(), hashed.header("cache-control")),
            ("let hashed;", "public, max-age=31536000, immutable")
        );
        assert_eq!(browser.get("/pkg/causeway.css").await.expect(200).header("cache-control"), "no-cache");
        let request = Request::get("/pkg/causeway.css").header("accept-encoding", "br").body(Body::empty()).unwrap();
        assert_eq!(browser.send(request).await.expect(200).header("content-encoding"), "br");
        assert_eq!(browser.get("/favicon.svg").await.expect(200).body, "<svg/>");
        for outside in [
            "/../secret.txt",
            "/pkg/../../secret.txt",
            "/%2e%2e/secret.txt",
            "/pkg/%2e%2e/%2e%2e/secret.txt",
            "/pkg/..%2f..%2fsecret.txt",
        ] {
            browser.get(outside).await.expect(404);
        }
    })
    .await;
}

#[tokio::test]
async fn operators_numbers_are_for_operators() {
    let token = |config: &mut causeway_server::config::Config| {
        config.telemetry.metrics_token = causeway_server::config::Secret::new("operators only");
    };
    each_with(token, async |app| {
        let mut browser = Browser::new(app);
        browser.get("/metrics").await.expect(404);
        let asked = |token: &str| {
            Request::get("/metrics").header("authorization", format!("Bearer {token}")).body(Body::empty()).unwrap()
        };
        browser.send(asked("guess")).await.expect(404);
        browser.get("/healthz").await.expect(200);
        let text = browser.send(asked("operators only")).await.expect(200).body;
        for line in [
            "causeway_http_requests_total{route=\"/healthz\",method=\"GET\",status=\"200\"} 1",
            "causeway_http_request_seconds_count{route=\"/metrics\"} 2",
            "causeway_sessions 0",
            "causeway_jobs 0",
            "causeway_panics_total 0",
            "causeway_open_requests{state=\"pending\"} 0",
            "causeway_open_requests{state=\"stuck\"} 0",
        ] {
            assert!(text.contains(line), "{line} is not in\n{text}");
        }
        let owner = person(app, "payments").await;
        for (n, state) in ["pending", "stuck", "stuck", "merged"].into_iter().enumerate() {
            request(app, owner, n as i64 + 1, "payments", state).await;
        }
        let text = browser.send(asked("operators only")).await.expect(200).body;
        for line in ["causeway_open_requests{state=\"pending\"} 1", "causeway_open_requests{state=\"stuck\"} 2"] {
            assert!(text.contains(line), "{line} is not in\n{text}");
        }
        assert!(!text.contains("merged"), "what has ended is not open");
    })
    .await;
    // Without a token only this machine's callers; a request that comes from nowhere is none of them.
    each(async |app| {
        Browser::new(app).get("/metrics").await.expect(404);
    })
    .await;
}

#[tokio::test]
async fn the_export_is_complete_and_harmless_in_a_spreadsheet() {
    each(async |app| {
        app.idp.says(serde_json::json!({ "sub": "evil", "name": "=HYPERLINK(\"http://evil\")", "groups": [] }));
        Browser::new(app).sign_in(app).await.expect(303);
        let mut auditor = Auditor::of(app).await;
        let csv = auditor.get("/audit/export?format=csv").await.expect(200);
        assert_eq!(csv.header("content-type"), "text/csv; charset=utf-8");
        assert!(csv.body.contains("\"'=HYPERLINK(\"\"http://evil\"\")\""), "{}", csv.body);
        assert_eq!(csv.body.lines().next().unwrap().split(',').count(), 12);
        let lines = auditor.get("/audit/export?format=jsonl&q=auditor").await.expect(200);
        let rows: Vec<serde_json::Value> = lines.body.lines().map(|l| serde_json::from_str(l).unwrap()).collect();
        assert_eq!(rows.len(), 1);
        assert_eq!(rows[0]["action"], "session.signed_in");
        auditor.get("/audit/export?format=csv&from=yesterday").await.expect(400).says("Write the day as");
    })
    .await;
}

/// Whoever holds an export can work out the chain: every field that was hashed is in it, as it was.
#[tokio::test]
async fn the_chain_can_be_recomputed_from_an_export() {
    each(async |app| {
        app.idp.says(serde_json::json!({ "sub": "odd", "name": "\"O\u{308}dd\" \n, '", "groups": ["engineers"] }));
        Browser::new(app).sign_in(app).await.expect(303);
        let mut auditor = Auditor::of(app).await;
        let lines = auditor.get("/audit/export?format=jsonl").await.expect(200);
        let mut rows: Vec<serde_json::Value> = lines.body.lines().map(|l| serde_json::from_str(l).unwrap()).collect();
        rows.reverse();
        assert!(rows.len() >= 2 && rows.iter().any(|r| r["actor_kind"] == "person" && r["actor_id"] != ""));
        let mut previous = String::new();
        for row in rows {
            let text = |key: &str| row[key].as_str().unwrap().to_owned();
            let event = causeway_store::audit::Event {
                seq: row["seq"].as_i64().unwrap(),
                at: text("at").parse::<chrono::DateTime<chrono::Utc>>().unwrap().timestamp_micros(),
                actor_kind: text("actor_kind"),
                actor_id: text("actor_id"),
                actor_name: text("actor"),
                action: text("action"),
                subject_kind: text("subject_kind"),
                subject_id: text("subject_id"),
                subject_name: text("subject"),
                outcome: text("outcome"),
                detail: text("detail"),
                search: causeway_store::sql::fold(&format!("{}\n{}", text("actor"), text("subject"))),
                hash: text("hash"),
            };
            assert_eq!(event.expected_hash(&previous), event.hash, "{event:?}");
            previous = event.hash;
        }
    })
    .await;
}

#[tokio::test]
async fn an_export_that_ends_at_its_limit_says_so() {
    let small = |config: &mut causeway_server::config::Config| config.audit.export_limit = 2;
    each_with(small, async |app| {
        let mut auditor = Auditor::of(app).await;
        let whole = auditor.get("/audit/export?format=csv").await.expect(200).body;
        let events = whole.lines().count() - 1;
        assert!(!whole.contains("limit_reached") || events > 2, "{whole}");
        Engineer::of(app).await;
        Engineer::of(app).await;
        let csv = auditor.get("/audit/export?format=csv").await.expect(200).body;
        assert_eq!(csv.lines().count(), 1 + 2 + 1, "{csv}");
        assert!(csv.lines().last().unwrap().contains("export.limit_reached"), "{csv}");
        let lines = auditor.get("/audit/export?format=jsonl").await.expect(200).body;
        let last: serde_json::Value = serde_json::from_str(lines.lines().last().unwrap()).unwrap();
        assert_eq!((last["action"].as_str(), last["limit"].as_i64()), (Some("export.limit_reached"), Some(2)));
        auditor.get("/audit").await.expect(200).says("the newest 2 events");
    })
    .await;
}

#[tokio::test]
async fn who_tries_to_read_the_record_is_on_it() {
    each(async |app| {
        let mut engineer = Engineer::of(app).await;
        for path in ["/audit", "/audit/export?format=csv"] {
            engineer.get(path).await.expect(403);
        }
        let record = app.record().await;
        let refused: Vec<_> = record.iter().filter(|e| e.action == "audit.read_refused").collect();
        assert!(refused.len() == 2 && refused.iter().all(|e| e.outcome == "refused" && e.actor_kind == "person"));
    })
    .await;
}

#[tokio::test]
async fn no_request_waits_for_ever() {
    let hasty = |config: &mut causeway_server::config::Config| config.server.request_timeout = "1s".parse().unwrap();
    each_with(hasty, async |app| {
        app.idp.desk().delay = std::time::Duration::from_secs(4);
        Browser::new(app).get("/sign-in").await.expect(503).says("took too long");
    })
    .await;
}

#[tokio::test]
async fn a_database_that_is_away_is_said_on_every_way_in() {
    each(async |app| {
        let mut engineer = Engineer::of(app).await;
        let mut stranger = Browser::new(app);
        stranger.get("/readyz").await.expect(200);
        app.portal.db().close().await;
        stranger.get("/readyz").await.expect(503);
        stranger.get("/healthz").await.expect(200);
        stranger.get("/sign-in").await.expect(503).says("Your sign-in could not be kept");
        engineer.get("/").await.expect(503).says("cannot answer right now");
        assert!(engineer.fetch("/audit/export?format=csv").await.expect(503).body.contains("\"unavailable\""));
    })
    .await;
}

/// Somebody holds the only writer of SQLite, and on Postgres the row: noting that a session is in use must wait, reading not.
#[tokio::test]
async fn reading_goes_on_while_nothing_can_be_written() {
    each(async |app| {
        let mut engineer = Engineer::of(app).await;
        let token = hex::encode(Sha256::digest(&engineer.cookies[app.cookie]));
        let mut held = app.portal.db().begin().await.unwrap();
        let session = sessions::by_token(&mut held, &token).await.unwrap().unwrap();
        sessions::touch(&mut held, session.id, session.last_seen_at).await.unwrap();
        app.clock.advance(TimeDelta::seconds(61));
        engineer.get("/requests").await.expect(200).says("Requests");
        drop(held);
        engineer.get("/requests").await.expect(200);
        let mut conn = app.portal.db().read().await.unwrap();
        let noted = sessions::by_token(&mut conn, &token).await.unwrap().unwrap();
        assert!(noted.last_seen_at > session.last_seen_at, "the next request notes it");
    })
    .await;
}

#[tokio::test]
async fn a_handler_that_breaks_is_a_page_a_line_and_a_number() {
    async fn breaks() {
        panic!("secret details of the code");
    }
    let token = |config: &mut causeway_server::config::Config| {
        config.telemetry.metrics_token = causeway_server::config::Secret::new("operators only");
    };
    each_with(token, async |app| {
        let routes = axum::Router::new().route("/breaks", axum::routing::get(breaks));
        let engineer = Engineer::of(app).await;
        let mut browser = engineer.at(around(routes, app.web.clone()));
        let page = browser.get("/breaks").await.expect(500);
        page.says("Something broke while Causeway answered");
        page.says("Reference for the log");
        assert!(!page.body.contains("secret details"), "{}", page.body);
        assert_eq!(page.header("x-frame-options"), "DENY", "like every other answer");
        assert!(!page.header("x-request-id").is_empty());
        let json = browser.fetch("/breaks").await.expect(500);
        assert!(json.body.contains("\"internal\""), "{}", json.body);
        let metrics = Request::get("/metrics").header("authorization", "Bearer operators only");
        let text = Browser::new(app).send(metrics.body(Body::empty()).unwrap()).await.expect(200).body;
        for line in [
            "causeway_panics_total 2",
            "causeway_http_requests_total{route=\"/breaks\",method=\"GET\",status=\"500\"} 2",
        ] {
            assert!(text.contains(line), "{line} is not in\n{text}");
        }
    })
    .await;
}

/// The next version has migrated while this one still runs: a replica that works must not be taken out.
#[tokio::test]
async fn a_newer_schema_is_ready_and_an_older_one_is_not() {
    each(async |app| {
        let mut browser = Browser::new(app);
        browser.get("/readyz").await.expect(200);
        app.db
            .execute(
                "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
                 SELECT 9999, 'of the next version', success, checksum, execution_time FROM _sqlx_migrations WHERE version = 1",
            )
            .await
            .unwrap();
        browser.get("/readyz").await.expect(200);
        app.db.execute("DELETE FROM _sqlx_migrations").await.unwrap();
        assert!(browser.get("/readyz").await.expect(503).body.contains("run causeway migrate"));
        app.db.execute("DROP TABLE _sqlx_migrations").await.unwrap();
        assert!(browser.get("/readyz").await.expect(503).body.contains("run causeway migrate"));
        // Whatever else is wrong is not "nothing was migrated".
        app.db.execute("CREATE TABLE _sqlx_migrations (other TEXT)").await.unwrap();
        assert!(browser.get("/readyz").await.expect(503).body.contains("the database does not answer"));
    })
    .await;
}

/// Half a portal must not stand there as one that is ready.
#[tokio::test]
async fn a_part_that_ends_takes_the_process_with_it() {
    /// The workers ask for the time first of all.
    struct Breaks;
    impl Clock for Breaks {
        fn now(&self) -> DateTime<Utc> {
            panic!("the workers break");
        }
    }
    each(async |app| {
        let config = causeway_server::config::Config::clone(&app.web.config);
        let world = World {
            db: app.portal.db().clone(),
            clock: Arc::new(Breaks),
            host: Arc::new(assemble::host(&config).unwrap()),
            source: Arc::new(assemble::source(&config).unwrap()),
            site: app.web.site.clone(),
            demo: false,
        };
        let (stop, stopping) = tokio::sync::watch::channel(false);
        let web = assemble::web(config, world, stopping).unwrap();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let failure = until_stopped(web, listener, stop).await.unwrap_err();
        assert_eq!(failure.code, 1);
        assert!(failure.message.contains("Start it again"), "{}", failure.message);
        assert!(tokio::net::TcpStream::connect(address).await.is_err(), "nobody is let in any more");
    })
    .await;
}

/// A page is rendered on one thread and may be finished on another; what belongs to one thread must not be in it.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn pages_are_rendered_by_many_threads_at_once() {
    each(async |app| {
        let engineer = Engineer::of(app).await;
        let mut tasks = tokio::task::JoinSet::new();
        for round in 0..40 {
            let mut browser = Browser::clone(&engineer);
            tasks.spawn(async move {
                browser.get(["/", "/catalogue", "/requests", "/nowhere"][round % 4]).await.status.as_u16()
            });
        }
        let statuses: std::collections::BTreeSet<u16> = tasks.join_all().await.into_iter().collect();
        assert_eq!(statuses, [200, 404].into());
    })
    .await;
}
