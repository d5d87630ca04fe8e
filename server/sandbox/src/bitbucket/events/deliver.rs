//! Sending events, without waiting for whoever listens.

use super::{Event, body::body, dates::to_iso, sign::signature};
use crate::{
    bitbucket::{
        users::User,
        world::{Repository, Webhook},
    },
    random,
    sync::lock,
};
use serde::Serialize;
use serde_json::json;
use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
    time::Duration,
};

/// Waits before the second to fourth attempt.
const RETRIES: [Duration; 3] = [Duration::from_millis(500), Duration::from_secs(2), Duration::from_secs(8)];
const KEPT: usize = 500;

/// How a delivery went.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Delivery {
    pub id: String,
    pub webhook: u64,
    pub event: &'static str,
    pub attempts: u32,
    /// Last status; `None`: nobody answered.
    pub status: Option<u16>,
}

#[derive(Clone)]
pub(crate) struct Sender {
    http: reqwest::Client,
    iso_dates: bool,
    log: Arc<Mutex<VecDeque<Delivery>>>,
}

impl Sender {
    pub(crate) fn new(http: reqwest::Client, iso_dates: bool) -> Self {
        Self { http, iso_dates, log: Arc::default() }
    }

    /// Tells every active webhook that asked for this event.
    pub(crate) fn send(&self, base: &str, repository: &Repository, actor: &User, event: Event) {
        let key = event.key();
        let listening: Vec<&Webhook> =
            repository.webhooks.iter().filter(|w| w.active && w.events.iter().any(|e| e == key)).collect();
        if listening.is_empty() {
            return;
        }
        let mut body = body(base, repository, actor, &event);
        if self.iso_dates {
            to_iso(&mut body);
        }
        let body = body.to_string();
        for webhook in listening {
            let (sender, webhook, body) = (self.clone(), webhook.clone(), body.clone());
            tokio::spawn(async move { sender.deliver(&webhook, key, body).await });
        }
    }

    async fn deliver(&self, webhook: &Webhook, event: &'static str, body: String) {
        let mut delivery = Delivery { id: random::uuid(), webhook: webhook.id, event, attempts: 0, status: None };
        let mut waits = RETRIES.iter();
        loop {
            delivery.attempts += 1;
            delivery.status = self.post(webhook, event, &delivery.id, body.clone()).await;
            if delivery.status.is_some_and(|s| s < 500) {
                break;
            }
            match waits.next() {
                Some(wait) => tokio::time::sleep(*wait).await,
                None => {
                    tracing::warn!(event, url = webhook.url, status = ?delivery.status, "a webhook was not delivered");
                    break;
                }
            }
        }
        let mut log = lock(&self.log);
        if log.len() == KEPT {
            log.pop_front();
        }
        log.push_back(delivery);
    }

    async fn post(&self, webhook: &Webhook, event: &str, id: &str, body: String) -> Option<u16> {
        let mut request = self
            .http
            .post(&webhook.url)
            .header("content-type", "application/json; charset=utf-8")
            .header("user-agent", "Bitbucket-9.4.0 (sandbox)")
            .header("x-event-key", event)
            .header("x-request-id", id);
        if let Some(secret) = &webhook.secret {
            request = request.header("x-hub-signature", signature(secret, body.as_bytes()));
        }
        request.body(body).send().await.ok().map(|answer| answer.status().as_u16())
    }

    /// `diagnostics:ping`, which carries no signature. The status and body of the answer, or why there was none.
    pub(crate) async fn ping(&self, url: &str) -> Result<(u16, String), String> {
        let answer = self
            .http
            .post(url)
            .header("content-type", "application/json; charset=utf-8")
            .header("x-event-key", "diagnostics:ping")
            .header("x-request-id", random::uuid())
            .body(json!({ "test": true }).to_string())
            .send()
            .await
            .map_err(|error| error.to_string())?;
        let status = answer.status().as_u16();
        let text = answer.text().await.map_err(|error| error.to_string())?;
        Ok((status, text))
    }

    /// Oldest first.
    pub(crate) fn deliveries(&self) -> Vec<Delivery> {
        lock(&self.log).iter().cloned().collect()
    }
}
