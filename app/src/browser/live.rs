//! Live updates: one event stream a tab. A page that wants to follow reads [`Live::version`] in its resource's source.
//!
//! The stream is closed while the tab is hidden (browsers allow six connections a host) and resumes where it was.

use super::{dom, session::Session};
use crate::{
    api::{self, AppError},
    paths,
};
use causeway_contract::{ErrorKind, ids::RequestId};
use leptos::{prelude::*, task::spawn_local};
use std::{cell::RefCell, time::Duration};
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{Event, EventSource, MessageEvent};

/// Changes that arrive together cause one refetch.
const GATHER: Duration = Duration::from_millis(250);
const RETRY: Duration = Duration::from_secs(5);

/// What the stream is narrowed to, and from where it goes on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Topic {
    pub request: Option<RequestId>,
    pub after: Option<i64>,
}

#[derive(Clone, Copy)]
pub struct Live {
    version: RwSignal<u32>,
    broken: RwSignal<bool>,
    started: RwSignal<bool>,
    topic: RwSignal<Topic>,
    gathering: StoredValue<bool>,
    last: StoredValue<Option<i64>>,
    session: Session,
}

impl Live {
    /// Provides the stream; it opens with [`Live::start`].
    pub fn provide(session: Session) -> Self {
        let live = Live {
            version: RwSignal::new(0),
            broken: RwSignal::new(false),
            started: RwSignal::new(false),
            topic: RwSignal::new(Topic::default()),
            gathering: StoredValue::new(false),
            last: StoredValue::new(None),
            session,
        };
        provide_context(live);
        Effect::new(move |_| {
            live.topic.track();
            if live.started.get() {
                live.last.set_value(None);
                live.open();
            }
        });
        Effect::new(move |_| {
            let handle = window_event_listener_untyped("visibilitychange", move |_| live.turn());
            on_cleanup(move || {
                handle.remove();
                hold(None);
            });
        });
        live
    }

    /// Opens the stream, once somebody is known to be signed in.
    pub fn start(self) {
        if !self.started.get_untracked() {
            self.started.set(true);
        }
    }

    /// Counts up when something changed. 0 on the server.
    pub fn version(self) -> u32 {
        self.version.get()
    }

    /// The connection is lost at the moment.
    pub fn is_broken(self) -> bool {
        self.broken.get()
    }

    /// Says that something changed here, so that counts follow at once.
    pub fn nudge(self) {
        self.version.update(|v| *v += 1);
    }

    /// Narrows the stream to one request while the calling page is open.
    pub fn follow(self, request: RequestId, after: i64) {
        if self.topic.with_untracked(|t| t.request) != Some(request) {
            self.topic.set(Topic { request: Some(request), after: Some(after) });
        }
    }

    /// Widens it again.
    pub fn follow_all(self) {
        if self.topic.with_untracked(|t| t.request.is_some()) {
            self.topic.set(Topic::default());
        }
    }

    fn open(self) {
        hold(None);
        if !document().hidden() {
            let topic = self.topic.get_untracked();
            let url = paths::events(topic.request, self.last.get_value().or(topic.after));
            hold(Stream::open(&url, self));
        }
    }

    /// The tab was hidden or shown.
    fn turn(self) {
        if document().hidden() {
            hold(None);
        } else if self.started.get_untracked() {
            self.open();
            self.gather();
        }
    }

    fn gather(self) {
        if !self.gathering.get_value() {
            self.gathering.set_value(true);
            set_timeout(
                move || {
                    self.gathering.set_value(false);
                    self.nudge();
                },
                GATHER,
            );
        }
    }

    fn heard(self, id: &str) {
        self.last.update_value(|last| *last = id.parse().ok().or(*last));
        self.gather();
    }

    /// The connection broke. The browser comes back by itself, unless it was refused: then it does not say with what.
    fn lost(self, refused: bool) {
        if refused {
            spawn_local(self.ask_why());
        } else {
            self.broken.set(true);
        }
    }

    /// Where the sign-in has run out nothing waits for a connection: the page says so. A sign-in in another tab opens the
    /// stream again.
    async fn ask_why(self) {
        let signed_out =
            matches!(api::people::viewer().await, Err(AppError(error)) if error.kind == ErrorKind::SignedOut);
        if signed_out {
            hold(None);
            self.session.run_out(&dom::here());
        }
        self.broken.set(!signed_out);
        set_timeout(move || self.open(), if signed_out { RETRY * 6 } else { RETRY });
    }
}

thread_local! {
    /// The tab's one stream. Not a signal's value: pages are rendered on many threads, and a browser's object belongs to one.
    static STREAM: RefCell<Option<Stream>> = const { RefCell::new(None) };
}

/// Puts a stream in place of the one before, which closes.
fn hold(stream: Option<Stream>) {
    STREAM.with(|held| *held.borrow_mut() = stream);
}

/// An open stream with its listeners; closed when dropped.
struct Stream {
    source: EventSource,
    _change: Closure<dyn Fn(MessageEvent)>,
    _open: Closure<dyn Fn()>,
    _error: Closure<dyn Fn(Event)>,
}

impl Stream {
    fn open(url: &str, live: Live) -> Option<Self> {
        let source = EventSource::new(url).ok()?;
        let change =
            Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| live.heard(&event.last_event_id()));
        let open = Closure::<dyn Fn()>::new(move || {
            if live.broken.get_untracked() {
                live.broken.set(false);
                live.gather();
            }
        });
        let ended = source.clone();
        let error = Closure::<dyn Fn(Event)>::new(move |_| live.lost(ended.ready_state() == EventSource::CLOSED));
        source.add_event_listener_with_callback("change", change.as_ref().unchecked_ref()).ok()?;
        source.set_onopen(Some(open.as_ref().unchecked_ref()));
        source.set_onerror(Some(error.as_ref().unchecked_ref()));
        Some(Self { source, _change: change, _open: open, _error: error })
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        self.source.set_onopen(None);
        self.source.set_onerror(None);
        self.source.close();
    }
}
