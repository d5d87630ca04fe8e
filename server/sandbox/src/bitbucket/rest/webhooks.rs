//! Webhooks of a repository.

use super::{
    Answer, Call, Endpoint, Expect, Outcome, Refusal,
    endpoint::{LIMIT, START, flag, text},
    reviewers::texts,
    row,
    shapes::{FLAG, MAP, TEXT, TEXTS, shape},
};
use crate::{
    bitbucket::{
        show,
        world::{EVENTS, Permission, Webhook},
    },
    clock,
};
use serde_json::json;

pub(super) const TABLE: &[Endpoint] = &[
    row!(GET "/api/latest/projects/{projectKey}/repos/{repositorySlug}/webhooks", [text("event"), flag("statistics"), START, LIMIT], Expect::Nothing, list),
    row!(POST "/api/latest/projects/{projectKey}/repos/{repositorySlug}/webhooks", [], Expect::Json(&WEBHOOK), create),
    row!(POST "/api/latest/projects/{projectKey}/repos/{repositorySlug}/webhooks/test",
        [text("webhookId"), text("sslVerificationRequired"), text("url")], Expect::Maybe(&CREDENTIALS), test),
    row!(GET "/api/latest/projects/{projectKey}/repos/{repositorySlug}/webhooks/{webhookId}", [text("statistics")], Expect::Nothing, get),
    row!(PUT "/api/latest/projects/{projectKey}/repos/{repositorySlug}/webhooks/{webhookId}", [], Expect::Json(&WEBHOOK), update),
    row!(DELETE "/api/latest/projects/{projectKey}/repos/{repositorySlug}/webhooks/{webhookId}", [], Expect::Nothing, delete),
];

shape!(CREDENTIALS { "username" &TEXT, "password" &TEXT });
shape!(WEBHOOK {
    "active" &FLAG, "configuration" &MAP, "credentials" &CREDENTIALS, "events" &TEXTS, "name" &TEXT, "scopeType" &TEXT,
    "sslVerificationRequired" &FLAG, "statistics" &MAP, "url" &TEXT
});

fn missing(id: u64) -> Refusal {
    Refusal::because(404, "webhook.NoSuchWebhookException", format!("There is no webhook with ID {id}"))
}

/// What the body says; `old` is what stands where it says nothing.
fn from_body(call: &Call, id: u64, old: Option<&Webhook>) -> Result<Webhook, Refusal> {
    let name = call.text("/name").map(str::to_owned).or_else(|| old.map(|o| o.name.clone())).unwrap_or_default();
    let url = call.text("/url").map(str::to_owned).or_else(|| old.map(|o| o.url.clone())).unwrap_or_default();
    if name.trim().is_empty() {
        return Err(Refusal::at(400, "name", "A name is required."));
    }
    if !url::Url::parse(&url).is_ok_and(|u| matches!(u.scheme(), "http" | "https")) {
        return Err(Refusal::at(400, "url", "The url must be an absolute http or https address."));
    }
    let events = if call.body.get("events").is_some() {
        texts(&call.body["events"])
    } else {
        old.map(|o| o.events.clone()).unwrap_or_default()
    };
    if events.is_empty() {
        return Err(Refusal::at(400, "events", "At least one event is required."));
    }
    if let Some(unknown) = events.iter().find(|e| !EVENTS.contains(&e.as_str())) {
        return Err(Refusal::at(400, "events", format!("The event \"{unknown}\" is not known.")));
    }
    let now = clock::millis();
    Ok(Webhook {
        id,
        name,
        url,
        active: call.flag("/active").or(old.map(|o| o.active)).unwrap_or(true),
        events,
        secret: match call.body.get("configuration") {
            Some(_) => call.text("/configuration/secret").filter(|s| !s.is_empty()).map(str::to_owned),
            None => old.and_then(|o| o.secret.clone()),
        },
        verify_certificates: call
            .flag("/sslVerificationRequired")
            .or(old.map(|o| o.verify_certificates))
            .unwrap_or(true),
        created: old.map_or(now, |o| o.created),
        updated: now,
        seeded: old.is_some_and(|o| o.seeded),
    })
}

async fn list(call: Call) -> Outcome {
    let world = call.server.world().await;
    let repository = call.repository(&world, Permission::Admin)?;
    let fits = |w: &&Webhook| call.query("event").is_none_or(|event| w.events.iter().any(|e| e == event));
    call.window()?.page(repository.webhooks.iter().filter(fits).map(show::webhook).collect())
}

async fn get(call: Call) -> Outcome {
    let id = call.number("webhookId")?;
    let world = call.server.world().await;
    let repository = call.repository(&world, Permission::Admin)?;
    Answer::ok(show::webhook(repository.webhooks.iter().find(|w| w.id == id).ok_or_else(|| missing(id))?))
}

async fn create(call: Call) -> Outcome {
    let mut world = call.server.world().await;
    call.repository(&world, Permission::Admin)?;
    let webhook = from_body(&call, world.next_id(), None)?;
    call.repository_mut(&mut world, Permission::Admin)?.webhooks.push(webhook.clone());
    call.server.keep(&world)?;
    Answer::created(show::webhook(&webhook))
}

async fn update(call: Call) -> Outcome {
    let id = call.number("webhookId")?;
    let mut world = call.server.world().await;
    let repository = call.repository_mut(&mut world, Permission::Admin)?;
    let found = repository.webhooks.iter_mut().find(|w| w.id == id).ok_or_else(|| missing(id))?;
    *found = from_body(&call, id, Some(found))?;
    let shown = show::webhook(found);
    call.server.keep(&world)?;
    Answer::ok(shown)
}

async fn delete(call: Call) -> Outcome {
    let id = call.number("webhookId")?;
    let mut world = call.server.world().await;
    let repository = call.repository_mut(&mut world, Permission::Admin)?;
    if !repository.webhooks.iter().any(|w| w.id == id) {
        return Err(missing(id));
    }
    repository.webhooks.retain(|w| w.id != id);
    call.server.keep(&world)?;
    Answer::nothing()
}

async fn test(call: Call) -> Outcome {
    let url = {
        let world = call.server.world().await;
        let repository = call.repository(&world, Permission::Admin)?;
        let id = call.query("webhookId").and_then(|id| id.parse::<u64>().ok());
        let known = repository.webhooks.iter().find(|w| Some(w.id) == id).map(|w| w.url.clone());
        call.query("url").map(str::to_owned).or(known).ok_or_else(|| Refusal::at(400, "url", "The url is required."))?
    };
    let request = json!({ "url": url, "method": "POST", "body": "{\"test\":true}" });
    match call.server.sender.ping(&url).await {
        Ok((status, body)) => {
            Answer::ok(json!({ "request": request, "response": { "statusCode": status, "body": body } }))
        }
        Err(reason) => Answer::ok(json!({ "request": request, "error": reason })),
    }
}
