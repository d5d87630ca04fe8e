//! `/metrics`, in the text format of Prometheus.
//!
//! To add a number: a field here with what it means, and a line in [`Metrics::write`] or [`rows`].

use super::{Web, address::peer};
use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use causeway_contract::{ApiResult, requests::RequestState};
use causeway_store::{jobs, micros, requests, sessions};
use http::{
    Method, StatusCode,
    header::{AUTHORIZATION, CONTENT_TYPE},
    request::Parts,
};
use sha2::{Digest, Sha256};
use std::{
    collections::{BTreeMap, HashMap},
    fmt::Write,
    sync::{Mutex, PoisonError},
    time::Duration,
};

/// What proxies add. Behind one on the same machine every caller looks local.
const FORWARDED: [&str; 6] =
    ["forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip"];

/// Upper bounds in seconds.
const BUCKETS: [f64; 9] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0, 30.0];

#[derive(Default)]
struct Times {
    buckets: [u64; BUCKETS.len()],
    count: u64,
    seconds: f64,
}

/// Counted since the process started.
#[derive(Default)]
pub struct Metrics(Mutex<Counted>);

#[derive(Default)]
struct Counted {
    /// By route, method and status.
    requests: BTreeMap<(String, String, u16), u64>,
    /// By route.
    times: BTreeMap<String, Times>,
    /// Handlers that broke.
    panics: u64,
}

impl Metrics {
    pub(super) fn count(&self, method: &Method, route: &str, status: u16, took: Duration) {
        let mut counted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // A method of somebody's own invention must not make a series of its own.
        let method = if [Method::GET, Method::POST, Method::HEAD].contains(method) { method.as_str() } else { "other" };
        *counted.requests.entry((route.to_owned(), method.to_owned(), status)).or_default() += 1;
        let times = counted.times.entry(route.to_owned()).or_default();
        let seconds = took.as_secs_f64();
        for (bucket, limit) in times.buckets.iter_mut().zip(BUCKETS) {
            *bucket += u64::from(seconds <= limit);
        }
        times.count += 1;
        times.seconds += seconds;
    }

    pub(super) fn count_panic(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).panics += 1;
    }

    fn write(&self, out: &mut String) {
        let counted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        head(out, "causeway_panics_total", "counter", "Handlers that broke; each was answered 500.");
        let _ = writeln!(out, "causeway_panics_total {}", counted.panics);
        head(out, "causeway_http_requests_total", "counter", "Requests answered.");
        for ((route, method, status), count) in &counted.requests {
            let _ = writeln!(
                out,
                "causeway_http_requests_total{{route=\"{}\",method=\"{method}\",status=\"{status}\"}} {count}",
                label(route)
            );
        }
        head(out, "causeway_http_request_seconds", "histogram", "Time until the answer began.");
        for (route, times) in &counted.times {
            let route = label(route);
            for (limit, count) in BUCKETS.iter().zip(times.buckets) {
                let _ =
                    writeln!(out, "causeway_http_request_seconds_bucket{{route=\"{route}\",le=\"{limit}\"}} {count}");
            }
            let _ =
                writeln!(out, "causeway_http_request_seconds_bucket{{route=\"{route}\",le=\"+Inf\"}} {}", times.count);
            let _ = writeln!(out, "causeway_http_request_seconds_sum{{route=\"{route}\"}} {:.6}", times.seconds);
            let _ = writeln!(out, "causeway_http_request_seconds_count{{route=\"{route}\"}} {}", times.count);
        }
    }
}

fn head(out: &mut String, name: &str, kind: &str, help: &str) {
    let _ = writeln!(out, "# HELP {name} {help}\n# TYPE {name} {kind}");
}

fn label(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', " ")
}

/// Answers callers on this machine where nothing stands in front of it, or with the configured token; to others it is not there.
pub(super) async fn scrape(State(web): State<Web>, parts: Parts) -> Response {
    if !allowed(&web, &parts) {
        return StatusCode::NOT_FOUND.into_response();
    }
    let mut out = String::new();
    web.metrics.write(&mut out);
    head(&mut out, "causeway_event_streams", "gauge", "Open event streams of this process.");
    let _ = writeln!(out, "causeway_event_streams {}", web.streams.open());
    if let Err(error) = rows(&web, &mut out).await {
        tracing::error!(%error, "the numbers of the database are missing from /metrics");
    }
    ([(CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], out).into_response()
}

async fn rows(web: &Web, out: &mut String) -> ApiResult<()> {
    let now = micros(web.portal.now());
    let mut conn = web.portal.db().read().await?;
    let waiting = jobs::all(&mut conn).await?;
    head(out, "causeway_jobs", "gauge", "Jobs that are not done, at most 1,000 of them counted.");
    let _ = writeln!(out, "causeway_jobs {}", waiting.len());
    head(out, "causeway_job_oldest_due_seconds", "gauge", "For how long the longest waiting job has been due.");
    let oldest = waiting.iter().map(|j| now - j.run_at).max().unwrap_or(0).max(0);
    let _ = writeln!(out, "causeway_job_oldest_due_seconds {:.3}", oldest as f64 / 1e6);
    head(out, "causeway_open_requests", "gauge", "Requests that have not come to their end; stuck ones need a person.");
    let open: Vec<&str> = RequestState::ALL.iter().filter(|s| !s.is_final()).map(|s| s.as_str()).collect();
    let counts: HashMap<String, i64> = requests::count_by_state(&mut conn, &open).await?.into_iter().collect();
    for state in open {
        let count = counts.get(state).copied().unwrap_or(0);
        let _ = writeln!(out, "causeway_open_requests{{state=\"{state}\"}} {count}");
    }
    head(out, "causeway_sessions", "gauge", "Signed-in sessions that have not reached their end.");
    let _ = writeln!(out, "causeway_sessions {}", sessions::count_signed_in(&mut conn, now).await?);
    Ok(())
}

fn allowed(web: &Web, parts: &Parts) -> bool {
    let token = &web.config.telemetry.metrics_token;
    if token.is_empty() {
        let told = FORWARDED.iter().any(|name| parts.headers.contains_key(*name));
        return !web.config.needs_metrics_token() && !told && peer(parts).is_some_and(|ip| ip.is_loopback());
    }
    let given = parts.headers.get(AUTHORIZATION).and_then(|v| v.to_str().ok()).and_then(|v| v.strip_prefix("Bearer "));
    // Digests are compared, so that the time taken says nothing about the token.
    given.is_some_and(|given| Sha256::digest(given) == Sha256::digest(token.expose()))
}
