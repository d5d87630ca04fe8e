//! A credential in configuration: the text itself, `file:/path`, or `vault:path#key`.

use super::text::text;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};
use std::{borrow::Cow, convert::Infallible, fmt, str::FromStr};

/// Never shown: `Debug`, `Display` and `Serialize` say only whether it is set.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// As written, before [`Secret::resolve`]; the credential itself afterwards.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Replaces a reference by what it points at. `vault` reads one key of one path.
    ///
    /// # Errors
    /// A sentence that says what to change; it never holds the secret.
    pub async fn resolve(&mut self, key: &str, vault: &super::Vault) -> Result<(), String> {
        if let Some(path) = self.0.strip_prefix("file:") {
            let text = std::fs::read_to_string(path).map_err(|e| {
                format!("{key}: the file {path} cannot be read ({e}); check the path and its permissions")
            })?;
            let text = text.trim_end_matches(['\r', '\n']).to_owned();
            if text.is_empty() {
                return Err(format!("{key}: the file {path} is empty; write the secret into it"));
            }
            self.0 = text;
        } else if let Some(reference) = self.0.strip_prefix("vault:") {
            self.0 = vault.read(reference).await.map_err(|e| format!("{key}: {e}"))?;
        }
        Ok(())
    }
}

impl FromStr for Secret {
    type Err = Infallible;
    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(Self(text.into()))
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_empty() { "" } else { "(set)" })
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_empty() { "Secret(not set)" } else { "Secret(set)" })
    }
}

text!(Secret, "secret");
