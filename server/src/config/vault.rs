//! HashiCorp Vault, for secrets written as `vault:path#key` (KV version 2).

use super::{Secret, WebUrl};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::path::PathBuf;

/// Where Vault is.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Vault {
    /// `https://vault.example.com:8200`
    pub address: WebUrl,
    /// Token that may read the paths. `file:/path` is understood (the sink of a Vault agent).
    pub token: Secret,
    /// PEM file of authorities to trust beside the system's.
    pub ca_file: Option<PathBuf>,
}

impl Vault {
    /// Reads `mount/path#key`, e.g. `secret/causeway#bitbucket_token`. The form that Vault's API has, `secret/data/causeway`,
    /// is understood too.
    ///
    /// # Errors
    /// A sentence that says what to change; never the secret.
    pub async fn read(&self, reference: &str) -> Result<String, String> {
        let shape = || {
            format!(
                "\"vault:{reference}\" is not a reference; write vault:MOUNT/PATH#KEY, e.g. vault:secret/causeway#token"
            )
        };
        let (path, key) = reference.split_once('#').ok_or_else(shape)?;
        let (mount, path) = path.split_once('/').ok_or_else(shape)?;
        let path = path.strip_prefix("data/").unwrap_or(path);
        if mount.is_empty() || path.is_empty() || key.is_empty() {
            return Err(shape());
        }
        let Some(address) = self.address.url() else {
            return Err("it is a vault: reference, but vault.address is not set".into());
        };
        let mut url = address.clone();
        url.path_segments_mut()
            .map_err(|()| "vault.address cannot have paths".to_owned())?
            .pop_if_empty()
            .extend(["v1", mount, "data"])
            .extend(path.split('/'));
        let client = causeway_connect::http::client(self.ca_file.as_deref())?;
        let answer = client
            .get(url)
            .header("x-vault-token", self.token.expose())
            .send()
            .await
            .map_err(|e| format!("Vault does not answer ({})", e.without_url()))?;
        match answer.status().as_u16() {
            200 => {}
            403 => {
                return Err(format!(
                    "Vault refuses to show {mount}/{path}; give vault.token a policy that may read it"
                ));
            }
            404 => return Err(format!("Vault has nothing at {mount}/{path}; the mount must be KV version 2")),
            status => return Err(format!("Vault answered {status}; look at its log")),
        }
        let body: Value = answer.json().await.map_err(|_| "Vault's answer is not JSON".to_owned())?;
        match body.pointer(&format!("/data/data/{}", key.replace('~', "~0").replace('/', "~1"))).and_then(Value::as_str)
        {
            Some(text) if !text.is_empty() => Ok(text.to_owned()),
            _ => Err(format!("Vault's {mount}/{path} has no text under the key \"{key}\"")),
        }
    }
}
