//! When a delivery cannot go on, or only later.

use super::{
    carry::{Halt, Hold},
    host::HostError,
    words,
};
use crate::{Portal, requests::events};
use causeway_contract::requests::RequestState;
use causeway_store::{deliveries, micros, requests};
use serde_json::json;
use uuid::Uuid;

impl Portal {
    /// Delivery cannot go on without a person. Returns whether it is looked at again by itself: once a pull request is there,
    /// what stands in the way (an expired token, a proxy's page) may go, and the pull request has a fate all the same.
    pub(crate) async fn get_stuck(
        &self,
        id: Uuid,
        hold: &Hold,
        error: &HostError,
        next: Option<&str>,
    ) -> Result<bool, Halt> {
        let (mut conn, mut request, mut delivery) = self.underway(id, hold).await?;
        let now = micros(self.now());
        let opened = delivery.opened_at.is_some();
        let words = format!("{} {}", error.message, next.unwrap_or_else(|| words::next_step(&error.kind, opened)));
        // What was seen in the pull request last stays true until it is seen again.
        let place = if opened { &mut delivery.trouble } else { &mut delivery.problem };
        let news = request.state != RequestState::Stuck.as_str() || place.as_deref() != Some(words.as_str());
        *place = Some(words.clone());
        if !opened {
            delivery.trouble = None;
        }
        delivery.checked_at = Some(now);
        deliveries::put(&mut conn, &delivery).await?;
        if !news {
            conn.commit().await?;
            return Ok(opened);
        }
        request.state = RequestState::Stuck.to_string();
        request.updated_at = now;
        requests::update(&mut conn, &request).await?;
        let detail = json!({ "problem": words, "cause": error.detail });
        self.commit(conn, events::by_causeway("delivery.stuck", &request, detail)).await?;
        Ok(opened)
    }

    /// The host has been away for several tries: the page says so, and the record once, not for each try.
    pub(crate) async fn note_trouble(&self, id: Uuid, hold: &Hold, message: &str) -> Result<(), Halt> {
        let (mut conn, request, mut delivery) = self.underway(id, hold).await?;
        let words = format!("{message} Causeway keeps trying; nothing is needed from you.");
        if request.state == RequestState::Stuck.as_str() || delivery.trouble.as_deref() == Some(words.as_str()) {
            return Ok(());
        }
        delivery.trouble = Some(words.clone());
        delivery.checked_at = Some(micros(self.now()));
        deliveries::put(&mut conn, &delivery).await?;
        self.commit(conn, events::by_causeway("delivery.delayed", &request, json!({ "problem": words }))).await?;
        Ok(())
    }
}
