//! The viewer's clock. Pages are rendered in UTC; once alive, they speak in the viewer's zone and of "5 minutes ago".

use chrono::{DateTime, Utc};
use leptos::prelude::*;
use std::time::Duration;

const TICK: Duration = Duration::from_secs(20);

/// What the browser's clock says; nothing on the server and while the page comes alive.
#[derive(Clone, Copy)]
pub struct Clock(RwSignal<Option<DateTime<Utc>>>);

impl Clock {
    /// Provides the clock and sets it once the page is alive.
    pub fn provide() {
        let clock = Clock(RwSignal::new(None));
        provide_context(clock);
        Effect::new(move |_| {
            clock.0.set(browser_now());
            if let Ok(handle) = set_interval_with_handle(move || clock.0.set(browser_now()), TICK) {
                on_cleanup(move || handle.clear());
            }
        });
    }

    /// Now, followed.
    pub fn now(self) -> Option<DateTime<Utc>> {
        self.0.get()
    }
}

fn browser_now() -> Option<DateTime<Utc>> {
    DateTime::from_timestamp_millis(js_sys::Date::now() as i64)
}

/// Minutes that the viewer's zone is ahead of UTC at that moment.
pub fn offset_minutes(at: DateTime<Utc>) -> i32 {
    let date = js_sys::Date::new(&wasm_bindgen::JsValue::from_f64(at.timestamp_millis() as f64));
    -(date.get_timezone_offset() as i32)
}
