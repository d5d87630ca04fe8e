//! `/scm/{project}/{slug}.git/…`: smart HTTP by git's own `http-backend`.

use super::command;
use crate::bitbucket::{
    Bitbucket,
    rest::{Caller, caller},
    users::User,
    world::Permission,
};
use axum::{
    body::Body,
    extract::{Path, Request, State},
    http::{HeaderName, HeaderValue, Method, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use futures::{StreamExt as _, stream};
use std::sync::Arc;
use tokio::{
    io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader},
    process::{Child, ChildStdout, Command},
};

const READ: &str = "git-upload-pack";
const WRITE: &str = "git-receive-pack";

pub(crate) async fn serve(
    State(bitbucket): State<Arc<Bitbucket>>,
    Path((project, repository, rest)): Path<(String, String, String)>,
    request: Request,
) -> Response {
    let Some(slug) = repository.strip_suffix(".git") else { return refuse(StatusCode::NOT_FOUND, "Not Found") };
    let user = match caller(&bitbucket, request.headers()) {
        Caller::User(user) => user,
        Caller::Anonymous | Caller::Wrong => return challenge(),
    };
    let Some(service) = service(request.method(), &rest, request.uri().query().unwrap_or_default()) else {
        return refuse(StatusCode::NOT_FOUND, "Only the smart protocol is served here.");
    };
    let (dir, project, slug) = {
        let world = bitbucket.world().await;
        let Ok(found) = world.repository(&project, slug) else {
            return refuse(StatusCode::NOT_FOUND, "Repository not found");
        };
        let needed = if service == WRITE { Permission::Write } else { Permission::Read };
        if !found.allows(&user, Permission::Read) {
            return refuse(
                StatusCode::NOT_FOUND,
                "Repository not found\nThe requested repository does not exist, or you do not have permission to access it.",
            );
        }
        if !found.allows(&user, needed) {
            return refuse(StatusCode::FORBIDDEN, "You are not permitted to push to this repository.");
        }
        if service == WRITE && found.archived {
            return refuse(StatusCode::FORBIDDEN, "This repository is archived and read-only.");
        }
        (bitbucket.git(found).dir, found.project.clone(), found.slug.clone())
    };
    let push = request.method() == Method::POST && service == WRITE;
    if !push {
        return run(&dir, &rest, &user, request).await.unwrap_or_else(fail);
    }
    // A push is finished, and its events are sent, even when the client goes away in the middle of the answer.
    let work = tokio::spawn(async move {
        let response = whole(run(&dir, &rest, &user, request).await.unwrap_or_else(fail)).await;
        if let Err(refusal) = bitbucket.take_in(&project, &slug, &user).await {
            tracing::error!(?refusal, "a push was received but not taken in");
        }
        response
    });
    work.await.unwrap_or_else(|_| refuse(StatusCode::INTERNAL_SERVER_ERROR, "The push failed."))
}

/// Which half of the protocol is spoken.
fn service(method: &Method, rest: &str, query: &str) -> Option<&'static str> {
    let asked = |name: &'static str| {
        let get = *method == Method::GET && rest == "info/refs" && query == format!("service={name}");
        (get || (*method == Method::POST && rest == name)).then_some(name)
    };
    asked(READ).or_else(|| asked(WRITE))
}

/// The process, with the request in its environment as CGI wants it.
fn backend(dir: &std::path::Path, rest: &str, user: &User, head: &Parts) -> Command {
    let mut backend = command(dir);
    backend
        .arg("http-backend")
        .env("GIT_PROJECT_ROOT", dir)
        .env("GIT_HTTP_EXPORT_ALL", "1")
        .env("PATH_INFO", format!("/{rest}"))
        .env("REQUEST_METHOD", head.method.as_str())
        .env("QUERY_STRING", head.uri.query().unwrap_or_default())
        .env("REMOTE_USER", user.name)
        .env("REMOTE_ADDR", "127.0.0.1")
        .env("GIT_COMMITTER_NAME", user.display_name)
        .env("GIT_COMMITTER_EMAIL", user.email)
        .stdin(std::process::Stdio::piped());
    for (name, variable) in [
        ("content-type", "CONTENT_TYPE"),
        ("content-length", "CONTENT_LENGTH"),
        ("content-encoding", "HTTP_CONTENT_ENCODING"),
        ("git-protocol", "GIT_PROTOCOL"),
    ] {
        if let Some(value) = head.headers.get(name).and_then(|v| v.to_str().ok()) {
            backend.env(variable, value);
        }
    }
    backend
}

