//! The steps of a delivery. Each is safe to do twice; each is recorded in one transaction once done.

use causeway_store::deliveries::Delivery;

/// In order. A step is done when its time is set in the delivery's row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Step {
    /// The request leaves the hands of people: it cannot be withdrawn any more.
    Start,
    /// Fetch the default branch; fix the commit to build upon.
    Prepare,
    /// Write the commit into the mirror.
    Commit,
    /// Push it as a new branch.
    Push,
    /// Open the pull request.
    Open,
    /// Publish the build status.
    Publish,
}

impl Step {
    pub const ALL: [Step; 6] = [Step::Start, Step::Prepare, Step::Commit, Step::Push, Step::Open, Step::Publish];

    pub fn as_str(self) -> &'static str {
        match self {
            Step::Start => "start",
            Step::Prepare => "prepare",
            Step::Commit => "commit",
            Step::Push => "push",
            Step::Open => "open",
            Step::Publish => "publish",
        }
    }

    /// As the page lists it.
    pub fn label(self) -> &'static str {
        match self {
            Step::Start => "Delivery started",
            Step::Prepare => "Repository read",
            Step::Commit => "Commit made",
            Step::Push => "Branch pushed",
            Step::Open => "Pull request opened",
            Step::Publish => "Approval published as build status",
        }
    }

    /// When it was done, in microseconds.
    pub fn done_at(self, delivery: &Delivery) -> Option<i64> {
        match self {
            Step::Start => Some(delivery.started_at),
            Step::Prepare => delivery.prepared_at,
            Step::Commit => delivery.committed_at,
            Step::Push => delivery.pushed_at,
            Step::Open => delivery.opened_at,
            Step::Publish => delivery.published_at,
        }
    }
}

/// Where inside a step the work is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Moment {
    /// Nothing of the step has happened.
    Before,
    /// The outside has been changed; our rows do not know it yet.
    Done,
    /// The rows are committed.
    Recorded,
}

impl Moment {
    pub const ALL: [Moment; 3] = [Moment::Before, Moment::Done, Moment::Recorded];
}

/// Watches deliveries from inside: tests kill the process here.
pub trait Observer: Send + Sync {
    fn at(&self, step: Step, moment: Moment);
}
