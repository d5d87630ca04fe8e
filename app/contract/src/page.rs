//! Keyset-paged lists.

use serde::{Deserialize, Serialize};

/// Rows a list shows at once.
pub const PAGE_SIZE: usize = 50;

/// One page of a list, newest first unless the list says otherwise.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Page<T> {
    pub items: Vec<T>,
    /// Opaque; hand it back as `after` for the page that follows. `None` on the last page.
    pub next: Option<String>,
}

impl<T> Default for Page<T> {
    fn default() -> Self {
        Self { items: Vec::new(), next: None }
    }
}

impl<T> Page<T> {
    pub fn map<U>(self, f: impl FnMut(T) -> U) -> Page<U> {
        Page { items: self.items.into_iter().map(f).collect(), next: self.next }
    }
}
