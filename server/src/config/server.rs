//! Where the portal listens.

use super::{Span, WebUrl};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::{net::SocketAddr, path::PathBuf};

/// Where the portal listens and how people reach it.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Server {
    /// Address and port to listen on. TLS is the business of what stands in front.
    #[schemars(with = "String", extend("format" = "listen-address"))]
    pub listen: SocketAddr,
    /// Where people reach the portal. `https` turns on secure cookies and HSTS. Required.
    #[schemars(extend("x-required" = true))]
    pub public_url: WebUrl,
    /// Folder for the embedded database and copies of repositories. Made when missing.
    pub data_dir: PathBuf,
    /// A request that takes longer is answered 503.
    pub request_timeout: Span,
    /// Requests under way have this long when the process is told to stop.
    pub shutdown_grace: Span,
    /// Name of the header in which a trusted proxy writes the caller's address (`x-forwarded-for`: its last entry counts).
    /// Empty: the address of the connection counts.
    pub client_address_header: String,
}

impl Default for Server {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 3000)),
            public_url: WebUrl::default(),
            data_dir: "data".into(),
            request_timeout: Span::seconds(30),
            shutdown_grace: Span::seconds(10),
            client_address_header: String::new(),
        }
    }
}
