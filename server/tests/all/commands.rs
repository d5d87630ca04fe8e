//! The program on the command line.

use causeway_store::{
    Clock, Db, SystemClock,
    audit::{self, NewEvent, Who},
    migrate, new_id, open,
    testing::{execute, options},
};
use std::process::{Command, Output};

fn causeway(dir: &std::path::Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_causeway"));
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("CAUSEWAY_")) {
        command.env_remove(name);
    }
    command.current_dir(dir).args(arguments).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

const CONFIG: &str = r#"
    [server]
    public_url = "https://portal.example.com"
    [sign_in]
    issuer = "https://sso.example.com"
    client_id = "causeway"
    client_secret = "file:client-secret"
    [bitbucket]
    url = "https://git.example.com"
    project = "CLOUD"
    repository = "infrastructure"
    token = "token-in-the-file"
    [catalogue]
    location = "templates"
    [[roles.map]]
    group = "admins"
    role = "infrastructure-admin"
"#;

#[test]
fn a_configuration_is_checked_and_its_faults_are_named() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("causeway.toml"), CONFIG).unwrap();
    let missing = causeway(dir.path(), &["check-config"]);
    assert_eq!(missing.status.code(), Some(2));
    assert!(
        text(&missing.stderr).contains("sign_in.client_secret: the file client-secret cannot be read"),
        "{}",
        text(&missing.stderr)
    );
    std::fs::write(dir.path().join("client-secret"), "hush-hush\n").unwrap();
    let good = causeway(dir.path(), &["check-config"]);
    assert_eq!((good.status.code(), text(&good.stdout).as_str()), (Some(0), ""), "{}", text(&good.stderr));
    assert!(text(&good.stderr).contains("/metrics answers nobody: behind a proxy"), "{}", text(&good.stderr));
    assert!(!text(&good.stderr).contains("hush") && !text(&good.stderr).contains("token-in-the-file"));
    std::fs::write(
        dir.path().join("causeway.toml"),
        CONFIG.replace("issuer", "isuer").replace("[[roles.map]]", "[[roles.maps]]"),
    )
    .unwrap();
    let bad = causeway(dir.path(), &["check-config"]);
    let said = text(&bad.stderr);
    assert_eq!(bad.status.code(), Some(2));
    assert!(said.contains("did you mean sign_in.issuer?") && said.contains("did you mean roles.map?"), "{said}");
    let absent = causeway(dir.path(), &["check-config", "--config", "nowhere.toml"]);
    assert!(text(&absent.stderr).contains("nowhere.toml") && absent.status.code() == Some(2));
}

#[test]
fn the_record_is_verified_from_the_command_line() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("causeway.toml"), CONFIG.replace("file:client-secret", "x")).unwrap();
    let data = ["--data", "."];
    let migrated = causeway(dir.path(), &["migrate", data[0], data[1]]);
    assert_eq!(migrated.status.code(), Some(0), "{}", text(&migrated.stderr));
    assert_eq!(text(&migrated.stdout), "");
    let verified = causeway(dir.path(), &["audit", "verify", data[0], data[1]]);
    assert_eq!(
        (verified.status.code(), text(&verified.stdout).as_str()),
        (Some(0), "{\"links\":0,\"head\":\"\"}\n"),
        "{}",
        text(&verified.stderr)
    );
}

/// A chain of seven links in the folder's own database, and whoever owns the file has lifted what protects it.
async fn record(dir: &std::path::Path) -> Db {
    let db = open(&options(&format!("sqlite:{}", dir.join("causeway.db").display()))).await.unwrap();
    migrate(&db).await.unwrap();
    for n in 1..=7 {
        let event = NewEvent {
            who: Who::Person { id: new_id(SystemClock.now()), name: format!("Person {n}") },
            action: "request.submitted",
            subject_kind: "request",
            subject_id: n.to_string(),
            subject_name: format!("request {n}"),
            done: true,
            detail: serde_json::json!({ "n": n }),
        };
        let mut conn = db.begin().await.unwrap();
        audit::append(&mut conn, SystemClock.now(), event).await.unwrap();
        conn.commit().await.unwrap();
    }
    execute(&db, "DROP TRIGGER audit_events_no_update").await.unwrap();
    execute(&db, "DROP TRIGGER audit_events_no_delete").await.unwrap();
    db
}

