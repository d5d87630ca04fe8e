//! The one table of action → states that allow it. Services enforce it; pages disable a button *with the reason* from it.

use crate::requests::RequestState::{self, *};
use serde::{Deserialize, Serialize};

/// What a person may try on a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    Approve,
    Deny,
    AskForChanges,
    Comment,
    Withdraw,
    /// Change and submit again after "ask for changes".
    Revise,
    /// Try a delivery again that got stuck.
    RetryDelivery,
    /// Start a new request with the same answers.
    Clone,
}

impl Action {
    pub const ALL: [Action; 8] = [
        Action::Approve,
        Action::Deny,
        Action::AskForChanges,
        Action::Comment,
        Action::Withdraw,
        Action::Revise,
        Action::RetryDelivery,
        Action::Clone,
    ];

    /// The verb on the button.
    pub fn label(self) -> &'static str {
        match self {
            Action::Approve => "Approve",
            Action::Deny => "Deny",
            Action::AskForChanges => "Ask for changes",
            Action::Comment => "Comment",
            Action::Withdraw => "Withdraw",
            Action::Revise => "Change and submit again",
            Action::RetryDelivery => "Try delivery again",
            Action::Clone => "Clone",
        }
    }

    /// The states that allow it.
    pub fn states(self) -> &'static [RequestState] {
        match self {
            Action::Approve | Action::Deny | Action::AskForChanges => &[Pending],
            Action::Comment | Action::Clone => RequestState::ALL,
            // Stuck: only while no pull request of it is open, which the service sees to.
            Action::Withdraw => &[Pending, ChangesRequested, Approved, Stuck],
            Action::Revise => &[ChangesRequested],
            Action::RetryDelivery => &[Stuck],
        }
    }

    /// # Errors
    /// Why not, as a full sentence.
    pub fn check(self, state: RequestState) -> Result<(), String> {
        if self.states().contains(&state) {
            return Ok(());
        }
        Err(match (self, state) {
            (Action::Withdraw, Delivering | InReview) => {
                "Delivery has started. Decline the pull request in Bitbucket instead.".into()
            }
            (Action::Revise, _) => "Nobody asked for changes.".into(),
            (Action::RetryDelivery, _) => "Delivery is not stuck.".into(),
            (Action::Approve | Action::Deny | Action::AskForChanges, ChangesRequested) => {
                "Changes were asked for; it comes back when the requester submits again.".into()
            }
            _ => format!("This request is {} already.", state.label().to_lowercase()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table() {
        let mut out = String::new();
        for action in Action::ALL {
            let states = action.states().iter().map(|s| s.as_str()).collect::<Vec<_>>().join(" ");
            out += &format!(
                "{:<24}{}\n",
                action.label(),
                if action.states().len() == RequestState::ALL.len() { "always" } else { &states }
            );
        }
        assert_eq!(
            out,
            "Approve                 pending\n\
             Deny                    pending\n\
             Ask for changes         pending\n\
             Comment                 always\n\
             Withdraw                pending changes_requested approved stuck\n\
             Change and submit again changes_requested\n\
             Try delivery again      stuck\n\
             Clone                   always\n"
        );
    }
}
