//! Secrets and identifiers.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};

pub(crate) fn bytes() -> [u8; 32] {
    random()
}

#[expect(clippy::disallowed_methods, reason = "this is the one place of the sandbox that makes random bytes")]
fn random<const N: usize>() -> [u8; N] {
    rand::random()
}

/// 256 bits, safe in addresses and headers.
pub(crate) fn secret() -> String {
    URL_SAFE_NO_PAD.encode(bytes())
}

/// What is stored instead of a secret.
pub(crate) fn digest(secret: &str) -> String {
    hex::encode(Sha256::digest(secret.as_bytes()))
}

/// A version 4 UUID, as Bitbucket names its webhook deliveries.
pub(crate) fn uuid() -> String {
    let mut b: [u8; 16] = random();
    b[6] = (b[6] & 0x0f) | 0x40;
    b[8] = (b[8] & 0x3f) | 0x80;
    let h = hex::encode(b);
    format!("{}-{}-{}-{}-{}", &h[..8], &h[8..12], &h[12..16], &h[16..20], &h[20..])
}

/// Compares without telling by its duration where the difference is.
pub(crate) fn same(a: &str, b: &str) -> bool {
    Sha256::digest(a.as_bytes()) == Sha256::digest(b.as_bytes())
}
