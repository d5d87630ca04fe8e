//! Sessions: a row a browser, from the first step of sign-in to its end.
//!
//! To add an act on sessions: a file below `sessions/` with a method on [`Portal`](crate::Portal) that changes rows and adds its audit
//! event in one transaction, and a case in the server's sign-in tests.

mod device;
mod end;
mod flow;
mod list;
mod sign_in;
mod standing;

pub use device::device;
pub use sign_in::{SignIn, Since};
pub use standing::{Standing, StillSignedIn};

use sha2::{Digest, Sha256};

/// How long a browser may take between the first step of sign-in and the last, in minutes.
pub const FLOW_MINUTES: i64 = 15;

/// What is kept of a cookie's value: SHA-256 in lower-case hex. Who reads the table cannot take over a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenHash(String);

impl TokenHash {
    /// Of the cookie's value as the browser sends it.
    pub fn of(cookie: &str) -> Self {
        Self(hex::encode(Sha256::digest(cookie.as_bytes())))
    }

    /// A mark on `text` that only who knows this session can have made, in lower-case hex.
    pub fn seal(&self, text: &str) -> String {
        let inner = Sha256::new_with_prefix(&self.0).chain_update(text).finalize();
        hex::encode(Sha256::new_with_prefix(&self.0).chain_update(inner).finalize())
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

/// Where a browser is, as far as it says so itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Browser {
    /// The `User-Agent` header, cut to 300 characters.
    pub user_agent: String,
    /// IP address without port.
    pub address: String,
}

impl Browser {
    pub fn new(user_agent: &str, address: &str) -> Self {
        let cut = |text: &str, most: usize| text.chars().filter(|c| !c.is_control()).take(most).collect();
        Self { user_agent: cut(user_agent, 300), address: cut(address, 60) }
    }
}
