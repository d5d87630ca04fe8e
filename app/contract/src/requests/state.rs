//! What is asked for, and where it stands.

use serde::{Deserialize, Serialize};

crate::places::words! {
    /// What is asked for.
    RequestKind { Create = "create" / "Create", Update = "update" / "Change", Delete = "delete" / "Delete" }
}

crate::places::words! {
    /// Where a request stands. The moves between them are `portal::requests`' to make; what a person may do in each is in [`crate::actions`].
    RequestState {
        /// A stage waits for a decision.
        Pending = "pending" / "Waiting for approval",
        /// An approver asked for changes; the requester's form is open again.
        ChangesRequested = "changes_requested" / "Changes asked for",
        /// Every stage is satisfied; delivery has not touched the outside yet.
        Approved = "approved" / "Approved",
        /// Branch, commit and pull request are being made.
        Delivering = "delivering" / "Opening pull request",
        /// The pull request is open in Bitbucket.
        InReview = "in_review" / "Pull request open",
        /// The pull request is merged; Terraform's runner applies it.
        Merged = "merged" / "Merged",
        Denied = "denied" / "Denied",
        Withdrawn = "withdrawn" / "Withdrawn",
        /// The pull request was declined, or deleted, in Bitbucket.
        Declined = "declined" / "Pull request declined",
        /// Delivery cannot go on without a person; the words are in [`super::DeliveryView::problem`], or, while a pull request
        /// is looked after, in [`super::DeliveryView::trouble`].
        Stuck = "stuck" / "Needs attention",
    }
}

impl RequestState {
    /// Nothing happens any more.
    pub fn is_final(self) -> bool {
        matches!(self, Self::Merged | Self::Denied | Self::Withdrawn | Self::Declined)
    }

    pub fn tone(self) -> Tone {
        match self {
            Self::Merged | Self::Approved => Tone::Good,
            Self::Pending | Self::ChangesRequested => Tone::Attention,
            Self::Denied | Self::Declined | Self::Stuck => Tone::Bad,
            Self::Delivering | Self::InReview | Self::Withdrawn => Tone::Information,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tone {
    Good,
    Attention,
    Bad,
    Information,
}
