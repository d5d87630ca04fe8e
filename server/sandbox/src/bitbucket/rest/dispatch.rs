//! From a request to the function that answers it.

use super::{Answer, Call, Caller, Endpoint, Expect, Refusal, TABLES, caller, check};
use crate::{bitbucket::Bitbucket, percent};
use axum::{
    body,
    extract::{FromRequest as _, Multipart, Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, header},
    response::{IntoResponse, Response},
};
use serde_json::Value;
use std::{collections::BTreeMap, sync::Arc};
use url::form_urlencoded;

/// Bodies of REST requests are small; git goes another way.
const MAX_BODY: usize = 5 * 1024 * 1024;

pub(crate) async fn serve(State(server): State<Arc<Bitbucket>>, request: Request) -> Response {
    let (caller, wrong) = match caller(&server, request.headers()) {
        Caller::User(user) => (Some(user), false),
        Caller::Anonymous => (None, false),
        Caller::Wrong => (None, true),
    };
    let name = caller.as_ref().map(|u| percent::encode(u.name));
    let mut response = if wrong {
        Refusal::wrong_credentials().into_response()
    } else if needs_token_header(request.method(), request.headers()) {
        (axum::http::StatusCode::FORBIDDEN, [(header::CONTENT_TYPE, "text/plain;charset=UTF-8")], "XSRF check failed")
            .into_response()
    } else {
        answer(server, caller, request).await.map_or_else(Refusal::into_response, Answer::into_response)
    };
    // How clients learn who they are: there is no resource for it.
    if let Some(name) = name.and_then(|n| HeaderValue::from_str(&n).ok()) {
        response.headers_mut().insert(HeaderName::from_static("x-ausername"), name);
    }
    response
}

/// A browser could have sent this without asking: forms, and posts without a body.
fn needs_token_header(method: &Method, headers: &HeaderMap) -> bool {
    if !matches!(*method, Method::POST | Method::PUT) {
        return false;
    }
    let text = |name: &str| headers.get(name).and_then(|v| v.to_str().ok()).unwrap_or_default().to_ascii_lowercase();
    let content_type = text("content-type");
    let like_a_form = content_type.is_empty()
        || ["application/x-www-form-urlencoded", "multipart/form-data", "text/plain"]
            .iter()
            .any(|form| content_type.starts_with(form));
    like_a_form && !matches!(text("x-atlassian-token").as_str(), "no-check" | "nocheck")
}

async fn answer(
    server: Arc<Bitbucket>,
    caller: Option<crate::bitbucket::users::User>,
    request: Request,
) -> Result<Answer, Refusal> {
    let segments = segments(request.uri().path()).ok_or_else(Refusal::no_route)?;
    let (endpoint, path) = find(request.method().as_str(), &segments)?;
    if caller.is_none() && endpoint.path != "/api/latest/application-properties" {
        return Err(Refusal::anonymous());
    }
    let raw = request.uri().query().unwrap_or_default().as_bytes();
    let query: Vec<(String, String)> = form_urlencoded::parse(raw).into_owned().collect();
    check::query(endpoint.query, &query)?;
    let mut call = Call { server, caller, path, query, body: Value::Null, form: BTreeMap::new() };
    match &endpoint.body {
        Expect::Nothing => {}
        Expect::Form => call.form = form(request).await?,
        Expect::Json(shape) => {
            call.body = json(request).await?.ok_or_else(|| Refusal::at(400, "body", "A JSON body is required."))?;
            check::body(shape, &call.body)?;
        }
        Expect::Maybe(shape) => {
            if let Some(value) = json(request).await? {
                check::body(shape, &value)?;
                call.body = value;
            }
        }
    }
    (endpoint.run)(call).await
}

/// Below `/rest`, decoded; `1.0` and `2.0` are older names of `latest`.
fn segments(path: &str) -> Option<Vec<String>> {
    let rest = path.strip_prefix("/rest/")?;
    let mut segments: Vec<String> = rest.split('/').map(percent::decode).collect::<Option<_>>()?;
    if segments.len() > 1 && matches!(segments[1].as_str(), "1.0" | "2.0") {
        segments[1] = "latest".into();
    }
    if segments.last().is_some_and(String::is_empty) {
        segments.pop();
    }
    Some(segments)
}

type Parts = BTreeMap<&'static str, String>;

