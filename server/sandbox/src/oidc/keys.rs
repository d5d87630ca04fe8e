//! Signing keys (P-256), and the set of them that clients verify with.

use super::Provider;
use crate::{disk, error::SandboxError, random, sync::lock};
use axum::{Json, extract::State};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use p256::ecdsa::{Signature, SigningKey, VerifyingKey, signature::Signer, signature::Verifier};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

/// Newest first: that one signs. All are published.
pub(crate) struct Keys {
    path: PathBuf,
    keys: Vec<Key>,
}

struct Key {
    id: String,
    signing: SigningKey,
}

/// Secret scalars, hexadecimal, newest first.
#[derive(Serialize, Deserialize)]
struct OnDisk {
    keys: Vec<String>,
}

impl Keys {
    pub(crate) fn open(path: &Path) -> Result<Self, SandboxError> {
        let corrupt = |reason: String| SandboxError::Corrupt { path: path.into(), reason };
        let stored: Option<OnDisk> = disk::read(path)?;
        let mut keys = Vec::new();
        for text in stored.map(|s| s.keys).unwrap_or_default() {
            let bytes = hex::decode(&text).map_err(|e| corrupt(e.to_string()))?;
            keys.push(Key::new(SigningKey::from_slice(&bytes).map_err(|e| corrupt(e.to_string()))?));
        }
        let mut keys = Self { path: path.into(), keys };
        if keys.keys.is_empty() {
            keys.rotate(false)?;
        }
        Ok(keys)
    }

    /// Signs with a new key from now on. Without `keep_old`, tokens signed before can no longer be verified.
    pub(crate) fn rotate(&mut self, keep_old: bool) -> Result<(), SandboxError> {
        if !keep_old {
            self.keys.clear();
        }
        self.keys.insert(0, Key::generate());
        let keys = self.keys.iter().map(|k| hex::encode(k.signing.to_bytes())).collect();
        disk::write(&self.path, &OnDisk { keys })
    }

    /// The id of the key that signs now, and the signature.
    pub(crate) fn current_id(&self) -> &str {
        &self.keys[0].id
    }

    pub(crate) fn sign(&self, message: &[u8]) -> Vec<u8> {
        let signature: Signature = self.keys[0].signing.sign(message);
        signature.to_bytes().to_vec()
    }

    /// True when any published key made the signature.
    pub(crate) fn verify(&self, message: &[u8], signature: &[u8]) -> bool {
        let Ok(signature) = Signature::from_slice(signature) else { return false };
        self.keys.iter().any(|k| VerifyingKey::from(&k.signing).verify(message, &signature).is_ok())
    }

    fn set(&self) -> Value {
        json!({ "keys": self.keys.iter().map(Key::public).collect::<Vec<_>>() })
    }
}

impl Key {
    fn new(signing: SigningKey) -> Self {
        let (x, y) = coordinates(&signing);
        let digest = Sha256::new().chain_update(x).chain_update(y).finalize();
        Self { id: URL_SAFE_NO_PAD.encode(&digest[..12]), signing }
    }

    fn generate() -> Self {
        loop {
            // Of 2^256 numbers, fewer than one in 2^32 is not a key.
            if let Ok(key) = SigningKey::from_slice(&random::bytes()) {
                return Self::new(key);
            }
        }
    }

    fn public(&self) -> Value {
        let (x, y) = coordinates(&self.signing);
        json!({
            "kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": self.id,
            "x": URL_SAFE_NO_PAD.encode(x), "y": URL_SAFE_NO_PAD.encode(y),
        })
    }
}

fn coordinates(key: &SigningKey) -> (Vec<u8>, Vec<u8>) {
    let point = VerifyingKey::from(key).to_encoded_point(false);
    let bytes = point.as_bytes();
    // Uncompressed: a marker, then 32 bytes each.
    (bytes[1..33].to_vec(), bytes[33..65].to_vec())
}

/// `GET /jwks`
pub(crate) async fn show(State(provider): State<Arc<Provider>>) -> Json<Value> {
    Json(lock(&provider.keys).set())
}