#[tokio::test]
async fn a_record_that_somebody_changed_is_named_with_its_row() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("causeway.toml"), CONFIG.replace("file:client-secret", "x")).unwrap();
    let db = record(dir.path()).await;
    let verify = || {
        let output = causeway(dir.path(), &["audit", "verify", "--data", "."]);
        (output.status.code(), text(&output.stdout), text(&output.stderr))
    };
    // The portal holds the file open meanwhile, as it does when operators verify.
    let (code, json, words) = verify();
    assert_eq!((code, words.as_str()), (Some(0), ""));
    assert!(json.starts_with("{\"links\":7,\"head\":\""), "{json}");
    for (sql, row, why) in [
        ("DELETE FROM audit_events WHERE seq = 7", 7, "rows up to 7 are missing at the end"),
        ("DELETE FROM audit_events WHERE seq = 5", 5, "this row is missing"),
        ("UPDATE audit_events SET actor_name = 'Person 8' WHERE seq = 3", 3, "its content does not match its hash"),
    ] {
        execute(&db, sql).await.unwrap();
        let (code, json, words) = verify();
        assert_eq!(code, Some(1), "{sql}: {words}");
        assert_eq!(
            serde_json::from_str::<serde_json::Value>(&json).unwrap(),
            serde_json::json!({ "broken_at": row, "why": why }),
            "{sql}"
        );
        assert!(words.contains(&format!("the record is broken at event {row}: {why}")), "{words}");
    }
    db.close().await;
}

/// Looking makes nothing: neither the data folder nor a database that would then look like an empty record.
#[test]
fn looking_makes_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let config = CONFIG
        .replace("file:client-secret", "x")
        .replace("https://sso.example.com", "http://127.0.0.1:9")
        .replace("https://git.example.com", "http://127.0.0.1:9")
        .replace("[sign_in]", "data_dir = \"data\"\n[sign_in]");
    std::fs::write(dir.path().join("causeway.toml"), &config).unwrap();
    let verified = causeway(dir.path(), &["audit", "verify"]);
    assert_eq!((verified.status.code(), text(&verified.stdout).as_str()), (Some(1), ""));
    assert!(text(&verified.stderr).contains("there is no database yet"), "{}", text(&verified.stderr));
    let checked = text(&causeway(dir.path(), &["check-config", "--online"]).stderr);
    assert!(checked.contains("ok     database: not there yet; causeway serve makes it"), "{checked}");
    assert!(!dir.path().join("data/causeway.db").exists(), "no database was made");
    std::fs::write(dir.path().join("causeway.toml"), config + "\n[database]\nmigrate_on_start = false\n").unwrap();
    let checked = text(&causeway(dir.path(), &["check-config", "--online"]).stderr);
    assert!(checked.contains("wrong  database: not there yet; run causeway migrate"), "{checked}");
    assert_eq!(causeway(dir.path(), &["migrate"]).status.code(), Some(0));
    let checked = text(&causeway(dir.path(), &["check-config", "--online"]).stderr);
    assert!(checked.contains("ok     database: SQLite answers"), "{checked}");
}