fn find(method: &str, segments: &[String]) -> Result<(&'static Endpoint, Parts), Refusal> {
    let mut elsewhere = false;
    // A row with more fixed words is the better answer: `/webhooks/test` before `/webhooks/{webhookId}`.
    let mut best: Option<(usize, &'static Endpoint, Parts)> = None;
    for endpoint in TABLES.iter().flat_map(|table| table.iter()) {
        let Some((fixed, parts)) = fit(endpoint.path, segments) else { continue };
        if endpoint.method != method {
            elsewhere = true;
        } else if best.as_ref().is_none_or(|(most, ..)| fixed > *most) {
            best = Some((fixed, endpoint, parts));
        }
    }
    match best {
        Some((_, endpoint, parts)) => Ok((endpoint, parts)),
        None if elsewhere => Err(Refusal::raw(405, Value::Null, None, Some("This method is not allowed here."))),
        None => Err(Refusal::no_route()),
    }
}

/// The parts that stand for names, and how many words are fixed.
fn fit(pattern: &'static str, segments: &[String]) -> Option<(usize, Parts)> {
    let mut parts = Parts::new();
    let mut fixed = 0;
    let mut i = 0;
    for word in pattern.split('/').skip(1) {
        if word == "{path}" {
            let rest = segments.get(i..).filter(|rest| !rest.is_empty())?;
            parts.insert("path", rest.join("/"));
            return Some((fixed, parts));
        }
        let segment = segments.get(i)?;
        i += 1;
        match word.strip_prefix('{').and_then(|w| w.split_once('}')) {
            None if word == segment => fixed += 1,
            None => return None,
            Some((name, tail)) => {
                let value = segment.strip_suffix(tail).filter(|v| !v.is_empty())?;
                fixed += usize::from(!tail.is_empty());
                parts.insert(name, value.to_owned());
            }
        }
    }
    (i == segments.len()).then_some((fixed, parts))
}

/// `None`: no body.
async fn json(request: Request) -> Result<Option<Value>, Refusal> {
    let content_type =
        request.headers().get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default().to_owned();
    let bytes = body::to_bytes(request.into_body(), MAX_BODY)
        .await
        .map_err(|_| Refusal::raw(413, Value::Null, None, Some("The body is too large.")))?;
    if bytes.is_empty() {
        return Ok(None);
    }
    let essence = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    if !(essence == "application/json" || (essence.starts_with("application/") && essence.ends_with("+json"))) {
        return Err(Refusal::raw(415, Value::Null, None, Some("The body must be sent as application/json.")));
    }
    serde_json::from_slice(&bytes)
        .map(Some)
        .map_err(|error| Refusal::raw(400, Value::Null, None, Some(&format!("The body is not JSON: {error}"))))
}

async fn form(request: Request) -> Result<BTreeMap<String, Vec<u8>>, Refusal> {
    let bad = |text: String| Refusal::raw(400, Value::Null, None, Some(&text));
    let mut parts = Multipart::from_request(request, &())
        .await
        .map_err(|_| Refusal::raw(415, Value::Null, None, Some("The body must be sent as multipart/form-data.")))?;
    let mut fields = BTreeMap::new();
    while let Some(field) = parts.next_field().await.map_err(|e| bad(e.to_string()))? {
        let Some(name) = field.name().map(str::to_owned) else { continue };
        fields.insert(name, field.bytes().await.map_err(|e| bad(e.to_string()))?.to_vec());
    }
    Ok(fields)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(text: &str) -> Vec<String> {
        segments(text).unwrap()
    }

    #[test]
    fn finds_the_closest_row() {
        let found = |method, text: &str| find(method, &path(text)).map(|(e, p)| (e.path, p)).map_err(|r| r.status);
        let p = "/rest/api/1.0/projects/A/repos/b";
        let (row, parts) = found("GET", &format!("{p}/raw/x%20y/z.tf")).unwrap();
        assert!(row.ends_with("/raw/{path}"));
        assert_eq!(parts["path"], "x y/z.tf");
        assert!(found("POST", &format!("{p}/webhooks/test")).unwrap().0.ends_with("/webhooks/test"));
        assert!(found("GET", &format!("{p}/pull-requests/3.diff")).unwrap().0.ends_with("{pullRequestId}.diff"));
        assert_eq!(found("GET", &format!("{p}/pull-requests/3.diff")).unwrap().1["pullRequestId"], "3");
        assert_eq!(found("PATCH", p).unwrap_err(), 405);
        assert_eq!(found("GET", "/rest/api/latest/nothing").unwrap_err(), 404);
    }

    #[test]
    fn no_two_rows_are_the_same() {
        let mut rows: Vec<_> = TABLES.iter().flat_map(|t| t.iter()).map(|e| (e.method, e.path)).collect();
        let count = rows.len();
        rows.sort_unstable();
        rows.dedup();
        assert_eq!(rows.len(), count);
    }
}
