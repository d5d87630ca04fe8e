//! `GET /events`: what changed, as server-sent events. The audit chain's numbers are the ids, so a break loses nothing.

use super::{SessionToken, Standpoint, Web, caller::is_fresh, error_page::error_json};
use axum::{
    body::{Body, Bytes},
    extract::{Query, State},
    response::{IntoResponse, Response},
};
use causeway_contract::{
    ApiError,
    ids::{PersonId, RequestId},
};
use causeway_portal::access::{Actor, sessions::TokenHash};
use futures::Stream;
use http::{
    HeaderMap, StatusCode,
    header::{CACHE_CONTROL, CONTENT_TYPE},
};
use serde::Deserialize;
use std::{
    collections::HashMap,
    convert::Infallible,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

/// Open streams of one person in this process: a browser allows six a host, and people have more than one.
const MOST: usize = 12;
const HEARTBEAT: Duration = Duration::from_secs(15);
/// Events that another process wrote are found by asking this often.
const ASK: Duration = Duration::from_secs(3);
/// A stream asks this often whether its session still stands.
const SESSION_CHECK: Duration = Duration::from_secs(5);

/// How many streams each person has open.
#[derive(Default)]
pub struct Streams(Mutex<HashMap<PersonId, usize>>);

impl Streams {
    pub(super) fn open(&self) -> usize {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).values().sum()
    }

    fn enter(self: &Arc<Self>, person: PersonId) -> Option<Place> {
        let mut open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = open.entry(person).or_default();
        if *count >= MOST {
            return None;
        }
        *count += 1;
        Some(Place { streams: Arc::clone(self), person })
    }
}

/// Given back when the stream ends, however it ends.
struct Place {
    streams: Arc<Streams>,
    person: PersonId,
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut open = self.streams.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = open.get_mut(&self.person) {
            *count -= 1;
            if *count == 0 {
                open.remove(&self.person);
            }
        }
    }
}

#[derive(Deserialize)]
pub(super) struct Wanted {
    after: Option<i64>,
    request: Option<RequestId>,
}

/// `id: SEQ`, `event: change`, `data: {"seq":SEQ,"request":"ID"}` for every event about a request that the person may see.
/// The first line and every heartbeat carry an id too: whoever comes back goes on from there, past what was not for them.
pub(super) async fn stream(
    State(web): State<Web>,
    standpoint: Standpoint,
    token: SessionToken,
    Query(wanted): Query<Wanted>,
    headers: HeaderMap,
) -> Response {
    let (Some(actor), Some(token)) = (standpoint.actor().cloned(), token.0) else {
        return error_json(&ApiError::signed_out());
    };
    let resumed = headers.get("last-event-id").and_then(|v| v.to_str().ok()).and_then(|v| v.parse().ok());
    let after = match resumed.or(wanted.after) {
        Some(after) => after,
        None => match web.portal.live_cursor().await {
            Ok(newest) => newest,
            Err(error) => return error_json(&error),
        },
    };
    let Some(place) = web.streams.enter(actor.id()) else {
        let mut response = error_json(&ApiError::unavailable("Too many pages are open at once. Close some."));
        *response.status_mut() = StatusCode::TOO_MANY_REQUESTS;
        return response;
    };
    let state =
        Following { web, actor, token, after, request: wanted.request, said: None, checked: None, _place: place };
    let head = [(CONTENT_TYPE, "text/event-stream"), (CACHE_CONTROL, "no-store")];
    (head, Body::from_stream(follow(state))).into_response()
}

struct Following {
    web: Web,
    actor: Actor,
    token: TokenHash,
    after: i64,
    request: Option<RequestId>,
    /// When something was last sent; `None` before the first line.
    said: Option<Instant>,
    checked: Option<Instant>,
    _place: Place,
}

fn follow(state: Following) -> impl Stream<Item = Result<Bytes, Infallible>> {
    futures::stream::unfold(state, |mut state| async move {
        let text = state.next().await?;
        state.said = Some(Instant::now());
        Some((Ok(Bytes::from(text)), state))
    })
}

impl Following {
    /// The next thing to send; `None` ends the stream: the session is over, or the process stops.
    async fn next(&mut self) -> Option<String> {
        if self.said.is_none() {
            return Some(format!("retry: 3000\nid: {}\n\n", self.after));
        }
        loop {
            if *self.web.stopping.borrow() || !self.is_signed_in().await {
                return None;
            }
            let (cursor, found) = self.web.portal.changes(&self.actor, self.after, self.request).await.ok()?;
            self.after = cursor.max(self.after);
            if !found.is_empty() {
                let lines = found.iter().map(|(seq, id)| {
                    format!("id: {seq}\nevent: change\ndata: {{\"seq\":{seq},\"request\":\"{id}\"}}\n\n")
                });
                return Some(lines.collect());
            }
            if self.said.is_some_and(|at| at.elapsed() >= HEARTBEAT) {
                return Some(format!(": still here\nid: {}\n\n", self.after));
            }
            let mut stopping = self.web.stopping.clone();
            tokio::select! {
                () = self.web.portal.wait_for_change(self.after, ASK) => {}
                _ = stopping.wait_for(|stop| *stop) => return None,
            }
        }
    }

    async fn is_signed_in(&mut self) -> bool {
        if self.checked.is_some_and(|at| at.elapsed() < SESSION_CHECK) {
            return true;
        }
        self.checked = Some(Instant::now());
        let still = self.web.portal.still_signed_in(&self.token).await.ok().flatten();
        still.is_some_and(|session| is_fresh(&self.web, session.roles_at, session.mfa))
    }
}
