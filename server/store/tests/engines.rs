//! The same on both engines: the schema, every statement, and what the functions promise.

use causeway_contract::people::{Grant, Role, Scope};
use causeway_store::{
    Conn, Db, MockClock, StoreError,
    audit::{self, NewEvent, Verdict, Who},
    environments, jobs, new_id, people, requests, seen,
    testing::each_engine,
};
use chrono::{DateTime, TimeDelta, Utc};
use sqlx::{AssertSqlSafe, Executor, SqlSafeStr};
use std::{collections::BTreeSet, path::Path};
use uuid::Uuid;

fn noon() -> DateTime<Utc> {
    "2026-11-24T12:00:00Z".parse().unwrap()
}

/// A line for each column, key, unique constraint, check and index of a migrated database, in words that both engines share.
const SQLITE_SCHEMA: &str = r#"
    WITH tables AS (SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '\_sqlx%' ESCAPE '\' AND name NOT LIKE 'sqlite%')
    SELECT t.name || '.' || c.name || ' ' || CASE c.type WHEN 'BLOB' THEN 'uuid' ELSE lower(c.type) END
           || CASE WHEN c."notnull" = 1 OR c.pk > 0 THEN ' not null' ELSE '' END || coalesce(' default ' || c.dflt_value, '')
      FROM tables t JOIN pragma_table_info(t.name) c
    UNION ALL
    SELECT t.name || ' primary key (' || (SELECT group_concat(name, ', ' ORDER BY pk) FROM pragma_table_info(t.name) WHERE pk > 0) || ')'
      FROM tables t
    UNION ALL
    SELECT t.name || ' unique (' || (SELECT group_concat(name, ', ' ORDER BY seqno) FROM pragma_index_info(i.name)) || ')'
      FROM tables t JOIN pragma_index_list(t.name) i WHERE i.origin = 'u'
    UNION ALL
    SELECT t.name || ' foreign key (' || f."from" || ') references ' || f."table" || '(' || coalesce(f."to", 'id') || ')'
      FROM tables t JOIN pragma_foreign_key_list(t.name) f
    UNION ALL
    SELECT sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL
"#;

const POSTGRES_SCHEMA: &str = r#"
    SELECT table_name || '.' || column_name || ' ' || data_type || CASE is_nullable WHEN 'NO' THEN ' not null' ELSE '' END
           || coalesce(' default ' || column_default, '')
      FROM information_schema.columns WHERE table_schema = 'public' AND table_name NOT LIKE '\_sqlx%'
    UNION ALL
    SELECT r.relname || ' ' || pg_get_constraintdef(c.oid)
      FROM pg_constraint c JOIN pg_class r ON r.oid = c.conrelid
     WHERE r.relnamespace = 'public'::regnamespace AND c.contype IN ('p', 'u', 'f', 'c') AND r.relname NOT LIKE '\_sqlx%'
    UNION ALL
    SELECT pg_get_indexdef(i.indexrelid)
      FROM pg_index i JOIN pg_class r ON r.oid = i.indrelid
     WHERE r.relnamespace = 'public'::regnamespace AND r.relname NOT LIKE '\_sqlx%'
       AND NOT EXISTS (SELECT 1 FROM pg_constraint c WHERE c.conindid = i.indexrelid AND c.contype IN ('p', 'u'))
"#;

/// The checks of `CREATE TABLE` statements: SQLite keeps them only in its text.
fn checks(table: &str, create: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (at, _) in create.match_indices("CHECK (") {
        let (mut depth, mut end) = (0, create.len());
        for (i, c) in create[at..].char_indices() {
            depth += i32::from(c == '(') - i32::from(c == ')');
            if c == ')' && depth == 0 {
                end = at + i;
                break;
            }
        }
        found.push(format!("{table} {}", &create[at..end]));
    }
    found
}

/// What is only a manner of writing is taken away: brackets, blanks, quotes, casts, Postgres' own form of `IN`.
fn plain(line: &str) -> String {
    let line = line
        .replace("'-1'::integer", "-1")
        .replace("::text", "")
        .replace("::bigint", "")
        .replace("public.", "")
        .replace(" USING btree", "");
    let line = line.replace("= ANY (ARRAY[", "IN (").replace(']', ")").to_lowercase();
    line.chars().filter(|c| !matches!(c, '(' | ')' | ' ' | '"' | '\n')).collect()
}

#[tokio::test]
async fn both_engines_have_the_same_schema() {
    let mut schemas = Vec::new();
    for test in each_engine().await {
        let mut lines: Vec<String> = match &test.db {
            Db::Sqlite { read, .. } => sqlx::query_scalar(SQLITE_SCHEMA).fetch_all(read).await.unwrap(),
            Db::Postgres(pool) => sqlx::query_scalar(POSTGRES_SCHEMA).fetch_all(pool).await.unwrap(),
        };
        if let Db::Sqlite { read, .. } = &test.db {
            let tables: Vec<(String, String)> =
                sqlx::query_as("SELECT name, sql FROM sqlite_master WHERE type = 'table' AND sql LIKE '%CHECK%'")
                    .fetch_all(read)
                    .await
                    .unwrap();
            lines.extend(tables.iter().flat_map(|(table, create)| checks(table, create)));
        }
        let schema: BTreeSet<String> = lines.iter().map(|line| plain(line)).collect();
        for (kind, least) in
            [("bigint", 50), ("uuidnotnull", 15), ("unique", 7), ("check", 10), ("foreignkey", 12), ("index", 20)]
        {
            let count = schema.iter().filter(|line| line.contains(kind)).count();
            assert!(count >= least, "{}: only {count} lines with {kind}: {schema:#?}", test.db.engine_name());
        }
        schemas.push(schema);
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
    statements_in(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src")))
}

fn statements_in(folder: &Path) -> Vec<&'static str> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(statements_in(&path));
            continue;
        }
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
    assert!(statements.iter().any(|sql| sql.contains("INSERT INTO request_revisions")), "folders are looked into");
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
            assert!(test.execute(sql).await.is_err(), "{sql} was not refused");
        }
        // Whoever owns the database can lift that; then the walk finds it, from the end to the beginning.
        for lift in match &test.db {
            Db::Sqlite { .. } => ["DROP TRIGGER audit_events_no_update", "DROP TRIGGER audit_events_no_delete"],
            Db::Postgres(_) => [
                "DROP TRIGGER audit_events_no_update ON audit_events",
                "DROP TRIGGER audit_events_no_delete ON audit_events",
            ],
        } {
            test.execute(lift).await.unwrap();
        }
        for (sql, first, part) in [
            ("DELETE FROM audit_events WHERE seq = 35", 35, "rows up to 35 are missing at the end"),
            ("UPDATE audit_events SET search = '' WHERE seq = 30", 30, "does not match its hash"),
            ("DELETE FROM audit_events WHERE seq = 20", 20, "this row is missing"),
            (
                "UPDATE audit_events SET detail = replace(detail, 'n', 'm') WHERE seq = 17",
                17,
                "does not match its hash",
            ),
        ] {
            test.execute(sql).await.unwrap();
            let mut conn = test.db.read().await.unwrap();
            match audit::verify(&mut conn).await.unwrap() {
                Verdict::Broken { seq, why } if seq == first && why.contains(part) => {}
                other => panic!("{sql}: {other:?}"),
            }
        }
        test.remove().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_chain_is_whole_while_others_add_to_it() {
    for test in each_engine().await {
        let (stop, stopped) = tokio::sync::watch::channel(false);
        let writer = tokio::spawn({
            let db = test.db.clone();
            async move {
                let mut written = 0;
                while !*stopped.borrow() {
                    let mut conn = db.begin().await.unwrap();
                    audit::append(&mut conn, noon(), event(written)).await.unwrap();
                    conn.commit().await.unwrap();
                    written += 1;
                }
                written
            }
        });
        // Only a walk during which the chain grew says anything.
        let mut grew = 0;
        while grew < 20 {
            let mut conn = test.db.read().await.unwrap();
            let (before, _) = audit::head(&mut conn).await.unwrap();
            match audit::verify(&mut conn).await.unwrap() {
                Verdict::Whole(links) => assert!(links >= before),
                broken => panic!("{}: {broken:?}", test.db.engine_name()),
            }
            grew += usize::from(audit::head(&mut conn).await.unwrap().0 > before);
        }
        stop.send(true).unwrap();
        let written = writer.await.unwrap();
        let mut conn = test.db.read().await.unwrap();
        assert_eq!(audit::verify(&mut conn).await.unwrap(), Verdict::Whole(written as i64));
        drop(conn);
        test.remove().await;
    }
}

#[tokio::test]
async fn names_are_found_however_they_are_written() {
    for test in each_engine().await {
        let mut conn = test.db.begin().await.unwrap();
        for (n, name) in ["Åsa Öberg", "ÅSA LIND", "Zoë 100%", "İpek"].into_iter().enumerate() {
            let who = Who::Person { id: new_id(noon()), name: name.into() };
            audit::append(&mut conn, noon(), NewEvent { who, ..event(n) }).await.unwrap();
        }
        conn.commit().await.unwrap();
        let mut conn = test.db.read().await.unwrap();
        for (text, found) in [
            ("Åsa", vec!["ÅSA LIND", "Åsa Öberg"]),
            ("åsa", vec!["ÅSA LIND", "Åsa Öberg"]),
            ("ÖBERG", vec!["Åsa Öberg"]),
            ("zoË", vec!["Zoë 100%"]),
            ("0%", vec!["Zoë 100%"]),
            ("%", vec!["Zoë 100%"]),
            ("İPEK", vec!["İpek"]),
            ("REQUEST 2", vec!["Zoë 100%"]),
            ("asa", vec![]),
            ("_", vec![]),
        ] {
            let query = audit::Query { text: text.into(), limit: 10, ..Default::default() };
            let events = audit::find(&mut conn, &query).await.unwrap();
            let names: Vec<&str> = events.iter().map(|e| e.actor_name.as_str()).collect();
            assert_eq!(names, found, "{text} on {}", test.db.engine_name());
        }
        drop(conn);
        test.remove().await;
    }
}

async fn execute(db: &Db, sql: &str) -> Result<(), sqlx::Error> {
    let sql = AssertSqlSafe(sql.to_owned());
    match db {
        Db::Sqlite { write, .. } => sqlx::query(sql).execute(write).await.map(drop),
        Db::Postgres(pool) => sqlx::query(sql).execute(pool).await.map(drop),
    }
}

async fn five_links(db: &Db) {
    let mut conn = db.begin().await.unwrap();
    for n in 0..5 {
        audit::append(&mut conn, noon(), event(n)).await.unwrap();
    }
    conn.commit().await.unwrap();
}

/// A copy of the first link under another number.
fn copy_as(seq: i64, insert: &str) -> String {
    format!(
        "{insert} INTO audit_events (seq, at, actor_kind, actor_id, actor_name, action, subject_kind, subject_id, subject_name, outcome, detail, search, hash)
         SELECT {seq}, at, actor_kind, actor_id, 'Nobody', action, subject_kind, subject_id, subject_name, outcome, detail, search, hash
         FROM audit_events WHERE seq = 1"
    )
}

#[tokio::test]
async fn the_record_only_grows_whatever_statement_is_tried() {
    for test in each_engine().await {
        five_links(&test.db).await;
        let mut tried: Vec<String> = [-1, 0, 1, 3, 5, 7].map(|seq| copy_as(seq, "INSERT")).into();
        tried.extend(
            [
                "UPDATE audit_events SET detail = '{}'",
                "DELETE FROM audit_events WHERE seq = 5",
                "DELETE FROM audit_head",
                "UPDATE audit_head SET seq = 4",
                "UPDATE audit_head SET id = 2",
                "INSERT INTO audit_head (id, seq, hash) VALUES (2, 0, '')",
            ]
            .map(str::to_owned),
        );
        match &test.db {
            Db::Sqlite { .. } => {
                tried.extend([-1, 0, 3, 5].map(|seq| copy_as(seq, "INSERT OR REPLACE")));
                tried.push("REPLACE INTO audit_head (id, seq, hash) VALUES (1, 0, '')".into());
                tried.push("UPDATE OR REPLACE audit_events SET seq = 4 WHERE seq = 5".into());
            }
            Db::Postgres(_) => {
                tried.push("TRUNCATE audit_events".into());
                tried.push("TRUNCATE audit_head".into());
                tried.push(format!("{} ON CONFLICT (seq) DO UPDATE SET actor_name = 'x'", copy_as(3, "INSERT")));
                tried.push(
                    "INSERT INTO audit_head (id, seq, hash) VALUES (1, 0, '') ON CONFLICT (id) DO UPDATE SET seq = 0"
                        .into(),
                );
            }
        }
        for sql in &tried {
            let Err(refusal) = execute(&test.db, sql).await else {
                panic!("{} did not refuse {sql}", test.db.engine_name());
            };
            let said = refusal.to_string();
            assert!(
                said.contains("audit") && !said.to_lowercase().contains("null"),
                "for another reason: {said}: {sql}"
            );
        }
        let mut conn = test.db.begin().await.unwrap();
        assert_eq!(audit::verify(&mut conn).await.unwrap(), Verdict::Whole(5));
        assert_eq!(audit::append(&mut conn, noon(), event(6)).await.unwrap(), 6, "and it still grows");
        drop(conn);
        test.remove().await;
    }
}

/// What somebody can do who may change the schema, and what tells of it.
#[tokio::test]
async fn a_row_taken_out_a_cut_tail_and_a_lost_head_are_found() {
    let cut = "UPDATE audit_head SET seq = 3, hash = (SELECT hash FROM audit_events WHERE seq = 3)";
    for (statements, first_broken) in [
        (&["DELETE FROM audit_events WHERE seq = 3"][..], Some(3)),
        (&["DELETE FROM audit_events WHERE seq > 3"], Some(4)),
        (&["DELETE FROM audit_head"], Some(5)),
        (&["UPDATE audit_head SET hash = ''"], Some(5)),
        // Nothing inside the database tells: only somebody who wrote the pair down.
        (&["DELETE FROM audit_events WHERE seq > 3", cut], None),
    ] {
        for test in each_engine().await {
            five_links(&test.db).await;
            let mut conn = test.db.read().await.unwrap();
            let (seq, hash) = audit::head(&mut conn).await.unwrap();
            assert_eq!((seq, audit::hash_of(&mut conn, 5).await.unwrap()), (5, Some(hash)));
            drop(conn);
            for name in ["events_no_delete", "head_no_delete", "head_only_forward"] {
                let table = if name.starts_with("events") { "audit_events" } else { "audit_head" };
                let on = if matches!(test.db, Db::Postgres(_)) { format!(" ON {table}") } else { String::new() };
                execute(&test.db, &format!("DROP TRIGGER audit_{name}{on}")).await.unwrap();
            }
            for sql in statements {
                execute(&test.db, sql).await.unwrap();
            }
            let mut conn = test.db.read().await.unwrap();
            match (audit::verify(&mut conn).await.unwrap(), first_broken) {
                (Verdict::Broken { seq, .. }, Some(first)) => assert_eq!(seq, first, "{statements:?}"),
                (Verdict::Whole(3), None) => assert_eq!(audit::hash_of(&mut conn, 5).await.unwrap(), None),
                other => panic!("{statements:?}: {other:?}"),
            }
            drop(conn);
            test.remove().await;
        }
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
        let count = async |conn: &mut Conn, reader: requests::Reader| {
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
        for (text, found) in [("env_1", 0), ("ENV-24", 1), ("Env-2", 6)] {
            let query = requests::Query { text: text.into(), ..requests::Query::of(all.clone(), 100) };
            let rows = requests::list(&mut conn, &query).await.unwrap();
            assert_eq!(rows.len(), found, "{text}: no wildcards, and names are lower-case");
            let query = environments::Query {
                reader: all.clone(),
                text: text.into(),
                state: None,
                tier: None,
                team: None,
                after: None,
                limit: 100,
            };
            assert_eq!(environments::list(&mut conn, &query).await.unwrap().len(), found, "{text}");
        }
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
