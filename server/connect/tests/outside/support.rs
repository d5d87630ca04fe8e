//! A server on loopback that replays answers, and serves real git beside them through `git http-backend`.

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::{Request, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use causeway_connect::{
    bitbucket::{DataCenter, DataCenterConfig},
    http::Secret,
};
use causeway_portal::delivery::host::Signature;
use std::{
    collections::HashMap,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::{Arc, Mutex},
};
use tokio::io::AsyncWriteExt;

pub(crate) const TOKEN: &str = "NzE4MTg5OTg5MDU4OoTokenOfTests";
pub(crate) const REPO: &str = "/bitbucket/rest/api/latest/projects/PLAT/repos/estate";

#[derive(Clone, Default)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Vec<u8>,
}

pub(crate) fn json(status: u16, body: impl Into<Vec<u8>>) -> Reply {
    Reply { status, headers: vec![("content-type", "application/json;charset=UTF-8".into())], body: body.into() }
}

pub(crate) fn html(status: u16, body: &str) -> Reply {
    Reply { status, headers: vec![("content-type", "text/html".into())], body: body.into() }
}

pub(crate) fn fixture(name: &str) -> Vec<u8> {
    std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name)).unwrap()
}

impl Reply {
    pub(crate) fn with(mut self, name: &'static str, value: &str) -> Self {
        self.headers.push((name, value.into()));
        self
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Seen {
    pub(crate) act: String,
    pub(crate) query: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Seen {
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap()
    }
}

#[derive(Clone, Default)]
struct Inside {
    /// Replies by `METHOD path`, the last one for ever.
    replies: Arc<Mutex<HashMap<String, Vec<Reply>>>>,
    seen: Arc<Mutex<Vec<Seen>>>,
    projects: Option<PathBuf>,
}

pub(crate) struct Server {
    pub(crate) base: String,
    inside: Inside,
    task: tokio::task::JoinHandle<()>,
    folder: tempfile::TempDir,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Server {
    /// Replays; no git.
    pub(crate) async fn replaying() -> Self {
        Self::start(false).await
    }

    /// With an empty bare repository PLAT/estate.
    pub(crate) async fn with_git() -> Self {
        let server = Self::start(true).await;
        std::fs::create_dir_all(server.bare()).unwrap();
        git(&server.bare(), &["init", "--quiet", "--bare", "--initial-branch=main", "."]);
        server
    }

    async fn start(with_git: bool) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let inside = Inside { projects: with_git.then(|| folder.path().join("projects")), ..Inside::default() };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}/bitbucket", listener.local_addr().unwrap());
        let app = Router::new().fallback(answer).with_state(inside.clone());
        let task = tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        Self { base, inside, task, folder }
    }

    pub(crate) fn on(&self, act: &str, replies: impl IntoIterator<Item = Reply>) -> &Self {
        let replies: Vec<Reply> = replies.into_iter().collect();
        self.inside.replies.lock().unwrap().insert(act.to_owned(), replies);
        self
    }

    /// Below `/bitbucket/rest/api/latest/projects/PLAT/repos/estate`.
    pub(crate) fn repo(&self, method: &str, path: &str, reply: Reply) -> &Self {
        self.on(&format!("{method} {REPO}{path}"), [reply])
    }

    pub(crate) fn seen(&self, act: &str) -> Vec<Seen> {
        self.inside.seen.lock().unwrap().iter().filter(|s| s.act == act).cloned().collect()
    }

    pub(crate) fn all_seen(&self) -> Vec<Seen> {
        self.inside.seen.lock().unwrap().clone()
    }

    pub(crate) fn bare(&self) -> PathBuf {
        self.folder.path().join("projects/plat/estate.git")
    }

    pub(crate) fn mirrors(&self) -> PathBuf {
        self.folder.path().join("mirrors")
    }

    pub(crate) fn config(&self) -> DataCenterConfig {
        DataCenterConfig {
            base_url: self.base.parse().unwrap(),
            project: "PLAT".into(),
            slug: "estate".into(),
            token: Secret::new(TOKEN),
            bot: Signature { name: "Causeway".into(), email: "causeway@example.com".into() },
            mirror_dir: self.mirrors(),
            default_branch: None,
            webhook_url: Some("https://causeway.example.com/webhooks/bitbucket".into()),
            ca_file: None,
        }
    }

    pub(crate) fn host(&self) -> DataCenter {
        DataCenter::new(self.config()).unwrap()
    }

    /// Commits files on top of a branch of the server's repository, as another person; returns the id.
    pub(crate) fn commit(&self, branch: &str, files: &[(&str, &[u8])]) -> String {
        commit(&self.bare(), &self.folder.path().join("work"), branch, files)
    }
}

async fn answer(State(inside): State<Inside>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, 64 * 1024 * 1024).await.unwrap().to_vec();
    let act = format!("{} {}", parts.method, parts.uri.path());
    let query = parts.uri.query().unwrap_or_default().to_owned();
    let seen = Seen { act: act.clone(), query: query.clone(), headers: parts.headers.clone(), body: body.clone() };
    inside.seen.lock().unwrap().push(seen.clone());
    let reply = {
        let mut replies = inside.replies.lock().unwrap();
        replies.get_mut(&act).map(|list| if list.len() > 1 { list.remove(0) } else { list[0].clone() })
    };
    if let Some(reply) = reply {
        let mut response = (StatusCode::from_u16(reply.status).unwrap(), Body::from(reply.body)).into_response();
        response.headers_mut().remove(header::CONTENT_TYPE);
        for (name, value) in reply.headers {
            response.headers_mut().insert(name, value.parse().unwrap());
        }
        return response;
    }
    match (&inside.projects, parts.uri.path().strip_prefix("/bitbucket/scm")) {
        (Some(projects), Some(path)) => {
            let authorization = parts.headers.get("authorization").and_then(|v| v.to_str().ok());
            if authorization != Some(&format!("Bearer {TOKEN}")) {
                return (StatusCode::UNAUTHORIZED, [("www-authenticate", "Basic realm=\"Bitbucket\"")]).into_response();
            }
            http_backend(projects, path, &seen).await
        }
        _ => StatusCode::NOT_FOUND.into_response(),
    }
}

