//! The same on both engines: the schema, every statement, and what the functions promise.

use causeway_contract::people::{Grant, Role, Scope};
use causeway_store::{
    Db, MockClock, StoreError,
    audit::{self, NewEvent, Verdict, Who},
    environments, jobs, new_id, people, requests, seen,
    testing::each_engine,
};
use chrono::{DateTime, TimeDelta, Utc};
use sqlx::{Executor, Row, SqlSafeStr};
use std::collections::BTreeSet;
use uuid::Uuid;

fn noon() -> DateTime<Utc> {
    "2026-11-24T12:00:00Z".parse().unwrap()
}

#[tokio::test]
async fn both_engines_have_the_same_tables_and_columns() {
    let mut schemas = Vec::new();
    for test in each_engine().await {
        let mut columns = BTreeSet::new();
        match &test.db {
            Db::Sqlite { read, .. } => {
                let rows = sqlx::query(
                    "SELECT m.name AS t, c.name AS c, c.\"notnull\" AS n, c.pk AS pk FROM sqlite_master m JOIN pragma_table_info(m.name) c
                     WHERE m.type = 'table' AND m.name NOT LIKE '\\_sqlx%' ESCAPE '\\' AND m.name NOT LIKE 'sqlite%'",
                );
                for row in rows.fetch_all(read).await.unwrap() {
                    let required = row.get::<i64, _>("n") == 1 || row.get::<i64, _>("pk") > 0;
                    columns.insert(format!("{}.{} {required}", row.get::<String, _>("t"), row.get::<String, _>("c")));
                }
            }
            Db::Postgres(pool) => {
                let rows = sqlx::query(
                    "SELECT table_name AS t, column_name AS c, is_nullable AS n FROM information_schema.columns
                     WHERE table_schema = 'public' AND table_name NOT LIKE '\\_sqlx%'",
                );
                for row in rows.fetch_all(pool).await.unwrap() {
                    let required = row.get::<String, _>("n") == "NO";
                    columns.insert(format!("{}.{} {required}", row.get::<String, _>("t"), row.get::<String, _>("c")));
                }
            }
        }
        assert!(columns.len() > 100, "{columns:?}");
        schemas.push(columns);
        test.remove().await;
    }
    for pair in schemas.windows(2) {
        assert_eq!(pair[0].symmetric_difference(&pair[1]).collect::<Vec<_>>(), Vec::<&String>::new());
    }
    assert_eq!(names("sqlite"), names("postgres"));
}

fn names(engine: &str) -> BTreeSet<String> {
    let dir = format!("{}/../../migrations/{engine}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_dir(dir).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect()
}

/// Every literal statement of this package, read out of its source.
fn statements() -> Vec<&'static str> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/src")).unwrap() {
        let path = entry.unwrap().path();
        if path.ends_with("testing.rs") {
            continue;
        }
        let text: &'static str = std::fs::read_to_string(path).unwrap().leak();
        for (at, _) in text.match_indices("sqlx::query") {
            let rest = &text[at..];
            let open = rest.find('(').unwrap() + 1;
            let argument = rest[open..].trim_start();
            if let Some(literal) = argument.strip_prefix('"') {
                found.extend(Some(&literal[..literal.find('"').unwrap()]).filter(|sql| *sql != "…"));
            }
        }
    }
    found
}

#[tokio::test]
async fn every_statement_prepares_on_both_engines() {
    let statements = statements();
    assert!(statements.len() > 60, "only {} statements were found in the source", statements.len());
    for test in each_engine().await {
        for sql in &statements {
            let prepared = match &test.db {
                Db::Sqlite { write, .. } => write.acquire().await.unwrap().prepare(sql.into_sql_str()).await.map(drop),
                Db::Postgres(pool) => pool.acquire().await.unwrap().prepare(sql.into_sql_str()).await.map(drop),
            };
            if let Err(error) = prepared {
                panic!("{}: {error}\n{sql}", test.db.engine_name());
            }
        }
        test.remove().await;
    }
}

fn event(n: usize) -> NewEvent {
    NewEvent {
        who: Who::System("Causeway".into()),
        action: "test.happened",
        subject_kind: "request",
        subject_id: n.to_string(),
        subject_name: format!("request {n}"),
        done: true,
        detail: serde_json::json!({ "n": n }),
    }
}

