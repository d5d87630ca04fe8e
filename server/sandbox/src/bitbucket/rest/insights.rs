//! Code Insights: reports on commits.

use super::{
    Answer, Call, Endpoint, Expect, Outcome, Refusal,
    endpoint::{LIMIT, START, text},
    row,
    shapes::{ANY, TEXT, WHOLE, shape},
};
use crate::{
    bitbucket::{
        rest::check::Shape,
        show,
        world::{Permission, Report, Repository},
    },
    clock,
};
use serde_json::{Value, json};

pub(super) const TABLE: &[Endpoint] = &[
    row!(GET "/insights/latest/projects/{projectKey}/repos/{repositorySlug}/commits/{commitId}/reports", [START, LIMIT], Expect::Nothing, list),
    row!(GET "/insights/latest/projects/{projectKey}/repos/{repositorySlug}/commits/{commitId}/reports/{key}", [], Expect::Nothing, get),
    row!(PUT "/insights/latest/projects/{projectKey}/repos/{repositorySlug}/commits/{commitId}/reports/{key}", [], Expect::Json(&REPORT), put),
    row!(DELETE "/insights/latest/projects/{projectKey}/repos/{repositorySlug}/commits/{commitId}/reports/{key}", [], Expect::Nothing, delete),
    row!(GET "/insights/latest/projects/{projectKey}/repos/{repositorySlug}/commits/{commitId}/reports/{key}/annotations", [], Expect::Nothing, annotations),
    row!(POST "/insights/latest/projects/{projectKey}/repos/{repositorySlug}/commits/{commitId}/reports/{key}/annotations", [], Expect::Json(&ANNOTATIONS), annotate),
    row!(DELETE "/insights/latest/projects/{projectKey}/repos/{repositorySlug}/commits/{commitId}/reports/{key}/annotations", [text("externalId")], Expect::Nothing, unannotate),
];

static RESULT: Shape = Shape::OneOf(&["PASS", "FAIL"]);
static SEVERITY: Shape = Shape::OneOf(&["LOW", "MEDIUM", "HIGH"]);
static ANNOTATION_TYPE: Shape = Shape::OneOf(&["VULNERABILITY", "CODE_SMELL", "BUG"]);
shape!(DATUM { !"title" &TEXT, "type" &TEXT, !"value" &ANY });
static DATA: Shape = Shape::List(&DATUM);
shape!(REPORT {
    "coverageProviderKey" &TEXT, "createdDate" &WHOLE, !"data" &DATA, "details" &TEXT, "link" &TEXT, "logoUrl" &TEXT,
    "reporter" &TEXT, "result" &RESULT, !"title" &TEXT
});
shape!(ANNOTATION {
    "externalId" &TEXT, "line" &WHOLE, "link" &TEXT, !"message" &TEXT, "path" &TEXT, !"severity" &SEVERITY,
    "type" &ANNOTATION_TYPE
});
static ANNOTATION_LIST: Shape = Shape::List(&ANNOTATION);
shape!(ANNOTATIONS { !"annotations" &ANNOTATION_LIST });

fn position(call: &Call, repository: &Repository) -> Result<usize, Refusal> {
    let (commit, key) = (call.part("commitId"), call.part("key"));
    repository.reports.iter().position(|r| r.commit == commit && r.key == key).ok_or_else(|| {
        let text = format!("There is no report with key {key} on commit {commit}.");
        Refusal::because(404, "codeinsights.NoSuchReportException", text)
    })
}

async fn list(call: Call) -> Outcome {
    let world = call.server.world().await;
    let repository = call.repository(&world, Permission::Read)?;
    let of_commit = repository.reports.iter().filter(|r| r.commit == call.part("commitId"));
    call.window()?.page(of_commit.map(show::report).collect())
}

async fn get(call: Call) -> Outcome {
    let world = call.server.world().await;
    let repository = call.repository(&world, Permission::Read)?;
    Answer::ok(show::report(&repository.reports[position(&call, repository)?]))
}

async fn put(call: Call) -> Outcome {
    let (commit, key) = (call.part("commitId").to_owned(), call.part("key").to_owned());
    for (name, longest) in [("title", 450), ("details", 2_000), ("reporter", 450)] {
        if call.text(&format!("/{name}")).is_some_and(|t| t.chars().count() > longest) {
            return Err(Refusal::at(400, name, format!("Please enter a value of at most {longest} characters")));
        }
    }
    if call.body["data"].as_array().is_some_and(|d| d.len() > 6) {
        return Err(Refusal::at(400, "data", "A report holds at most six data."));
    }
    let mut world = call.server.world().await;
    let repository = call.repository(&world, Permission::Read)?;
    if call.server.git(repository).resolve(&commit).await?.is_none() {
        return Err(Refusal::no_commit(&commit, &repository.slug));
    }
    let report = Report {
        commit,
        key,
        author: call.user()?.name.into(),
        created: clock::millis(),
        body: call.body.as_object().cloned().unwrap_or_default(),
        annotations: Vec::new(),
    };
    let shown = show::report(&report);
    let repository = call.repository_mut(&mut world, Permission::Read)?;
    match position(&call, repository) {
        Ok(index) => repository.reports[index] = report,
        Err(_) => repository.reports.push(report),
    }
    call.server.keep(&world)?;
    Answer::ok(shown)
}

async fn delete(call: Call) -> Outcome {
    let mut world = call.server.world().await;
    let repository = call.repository_mut(&mut world, Permission::Read)?;
    let index = position(&call, repository)?;
    repository.reports.remove(index);
    call.server.keep(&world)?;
    Answer::nothing()
}

async fn annotations(call: Call) -> Outcome {
    let world = call.server.world().await;
    let repository = call.repository(&world, Permission::Read)?;
    let report = &repository.reports[position(&call, repository)?];
    Answer::ok(json!({ "annotations": report.annotations }))
}

async fn annotate(call: Call) -> Outcome {
    let key = call.part("key").to_owned();
    let mut new = call.body["annotations"].as_array().cloned().unwrap_or_default();
    for annotation in &mut new {
        annotation["reportKey"] = json!(key);
    }
    let mut world = call.server.world().await;
    let repository = call.repository_mut(&mut world, Permission::Read)?;
    let index = position(&call, repository)?;
    let all = &mut repository.reports[index].annotations;
    if all.len() + new.len() > 1_000 {
        return Err(Refusal::at(400, "annotations", "A report holds at most 1000 annotations."));
    }
    all.extend(new);
    call.server.keep(&world)?;
    Answer::nothing()
}

async fn unannotate(call: Call) -> Outcome {
    let only: Vec<&str> = call.query.iter().filter(|(k, _)| k == "externalId").map(|(_, v)| v.as_str()).collect();
    let mut world = call.server.world().await;
    let repository = call.repository_mut(&mut world, Permission::Read)?;
    let index = position(&call, repository)?;
    let id = |a: &Value| a["externalId"].as_str().unwrap_or_default().to_owned();
    repository.reports[index].annotations.retain(|a| !only.is_empty() && !only.contains(&id(a).as_str()));
    call.server.keep(&world)?;
    Answer::nothing()
}
