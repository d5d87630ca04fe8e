//! Whether a button of the mouse, or a finger, is held down.

use leptos::{ev, prelude::*};
use std::{
    cell::{Cell, RefCell},
    time::Duration,
};

thread_local! {
    static HELD: Cell<bool> = const { Cell::new(false) };
    static AFTER: RefCell<Vec<Box<dyn FnOnce()>>> = const { RefCell::new(Vec::new()) };
}

/// Keeps watch while the calling component stands.
pub fn watch() {
    Effect::new(|_| {
        let down = window_event_listener(ev::pointerdown, |_| HELD.set(true));
        let up = window_event_listener(ev::pointerup, |_| released());
        let cancel = window_event_listener(ev::pointercancel, |_| released());
        // A release outside of the window is not told; whoever types has let go.
        let key = window_event_listener(ev::keydown, |_| released());
        on_cleanup(move || {
            for handle in [down, up, cancel, key] {
                handle.remove();
            }
        });
    });
}

/// Runs `then` at once or, while something is held down, when that press has become a click: what moves away under a
/// press that has begun is never clicked.
pub fn after(then: impl FnOnce() + 'static) {
    if HELD.get() {
        AFTER.with_borrow_mut(|waiting| waiting.push(Box::new(then)));
    } else {
        then();
    }
}

fn released() {
    if HELD.replace(false) {
        // The click follows the release within the same turn of the event loop.
        set_timeout(|| AFTER.take().into_iter().for_each(|then| then()), Duration::ZERO);
    }
}