async fn run(dir: &std::path::Path, rest: &str, user: &User, request: Request) -> std::io::Result<Response> {
    let (head, body) = request.into_parts();
    let mut child = backend(dir, rest, user, &head).spawn()?;
    let mut stdin = child.stdin.take();
    let mut body = body.into_data_stream();
    tokio::spawn(async move {
        if let Some(stdin) = stdin.as_mut() {
            while let Some(Ok(chunk)) = body.next().await {
                if stdin.write_all(&chunk).await.is_err() {
                    break;
                }
            }
        }
        drop(stdin);
    });
    if let Some(stderr) = child.stderr.take() {
        tokio::spawn(async move {
            let mut text = String::new();
            let _ = BufReader::new(stderr).read_to_string(&mut text).await;
            if !text.trim().is_empty() {
                tracing::debug!(text = text.trim(), "git http-backend");
            }
        });
    }
    let stdout = child.stdout.take().ok_or_else(|| std::io::Error::other("git has no output"))?;
    answer(child, BufReader::new(stdout)).await
}

/// Reads the CGI headers and streams what follows.
async fn answer(child: Child, mut stdout: BufReader<ChildStdout>) -> std::io::Result<Response> {
    let mut response = Response::new(Body::empty());
    loop {
        let mut line = String::new();
        if stdout.read_line(&mut line).await? == 0 {
            return Err(std::io::Error::other("git ended before it answered"));
        }
        let line = line.trim_end();
        if line.is_empty() {
            break;
        }
        let Some((name, value)) = line.split_once(':') else { continue };
        let value = value.trim();
        if name.eq_ignore_ascii_case("status") {
            let code = value.split(' ').next().and_then(|c| c.parse().ok()).unwrap_or(500);
            *response.status_mut() = StatusCode::from_u16(code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        } else if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::from_str(value)) {
            response.headers_mut().insert(name, value);
        }
    }
    let chunks = stream::unfold(Some((child, stdout)), |state| async move {
        let (mut child, mut stdout) = state?;
        let mut chunk = vec![0; 64 * 1024];
        match stdout.read(&mut chunk).await {
            Ok(0) => {
                let _ = child.wait().await;
                None
            }
            Ok(read) => {
                chunk.truncate(read);
                Some((Ok(chunk), Some((child, stdout))))
            }
            Err(error) => Some((Err(error), None)),
        }
    });
    *response.body_mut() = Body::from_stream(chunks);
    Ok(response)
}

/// Waits for the whole body: git is done when it ends.
async fn whole(response: Response) -> Response {
    let (parts, body) = response.into_parts();
    match axum::body::to_bytes(body, usize::MAX).await {
        Ok(bytes) => Response::from_parts(parts, Body::from(bytes)),
        Err(_) => refuse(StatusCode::INTERNAL_SERVER_ERROR, "The push failed."),
    }
}

fn fail(error: std::io::Error) -> Response {
    tracing::error!(%error, "git http-backend could not be run");
    refuse(StatusCode::INTERNAL_SERVER_ERROR, "git could not be run")
}

fn refuse(status: StatusCode, text: &'static str) -> Response {
    (status, [(header::CONTENT_TYPE, "text/plain; charset=utf-8")], text).into_response()
}

fn challenge() -> Response {
    let mut response = refuse(StatusCode::UNAUTHORIZED, "Authentication failed");
    let value = HeaderValue::from_static("Basic realm=\"Sandbox Bitbucket\"");
    response.headers_mut().insert(header::WWW_AUTHENTICATE, value);
    response
}
