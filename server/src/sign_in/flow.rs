//! What a browser's session keeps while its person is at the provider.

use super::ProviderError;
use serde::{Deserialize, Serialize};
use tower_sessions::Session;

/// Two tabs may sign in at once; nobody needs more.
const MOST: usize = 5;
const FLOWS: &str = "flows";
const WAITING: &str = "waiting";

/// One way to the provider and back. Its `state` is the key; used once.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Flow {
    pub(super) state: String,
    pub(super) nonce: String,
    /// PKCE code verifier.
    pub(super) verifier: String,
    /// A local path.
    pub(super) return_to: String,
    /// The provider was asked for a second factor already.
    pub(super) stepped_up: bool,
    /// The provider was asked not to show anything: roles are being renewed.
    pub(super) silent: bool,
}

/// What is left of another tab's flow when one tab has signed the browser in: enough to lead that tab on, and no secret.
#[derive(Serialize, Deserialize)]
struct Waiting {
    state: String,
    return_to: String,
}

/// Adds a flow and forgets the oldest beyond five.
pub(super) async fn remember(session: &Session, flow: Flow) -> Result<(), ProviderError> {
    let mut flows: Vec<Flow> = session.get(FLOWS).await.map_err(|e| ProviderError::ours(&e))?.unwrap_or_default();
    flows.push(flow);
    let surplus = flows.len().saturating_sub(MOST);
    flows.drain(..surplus);
    session.insert(FLOWS, flows).await.map_err(|e| ProviderError::ours(&e))
}

/// Takes the flow with this `state` out and writes that down at once, so that it can be used once only.
pub(super) async fn take(session: &Session, state: &str) -> Result<Option<Flow>, ProviderError> {
    let mut flows: Vec<Flow> = session.get(FLOWS).await.map_err(|e| ProviderError::ours(&e))?.unwrap_or_default();
    let Some(at) = flows.iter().position(|flow| flow.state == state) else { return Ok(None) };
    let flow = flows.remove(at);
    session.insert(FLOWS, flows).await.map_err(|e| ProviderError::ours(&e))?;
    session.save().await.map_err(|e| ProviderError::ours(&e))?;
    Ok(Some(flow))
}

/// Forgets all flows: the sign-in is done. Where the other tabs wanted to go is kept for when they come back.
pub(super) async fn forget(session: &Session) -> Result<(), ProviderError> {
    let flows: Option<Vec<Flow>> = session.remove(FLOWS).await.map_err(|e| ProviderError::ours(&e))?;
    let waiting = flows.unwrap_or_default().into_iter();
    let waiting: Vec<Waiting> = waiting.map(|f| Waiting { state: f.state, return_to: f.return_to }).collect();
    if waiting.is_empty() {
        return session.remove_value(WAITING).await.map(|_| ()).map_err(|e| ProviderError::ours(&e));
    }
    session.insert(WAITING, waiting).await.map_err(|e| ProviderError::ours(&e))
}

/// Where a tab with this `state` wanted to go, when another tab has signed the browser in meanwhile.
pub(super) async fn overtaken(session: &Session, state: &str) -> Option<String> {
    let waiting: Vec<Waiting> = session.get(WAITING).await.ok()??;
    waiting.into_iter().find(|tab| tab.state == state).map(|tab| tab.return_to)
}
