//! From pressing Submit to an open pull request: the portal, its worker, git over HTTP, Bitbucket's REST.

use crate::{
    Outcome,
    http::{Connection, request},
    load::percentile,
    models::answers,
    report::Row,
    scale::Scale,
    sign_in::sign_in,
    world::{ENGINEER, World},
};
use serde_json::{Value, json};
use std::time::{Duration, Instant};
use url::form_urlencoded::Serializer;

/// Pause between two looks at the request.
const LOOK: Duration = Duration::from_millis(10);
const PATIENCE: Duration = Duration::from_secs(30);

struct Person {
    connection: Connection,
    port: u16,
    origin: String,
    cookie: String,
}

pub(crate) fn measure(world: &World, scale: &Scale) -> Outcome<Vec<Row>> {
    let cookie = sign_in(world.port, world.sandbox.issuer(), ENGINEER)?;
    let origin = format!("http://localhost:{}", world.port);
    let mut person = Person { connection: Connection::open(world.port)?, port: world.port, origin, cookie };
    let (mut answered, mut opened) = (Vec::new(), Vec::new());
    for i in 0..scale.submits {
        let (first, second) = person.submit(&format!("bench-{i}"))?;
        answered.push(first);
        opened.push(second);
    }
    let seconds = |time: Duration| format!("{:.2}", time.as_secs_f64());
    let [answer, answer95] = [50, 95].map(|p| seconds(percentile(&mut answered, p)));
    let [open, open95] = [50, 95].map(|p| seconds(percentile(&mut opened, p)));
    let count = scale.submits;
    Ok(vec![
        Row::new(
            format!("Submit to answer, {count} development requests, median / p95"),
            format!("{answer} / {answer95} s"),
        ),
        Row::new(
            format!("Submit to open pull request, {count} development requests, median / p95"),
            format!("{open} / {open95} s"),
        ),
    ])
}

impl Person {
    /// Asks for one environment: until the answer, and until the pull request is open.
    fn submit(&mut self, name: &str) -> Outcome<(Duration, Duration)> {
        let mut form = Serializer::new(String::new());
        form.append_pair("template", "object-store");
        for (key, value) in answers(name, "development") {
            form.append_pair(&format!("answers[{key}]"), &value);
        }
        let draft = self.post("/api/drafts/start", &form.finish())?;
        let id = draft.rsplit('/').next().unwrap_or_default();
        let seen = self.call("/api/drafts/get", id)?;
        let form = Serializer::new(String::new())
            .append_pair("id", id)
            .append_pair("version", &seen["version"].to_string())
            .append_pair("seen", seen["check"]["preview"]["digest"].as_str().unwrap_or_default())
            .finish();
        let pressed = Instant::now();
        let place = self.post("/api/drafts/submit", &form)?;
        let answered = pressed.elapsed();
        let Some((_, id)) = place.split_once("/requests/") else {
            return Err(format!("{name} was not submitted; the answer leads to {place}").into());
        };
        let id = id.to_owned();
        while pressed.elapsed() < PATIENCE {
            if self.has_pull_request(&id)? {
                return Ok((answered, pressed.elapsed()));
            }
            std::thread::sleep(LOOK);
        }
        Err(format!("{name} has no pull request after {} s", PATIENCE.as_secs()).into())
    }

    /// Posts a form as a browser without script does, and returns where the answer leads.
    fn post(&mut self, path: &str, form: &str) -> Outcome<String> {
        let headers = [
            ("Accept", "text/html"),
            ("Content-Type", "application/x-www-form-urlencoded"),
            ("Origin", &self.origin),
            ("Cookie", &self.cookie),
        ];
        let head = self.connection.send(&request("POST", self.port, path, &headers, form))?;
        head.location.ok_or_else(|| format!("{path} answers {}: {}", head.status, self.connection.text()).into())
    }

    fn has_pull_request(&mut self, id: &str) -> Outcome<bool> {
        let view = self.call("/api/requests/get", id)?;
        if let Some(problem) = view["delivery"]["problem"].as_str() {
            return Err(format!("the delivery has a problem: {problem}").into());
        }
        Ok(view["delivery"]["pull_request"]["id"].is_number())
    }

    /// Asks a server function for one thing, as a page's script does.
    fn call(&mut self, path: &str, id: &str) -> Outcome<Value> {
        let headers = [
            ("Accept", "application/json"),
            ("Content-Type", "application/json"),
            ("Origin", &self.origin),
            ("Cookie", &self.cookie),
        ];
        let ask = request("POST", self.port, path, &headers, &json!({ "id": id }).to_string());
        let head = self.connection.send(&ask)?;
        if head.status != 200 {
            return Err(format!("{path} answers {}: {}", head.status, self.connection.text()).into());
        }
        Ok(serde_json::from_slice(self.connection.body())?)
    }
}
