//! Sign-in by OpenID Connect: code flow with PKCE, state and nonce.
//!
//! [`start`] sends the browser away, [`callback`] takes it back, [`sign_out`] and [`backchannel`] end what they began.
//! To add a reason to refuse somebody: a [`callback::Refusal`] with its sentence, and a case in `tests/sign_in.rs`.

mod backchannel;
mod bridge;
mod callback;
mod claims;
mod exchange;
mod flow;
mod groups;
mod logout_token;
mod mfa;
mod pages;
mod person;
mod provider;
mod refusals;
mod return_to;
mod sign_out;
mod start;
mod store;

pub use backchannel::backchannel_logout;
pub use callback::callback;
pub use provider::{Provider, ProviderError};
pub use refusals::Refusals;
pub use return_to::local_path;
pub use sign_out::sign_out;
pub use start::start;
pub use store::RowStore;