async fn http_backend(projects: &Path, path: &str, seen: &Seen) -> Response {
    let header = |name: &str| seen.headers.get(name).and_then(|v| v.to_str().ok()).unwrap_or_default().to_owned();
    let mut child = tokio::process::Command::new("git")
        .arg("http-backend")
        .env_clear()
        .envs(sealed())
        .env("GIT_PROJECT_ROOT", projects)
        .env("GIT_HTTP_EXPORT_ALL", "1")
        .env("PATH_INFO", path)
        .env("REQUEST_METHOD", seen.act.split(' ').next().unwrap())
        .env("QUERY_STRING", &seen.query)
        .env("CONTENT_TYPE", header("content-type"))
        .env("CONTENT_LENGTH", seen.body.len().to_string())
        .env("HTTP_CONTENT_ENCODING", header("content-encoding"))
        .env("GIT_PROTOCOL", header("git-protocol"))
        .env("REMOTE_USER", "causeway")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let (mut stdin, body) = (child.stdin.take().unwrap(), seen.body.clone());
    let feed = tokio::spawn(async move {
        let _ = stdin.write_all(&body).await;
    });
    let output = child.wait_with_output().await.unwrap().stdout;
    feed.await.unwrap();
    let end = output.windows(4).position(|w| w == b"\r\n\r\n").unwrap();
    let mut response = Body::from(output[end + 4..].to_vec()).into_response();
    for line in String::from_utf8_lossy(&output[..end]).lines() {
        let (name, value) = line.split_once(": ").unwrap();
        if name == "Status" {
            *response.status_mut() = StatusCode::from_u16(value[..3].parse().unwrap()).unwrap();
        } else {
            response.headers_mut().insert(header::HeaderName::try_from(name).unwrap(), value.parse().unwrap());
        }
    }
    response
}

fn sealed() -> Vec<(&'static str, String)> {
    vec![
        ("PATH", std::env::var("PATH").unwrap()),
        ("HOME", "/dev/null".into()),
        ("GIT_CONFIG_NOSYSTEM", "1".into()),
        ("GIT_CONFIG_GLOBAL", "/dev/null".into()),
    ]
}

/// Runs git in `dir` as another person would.
pub(crate) fn git(dir: &Path, args: &[&str]) -> String {
    let mut command = Command::new("git");
    command.args(args).current_dir(dir).env_clear().envs(sealed());
    for role in ["AUTHOR", "COMMITTER"] {
        command.env(format!("GIT_{role}_NAME"), "Somebody").env(format!("GIT_{role}_EMAIL"), "somebody@example.com");
    }
    let output = command.output().unwrap();
    assert!(output.status.success(), "git {args:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).trim_end().to_owned()
}

pub(crate) fn commit(bare: &Path, work: &Path, branch: &str, files: &[(&str, &[u8])]) -> String {
    if !work.exists() {
        std::fs::create_dir_all(work).unwrap();
        git(work, &["init", "--quiet", "--initial-branch", branch, "."]);
    }
    for (path, bytes) in files {
        let path = work.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }
    git(work, &["add", "--all", "."]);
    git(work, &["commit", "--quiet", "--message", "By somebody"]);
    git(work, &["push", "--quiet", bare.to_str().unwrap(), &format!("HEAD:refs/heads/{branch}")]);
    git(work, &["rev-parse", "HEAD"])
}
