//! A pull request's history.

use crate::bitbucket::world::{Activity, PullRequest};

/// Adds a line to the history and returns it for the details.
pub(crate) fn record<'a>(
    pull_request: &'a mut PullRequest,
    id: u64,
    user: &str,
    action: &str,
    now: i64,
) -> &'a mut Activity {
    let activity = Activity { id, created: now, user: user.into(), action: action.into(), ..Activity::default() };
    pull_request.activities.push(activity);
    let last = pull_request.activities.len() - 1;
    &mut pull_request.activities[last]
}
