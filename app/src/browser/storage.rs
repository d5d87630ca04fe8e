//! What a tab or a browser remembers. Every failure (private windows, full storage) is silence: nothing depends on it.

use leptos::prelude::*;
use web_sys::Storage;

/// Of this tab; survives a reload and the way to the provider and back.
pub fn tab() -> Option<Storage> {
    window().session_storage().ok().flatten()
}

/// Of this browser.
pub fn browser() -> Option<Storage> {
    window().local_storage().ok().flatten()
}

pub fn get(storage: Option<Storage>, key: &str) -> Option<String> {
    storage?.get_item(key).ok().flatten()
}

pub fn set(storage: Option<Storage>, key: &str, value: &str) {
    if let Some(storage) = storage {
        let _ = storage.set_item(key, value);
    }
}

pub fn remove(storage: Option<Storage>, key: &str) {
    if let Some(storage) = storage {
        let _ = storage.remove_item(key);
    }
}
