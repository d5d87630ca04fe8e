//! Why the sandbox could not start.

use std::{io, path::PathBuf};

/// Says what to change.
#[derive(Debug, thiserror::Error)]
pub enum SandboxError {
    #[error(
        "port {port} on 127.0.0.1 is taken or not allowed ({source}); choose another port or stop the program that holds it"
    )]
    Port { port: u16, source: io::Error },
    #[error("{path} cannot be read or written ({source}); check its permissions and the free space")]
    Disk { path: PathBuf, source: io::Error },
    #[error("{path} is not what the sandbox wrote ({reason}); move it away to start afresh")]
    Corrupt { path: PathBuf, reason: String },
    #[error("git does not work here ({0}); install git 2.40 or newer")]
    Git(String),
    #[error("the seed repository \"{name}\" is not usable: {reason}")]
    Seed { name: String, reason: String },
    #[error("\"{0}\" is not the address of a portal; write http://localhost:3000, without a path")]
    PortalUrl(String),
    #[error("the HTTP client could not be made: {0}")]
    Client(String),
}