#[tokio::test]
async fn the_chain_holds_under_concurrent_writers_and_names_the_first_broken_row() {
    for test in each_engine().await {
        let tasks: Vec<_> = (0..40)
            .map(|n| {
                let db = test.db.clone();
                tokio::spawn(async move {
                    let mut conn = db.begin().await.unwrap();
                    let seq = audit::append(&mut conn, noon(), event(n)).await.unwrap();
                    // Every eighth is rolled back: the chain must not have a hole for it.
                    if n % 8 != 0 {
                        conn.commit().await.unwrap();
                    }
                    seq
                })
            })
            .collect();
        for task in tasks {
            task.await.unwrap();
        }
        let mut conn = test.db.read().await.unwrap();
        assert_eq!(audit::verify(&mut conn).await.unwrap(), Verdict::Whole(35));
        drop(conn);

        for sql in ["UPDATE audit_events SET actor_name = 'x' WHERE seq = 7", "DELETE FROM audit_events WHERE seq = 7"]
        {
            assert!(execute(&test.db, sql).await.is_err(), "{sql} was not refused");
        }
        let lift = match &test.db {
            Db::Sqlite { .. } => "DROP TRIGGER audit_events_no_update",
            Db::Postgres(_) => "DROP TRIGGER audit_events_no_update ON audit_events",
        };
        execute(&test.db, lift).await.unwrap();
        execute(&test.db, "UPDATE audit_events SET detail = replace(detail, 'n', 'm') WHERE seq = 17").await.unwrap();
        let mut conn = test.db.read().await.unwrap();
        match audit::verify(&mut conn).await.unwrap() {
            Verdict::Broken { seq: 17, .. } => {}
            other => panic!("{other:?}"),
        }
        drop(conn);
        test.remove().await;
    }
}

async fn execute(db: &Db, sql: &'static str) -> Result<(), sqlx::Error> {
    match db {
        Db::Sqlite { write, .. } => sqlx::query(sql).execute(write).await.map(drop),
        Db::Postgres(pool) => sqlx::query(sql).execute(pool).await.map(drop),
    }
}

#[tokio::test]
async fn a_job_is_held_by_one_worker_and_comes_back_when_it_dies() {
    for test in each_engine().await {
        let clock = MockClock::at(noon());
        let subject = new_id(noon());
        let mut conn = test.db.begin().await.unwrap();
        jobs::enqueue(&mut conn, new_id(noon()), "delivery", subject, now(&clock)).await.unwrap();
        jobs::enqueue(&mut conn, new_id(noon()), "delivery", subject, now(&clock)).await.unwrap();
        conn.commit().await.unwrap();

        let racers: Vec<_> = (0..8)
            .map(|n| {
                let (db, at) = (test.db.clone(), now(&clock));
                tokio::spawn(async move {
                    let mut conn = db.begin().await.unwrap();
                    let job = jobs::claim(&mut conn, claim(&format!("w{n}"), at, 30_000_000)).await.unwrap();
                    conn.commit().await.unwrap();
                    job
                })
            })
            .collect();
        let mut claimed = Vec::new();
        for racer in racers {
            claimed.extend(racer.await.unwrap());
        }
        assert_eq!(claimed.len(), 1, "{}", test.db.engine_name());
        let job = claimed.remove(0);

        let mut conn = test.db.begin().await.unwrap();
        assert!(jobs::claim(&mut conn, claim("late", now(&clock), 0)).await.unwrap().is_none());
        clock.advance(TimeDelta::seconds(31));
        let again = jobs::claim(&mut conn, claim("late", now(&clock), 30_000_000)).await.unwrap().unwrap();
        assert_eq!(again.id, job.id);
        assert!(jobs::holds(&mut conn, job.id, "late").await.unwrap());
        assert!(!jobs::holds(&mut conn, job.id, job.claimed_by.as_deref().unwrap()).await.unwrap());
        // The dead worker wakes up: what it says does not count.
        jobs::finish(&mut conn, job.id, job.claimed_by.as_deref().unwrap()).await.unwrap();
        assert_eq!(jobs::all(&mut conn).await.unwrap().len(), 1);
        // A nudge during the run keeps the job for another round.
        assert!(jobs::nudge(&mut conn, "delivery", subject, now(&clock)).await.unwrap());
        jobs::finish(&mut conn, job.id, "late").await.unwrap();
        assert_eq!(jobs::all(&mut conn).await.unwrap().len(), 1);
        let third = jobs::claim(&mut conn, claim("last", now(&clock), 1)).await.unwrap().unwrap();
        jobs::finish(&mut conn, third.id, "last").await.unwrap();
        assert!(jobs::all(&mut conn).await.unwrap().is_empty());
        drop(conn);
        test.remove().await;
    }
}

fn claim(token: &str, now: i64, lease: i64) -> jobs::Claim<'_> {
    jobs::Claim { token, now, lease_until: now + lease, following: true }
}