/// Whoever goes back to an older version is told so, by every command that would work on the newer rows.
#[tokio::test]
async fn a_version_that_is_older_than_the_database_says_so() {
    let dir = tempfile::tempdir().unwrap();
    let config = CONFIG.replace("file:client-secret", "x");
    std::fs::write(dir.path().join("causeway.toml"), &config).unwrap();
    let db = record(dir.path()).await;
    execute(
        &db,
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
         SELECT 9999, 'of the next version', success, checksum, execution_time FROM _sqlx_migrations WHERE version = 1",
    )
    .await
    .unwrap();
    db.close().await;
    for migrate_on_start in ["true", "false"] {
        let config = format!("{config}\n[database]\nmigrate_on_start = {migrate_on_start}\n");
        std::fs::write(dir.path().join("causeway.toml"), config).unwrap();
        for command in ["serve", "migrate"] {
            let output = causeway(dir.path(), &[command, "--data", "."]);
            let said = text(&output.stderr);
            assert_eq!(output.status.code(), Some(1), "{command}: {said}");
            assert!(said.contains("this version is older than the database"), "{command}: {said}");
        }
    }
}

#[test]
fn an_unreachable_database_is_said_without_its_password() {
    let dir = tempfile::tempdir().unwrap();
    let config = CONFIG.replace("file:client-secret", "x")
        + "\n[database]\nurl = \"postgres://causeway:sesame@127.0.0.1:9/none\"\ntimeout = \"1s\"\n";
    std::fs::write(dir.path().join("causeway.toml"), config).unwrap();
    let output = causeway(dir.path(), &["migrate"]);
    let said = text(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("database.url") && !said.contains("sesame"), "{said}");
}

#[test]
fn the_demo_refuses_to_be_seen_from_elsewhere() {
    let dir = tempfile::tempdir().unwrap();
    let output = causeway(dir.path(), &["demo", "--host", "0.0.0.0", "--data", "d"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("can sign in as anybody"));
    assert!(!dir.path().join("d").exists(), "nothing was made");
}

#[test]
fn the_reference_is_markdown_on_standard_output() {
    let dir = tempfile::tempdir().unwrap();
    let output = causeway(dir.path(), &["config-reference"]);
    assert_eq!(output.status.code(), Some(0));
    assert!(text(&output.stdout).contains("CAUSEWAY_SIGN_IN__CLIENT_SECRET"));
}

#[tokio::test]
async fn a_secret_comes_out_of_vault() {
    use axum::{Json, Router, routing::get};
    use causeway_server::config::{Secret, Vault};
    use http::{HeaderMap, StatusCode};
    let answer = async |headers: HeaderMap| {
        if headers.get("x-vault-token").is_none_or(|t| t != "hvs.token") {
            return Err(StatusCode::FORBIDDEN);
        }
        Ok(Json(
            serde_json::json!({ "data": { "data": { "token": "from-vault", "odd/key~": "odd" }, "metadata": {} } }),
        ))
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let router = Router::new().route("/v1/secret/data/team/causeway", get(answer));
    let server = tokio::spawn(axum::serve(listener, router).into_future());
    let mut vault = Vault { address: address.parse().unwrap(), token: Secret::new("hvs.token"), ca_file: None };
    let mut secret = Secret::new("vault:secret/team/causeway#token");
    secret.resolve("bitbucket.token", &vault).await.unwrap();
    assert_eq!(secret.expose(), "from-vault");
    assert_eq!(vault.read("secret/team/causeway#odd/key~").await.unwrap(), "odd");
    assert_eq!(vault.read("secret/data/team/causeway#token").await.unwrap(), "from-vault");
    for (reference, part) in [
        ("secret/team/causeway#missing", "no text under the key"),
        ("secret/team/nothing#token", "nothing at secret/team/nothing"),
        ("secret#token", "is not a reference"),
        ("secret/team", "is not a reference"),
    ] {
        let why = vault.read(reference).await.unwrap_err();
        assert!(why.contains(part), "{reference}: {why}");
    }
    vault.token = Secret::new("wrong");
    assert!(vault.read("secret/team/causeway#token").await.unwrap_err().contains("vault.token"));
    vault.address = "".parse().unwrap();
    assert!(vault.read("secret/team/causeway#token").await.unwrap_err().contains("vault.address is not set"));
    server.abort();
}
