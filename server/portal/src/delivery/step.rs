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

/// How a delivery comes to its end, seen in the pull request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Ending {
    Merged,
    Declined,
    Deleted,
}

impl Ending {
    pub const ALL: [Ending; 3] = [Ending::Merged, Ending::Declined, Ending::Deleted];
}

/// What an [`Observer`] is told about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Act {
    Step(Step),
    Ending(Ending),
}

impl Act {
    /// Everything a delivery may do, in the order of [`Step::ALL`] and [`Ending::ALL`].
    pub fn all() -> impl Iterator<Item = Act> {
        Step::ALL.into_iter().map(Act::Step).chain(Ending::ALL.into_iter().map(Act::Ending))
    }
}

/// Where inside an act the work is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Moment {
    /// Nothing of it has happened.
    Before,
    /// The outside has been changed; our rows do not know it yet.
    Done,
    /// The rows are committed.
    Recorded,
}

impl Moment {
    pub const ALL: [Moment; 3] = [Moment::Before, Moment::Done, Moment::Recorded];
}

/// Watches deliveries from inside: tests kill or hold up the process here.
pub trait Observer: Send + Sync {
    fn at(&self, act: Act, moment: Moment);
}