#[tokio::test]
async fn a_wait_that_was_asked_for_is_not_cut_short_and_followers_leave_room() {
    for test in each_engine().await {
        let clock = MockClock::at(noon());
        let (subject, at) = (new_id(noon()), now(&clock));
        let mut conn = test.db.begin().await.unwrap();
        jobs::enqueue(&mut conn, new_id(noon()), "delivery", subject, at).await.unwrap();
        let job = jobs::claim(&mut conn, claim("one", at, 30)).await.unwrap().unwrap();
        assert!(!job.following);
        // Nudged while it runs, then asked to wait.
        assert!(jobs::nudge(&mut conn, "delivery", subject, at).await.unwrap());
        let wait =
            jobs::Again { run_at: at + 1_000, attempts: 1, error: Some("slow down"), asked: true, following: true };
        jobs::again(&mut conn, job.id, "one", wait).await.unwrap();
        let due = async |conn: &mut Conn, at, following| {
            let any = jobs::any_due(conn, at, following).await.unwrap();
            let claim = jobs::Claim { token: "two", now: at, lease_until: at, following };
            assert_eq!(jobs::claim(conn, claim).await.unwrap().is_some(), any);
            any
        };
        assert!(!due(&mut conn, at, true).await);
        assert!(jobs::nudge(&mut conn, "delivery", subject, at).await.unwrap());
        jobs::enqueue(&mut conn, new_id(noon()), "delivery", subject, at).await.unwrap();
        assert!(!due(&mut conn, at + 999, true).await, "{}", test.db.engine_name());
        assert!(!due(&mut conn, at + 1_000, false).await, "the last place is for new work");
        assert!(due(&mut conn, at + 1_000, true).await);
        // Once the time is over, a nudge counts again.
        let wait = jobs::Again { run_at: at + 9_000, attempts: 0, error: None, asked: false, following: true };
        jobs::again(&mut conn, job.id, "two", wait).await.unwrap();
        assert!(!due(&mut conn, at + 2_000, true).await);
        assert!(jobs::nudge(&mut conn, "delivery", subject, at + 2_000).await.unwrap());
        assert!(due(&mut conn, at + 2_000, true).await);
        drop(conn);
        test.remove().await;
    }
}

fn now(clock: &MockClock) -> i64 {
    causeway_store::micros(causeway_store::Clock::now(clock))
}

fn person(n: u32) -> people::Person {
    people::Person {
        id: new_id(noon()),
        issuer: "https://sso.example".into(),
        subject: n.to_string(),
        name: format!("Person {n}"),
        email: format!("p{n}@example.com"),
        groups_json: "[]".into(),
        groups_note: None,
        first_seen_at: 1,
        last_seen_at: 1,
    }
}

fn environment(owner: Uuid, name: &str) -> environments::Environment {
    environments::Environment {
        id: new_id(noon()),
        name: name.into(),
        state: "requested".into(),
        tier: "staging".into(),
        cloud: "aws".into(),
        region: "af-south-1".into(),
        team: "payments".into(),
        cost_centre: "CC-1".into(),
        owner_id: owner,
        template: "t".into(),
        commit_sha: "c".into(),
        directory: format!("environments/staging/payments/{name}"),
        answers: "{}".into(),
        price: "{}".into(),
        created_at: 1,
        updated_at: 1,
    }
}

fn request(
    requester: Uuid,
    environment: &environments::Environment,
    number: i64,
    at: i64,
    price: Option<i64>,
) -> requests::Request {
    requests::Request {
        id: new_id(noon()),
        number,
        kind: "create".into(),
        state: "pending".into(),
        environment_id: environment.id,
        environment_name: environment.name.clone(),
        template: "t".into(),
        commit_sha: "c".into(),
        tier: "staging".into(),
        cloud: "aws".into(),
        region: "af-south-1".into(),
        team: "payments".into(),
        cost_centre: "CC-1".into(),
        requester_id: requester,
        revision: 1,
        monthly_micros: price,
        unpriced: 0,
        price: "{}".into(),
        waiting_for: None,
        no_stage_reason: None,
        submitted_at: at,
        updated_at: at,
        closed_at: None,
    }
}

#[tokio::test]
async fn names_and_open_requests_are_unique_while_they_live() {
    for test in each_engine().await {
        let mut conn = test.db.begin().await.unwrap();
        let owner = people::upsert(&mut conn, &person(1)).await.unwrap();
        let mut first = environment(owner.id, "shop");
        environments::insert(&mut conn, &first).await.unwrap();
        let open = request(owner.id, &first, 1, 10, None);
        requests::insert(&mut conn, &open).await.unwrap();
        conn.commit().await.unwrap();

        let mut conn = test.db.begin().await.unwrap();
        let taken = environments::insert(&mut conn, &environment(owner.id, "shop")).await.unwrap_err();
        assert!(taken.violates("environments_name", "environments.name"), "{taken:?}");
        drop(conn);

        let mut conn = test.db.begin().await.unwrap();
        let second = requests::insert(&mut conn, &request(owner.id, &first, 2, 11, None)).await.unwrap_err();
        assert!(second.violates("requests_one_open", "requests.environment_id"), "{second:?}");
        assert!(!matches!(second, StoreError::Other(_)));
        drop(conn);

        let mut conn = test.db.begin().await.unwrap();
        first.state = "abandoned".into();
        environments::update(&mut conn, &first).await.unwrap();
        environments::insert(&mut conn, &environment(owner.id, "shop")).await.unwrap();
        conn.commit().await.unwrap();
        test.remove().await;
    }
}

