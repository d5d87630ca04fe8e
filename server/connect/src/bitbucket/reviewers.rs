//! The repository's default reviewers: Bitbucket adds them for people on its pages, not for callers of its interface.

use super::{DataCenter, errors::Failure, wire::WireUser};
use causeway_portal::delivery::host::{HostError, HostErrorKind, PullRequestDraft};
use serde_json::Value;

/// What the server calls the account behind the credential.
#[derive(Default)]
pub(super) struct Own {
    pub(super) id: Option<i64>,
    pub(super) name: Option<String>,
}

impl DataCenter {
    /// Names to ask for review, without the requester and Causeway itself. A server that does not tell them: nobody.
    pub(super) async fn reviewers(
        &self,
        draft: &PullRequestDraft,
        repository: i64,
        own: &Own,
    ) -> Result<Vec<String>, HostError> {
        let id = repository.to_string();
        let (from, to) = (format!("refs/heads/{}", draft.from_branch), format!("refs/heads/{}", draft.to_branch));
        let query =
            [("sourceRepoId", id.as_str()), ("targetRepoId", &id), ("sourceRefId", &from), ("targetRefId", &to)];
        let told: Result<Value, Failure> =
            match self.api.get(&self.resource("default-reviewers", &["reviewers"]), &query).await {
                Ok(answer) => answer.json(),
                Err(failure) => Err(failure),
            };
        match told {
            Ok(value) => Ok(self.chosen(users(&value), draft, own)),
            Err(failure) if matches!(failure.error.kind, HostErrorKind::Retry { .. }) => Err(failure.error),
            Err(failure) => {
                tracing::warn!(detail = %failure.error.detail, "the default reviewers are not known: nobody is asked to review");
                Ok(Vec::new())
            }
        }
    }

    fn chosen(&self, users: Vec<WireUser>, draft: &PullRequestDraft, own: &Own) -> Vec<String> {
        let mut names: Vec<String> = Vec::new();
        for user in users {
            let has = |email: &str| {
                user.email_address.as_deref().is_some_and(|e| e.trim().eq_ignore_ascii_case(email.trim()))
            };
            let is_own = (own.id.is_some() && user.id == own.id)
                || own
                    .name
                    .as_ref()
                    .is_some_and(|name| [&user.name, &user.slug].iter().any(|n| n.as_ref() == Some(name)));
            let left_out = user.active == Some(false) || has(&draft.requester_email) || has(&self.bot.email) || is_own;
            if let Some(name) = user.name.filter(|n| !left_out && !names.contains(n)) {
                names.push(name);
            }
        }
        names
    }
}

/// Users from what the server answers: the specification says conditions that hold reviewers, servers answer users.
fn users(value: &Value) -> Vec<WireUser> {
    let entries = value.as_array().or_else(|| value["values"].as_array()).map_or(&[] as &[Value], Vec::as_slice);
    let mut found = Vec::new();
    for entry in entries {
        let groups =
            entry["reviewerGroups"].as_array().into_iter().flatten().flat_map(|g| g["users"].as_array()).flatten();
        match entry["reviewers"].as_array() {
            Some(reviewers) => found.extend(reviewers.iter().chain(groups).filter_map(user)),
            None => found.extend(user(entry)),
        }
    }
    found
}

/// A user, bare or as the `user` of a participant.
fn user(value: &Value) -> Option<WireUser> {
    let bare = if value["user"].is_object() { &value["user"] } else { value };
    serde_json::from_value::<WireUser>(bare.clone()).ok().filter(|u| u.name.is_some())
}

/// Of `asked`, those that an `InvalidPullRequestReviewersException` leaves standing.
pub(super) fn valid(entry: &Value, asked: &[String]) -> Vec<String> {
    let kept: Vec<String> = match entry["validReviewers"].as_array() {
        Some(valid) => valid.iter().filter_map(user).filter_map(|u| u.name).collect(),
        None => {
            let refused: Vec<&str> = entry["reviewerErrors"]
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(|e| e["context"].as_str())
                .collect();
            asked.iter().filter(|name| !refused.contains(&name.as_str())).cloned().collect()
        }
    };
    let rest: Vec<String> =
        asked.iter().filter(|name| kept.iter().any(|k| k.eq_ignore_ascii_case(name))).cloned().collect();
    // Nothing became clear: better nobody than never.
    if rest.len() == asked.len() { Vec::new() } else { rest }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn users_come_bare_in_conditions_and_in_groups() {
        let names = |v: Value| users(&v).into_iter().filter_map(|u| u.name).collect::<Vec<_>>();
        assert_eq!(names(json!([{"name": "a"}, {"name": "b", "emailAddress": null}])), ["a", "b"]);
        assert_eq!(
            names(json!([{"id": 3, "reviewers": [{"name": "a"}], "reviewerGroups": [{"users": [{"name": "c"}]}]}])),
            ["a", "c"]
        );
        assert_eq!(names(json!({"values": [{"user": {"name": "p"}}]})), ["p"]);
        assert!(names(json!({"odd": 1})).is_empty() && names(json!([1, null, {"name": 7}])).is_empty());
    }

    #[test]
    fn refused_reviewers_leave_and_nobody_new_comes() {
        let asked = ["a".to_owned(), "b".to_owned()];
        assert_eq!(valid(&json!({"validReviewers": [{"name": "a"}, {"name": "stranger"}]}), &asked), ["a"]);
        assert_eq!(valid(&json!({"validReviewers": [{"user": {"name": "B"}}]}), &asked), ["b"]);
        assert_eq!(valid(&json!({"reviewerErrors": [{"context": "a", "message": "a is not a user."}]}), &asked), ["b"]);
        assert!(valid(&json!({}), &asked).is_empty());
    }
}
