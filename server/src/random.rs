//! Randomness: the one place of this crate that asks the system for it. Identifiers are `causeway_store::new_id`'s.

/// So many random bytes, fit for secrets.
#[expect(clippy::disallowed_methods, reason = "this is the one place that makes random bytes")]
pub fn bytes<const N: usize>() -> [u8; N] {
    rand::random()
}