#[tokio::test]
async fn lists_page_without_gaps_in_every_order_and_show_only_what_the_reader_may_see() {
    for test in each_engine().await {
        let mut conn = test.db.begin().await.unwrap();
        let owner = people::upsert(&mut conn, &person(1)).await.unwrap();
        for n in 0..25 {
            let environment = environment(owner.id, &format!("env-{n}"));
            environments::insert(&mut conn, &environment).await.unwrap();
            let price = (n % 3 != 0).then_some(n / 4);
            // Several share a time and a price: the id breaks the tie.
            requests::insert(&mut conn, &request(owner.id, &environment, n + 1, n / 5, price)).await.unwrap();
        }
        conn.commit().await.unwrap();
        let mut conn = test.db.read().await.unwrap();
        let all = requests::Reader { everything: true, ..Default::default() };
        type Next = fn(&requests::Request) -> (i64, Uuid);
        type Make = fn(Option<(i64, Uuid)>) -> requests::Order;
        let orders: [(Make, Next); 3] = [
            (requests::Order::Newest, |r| (r.submitted_at, r.id)),
            (requests::Order::Oldest, |r| (r.submitted_at, r.id)),
            (requests::Order::PriceHigh, |r| (r.monthly_micros.unwrap_or(-1), r.id)),
        ];
        for (order, key) in orders {
            let (mut seen, mut after) = (Vec::new(), None);
            loop {
                let query = requests::Query { order: order(after), ..requests::Query::of(all.clone(), 4) };
                let page = requests::list(&mut conn, &query).await.unwrap();
                after = page.last().map(key);
                if page.is_empty() {
                    break;
                }
                seen.extend(page.into_iter().map(|r| r.number));
            }
            assert_eq!(seen.len(), 25);
            assert_eq!(seen.iter().collect::<BTreeSet<_>>().len(), 25);
        }
        let count = async |conn: &mut causeway_store::Conn, reader: requests::Reader| {
            requests::list(conn, &requests::Query::of(reader, 100)).await.unwrap().len()
        };
        assert_eq!(count(&mut conn, requests::Reader::default()).await, 0);
        assert_eq!(count(&mut conn, requests::Reader { person: owner.id, ..Default::default() }).await, 25);
        assert_eq!(
            count(&mut conn, requests::Reader { teams: vec!["payments".into()], ..Default::default() }).await,
            25
        );
        assert_eq!(
            count(
                &mut conn,
                requests::Reader { teams: vec!["search".into(), "x' OR 1=1 --".into()], ..Default::default() }
            )
            .await,
            0
        );
        assert_eq!(
            count(&mut conn, requests::Reader { tiers: vec!["staging".into()], ..Default::default() }).await,
            25
        );
        let query = requests::Query { text: "env_1".into(), ..requests::Query::of(all.clone(), 100) };
        assert_eq!(requests::list(&mut conn, &query).await.unwrap().len(), 0, "an underscore is not a wildcard");
        drop(conn);
        test.remove().await;
    }
}

#[tokio::test]
async fn people_keep_their_id_and_roles_are_replaced() {
    for test in each_engine().await {
        let mut conn = test.db.begin().await.unwrap();
        let first = people::upsert(&mut conn, &person(1)).await.unwrap();
        let again = people::upsert(&mut conn, &people::Person { name: "New Name".into(), ..person(1) }).await.unwrap();
        assert_eq!((again.id, again.name.as_str()), (first.id, "New Name"));
        let manager = Grant { role: Role::Manager, scope: Scope::Team("a:b \"c\"".into()) };
        people::set_grants(&mut conn, first.id, &[manager.clone(), manager.clone()]).await.unwrap();
        assert_eq!(people::grants_of(&mut conn, first.id).await.unwrap(), vec![manager]);
        assert_eq!(people::holders(&mut conn, &[Role::Manager, Role::Auditor]).await.unwrap().len(), 1);
        people::set_grants(&mut conn, first.id, &[]).await.unwrap();
        assert!(people::holders(&mut conn, &[Role::Manager]).await.unwrap().is_empty());
        assert!(people::holders(&mut conn, &[]).await.unwrap().is_empty());
        assert!(seen::note(&mut conn, "webhook", "a", 1).await.unwrap());
        assert!(!seen::note(&mut conn, "webhook", "a", 2).await.unwrap());
        drop(conn);
        test.remove().await;
    }
}
