//! Projects and repositories, and what is set on them.

use super::{Permission, PullRequest, Report, ReviewerCondition, Webhook};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Project {
    pub id: u64,
    pub key: String,
    pub name: String,
    pub description: Option<String>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Repository {
    pub id: u64,
    /// Key of the project.
    pub project: String,
    pub slug: String,
    pub name: String,
    pub description: Option<String>,
    pub archived: bool,
    /// `refs/heads/main`
    pub default_branch: String,
    /// Branches and tags as they were last seen, by full name: the difference to git makes the events.
    pub refs: BTreeMap<String, String>,
    /// Granted or (with `None`) taken, beside what groups give.
    #[serde(default)]
    pub permissions: BTreeMap<String, Option<Permission>>,
    pub reviewer_conditions: Vec<ReviewerCondition>,
    pub required_builds: Vec<RequiredBuild>,
    #[serde(default)]
    pub restrictions: Vec<Restriction>,
    pub webhooks: Vec<Webhook>,
    pub pull_requests: Vec<PullRequest>,
    #[serde(default)]
    pub reports: Vec<Report>,
}

impl Repository {
    /// `CLOUD/infrastructure`
    pub(crate) fn full_name(&self) -> String {
        format!("{}/{}", self.project, self.slug)
    }

    pub(crate) fn pull_request(&self, id: u64) -> Option<&PullRequest> {
        self.pull_requests.iter().find(|p| p.id == id)
    }
}

/// Which branches a rule is about.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Matcher {
    /// `refs/heads/main`, a pattern, or `ANY_REF_MATCHER_ID`.
    pub id: String,
    /// `ANY_REF`, `BRANCH` or `PATTERN`.
    pub kind: String,
}

impl Matcher {
    pub(crate) fn any() -> Self {
        Self { id: "ANY_REF_MATCHER_ID".into(), kind: "ANY_REF".into() }
    }

    pub(crate) fn branch(id: &str) -> Self {
        Self { id: id.into(), kind: "BRANCH".into() }
    }

    pub(crate) fn matches(&self, reference: &str) -> bool {
        match self.kind.as_str() {
            "ANY_REF" => true,
            "BRANCH" => self.id == reference || format!("refs/heads/{}", self.id) == reference,
            "PATTERN" => glob(&self.id, reference) || glob(&self.id, reference.trim_start_matches("refs/heads/")),
            _ => false,
        }
    }
}

/// `*` stands for any text.
fn glob(pattern: &str, text: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == text,
        Some((head, tail)) => text.strip_prefix(head).is_some_and(|rest| {
            rest.char_indices().map(|(i, _)| i).chain([rest.len()]).any(|i| glob(tail, &rest[i..]))
        }),
    }
}

/// A "required builds" merge check: builds are matched by their `parent`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct RequiredBuild {
    pub id: u64,
    pub keys: Vec<String>,
    pub matcher: Matcher,
    pub exempt: Option<Matcher>,
}

/// A branch permission.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Restriction {
    pub id: u64,
    /// `read-only`, `no-deletes`, `fast-forward-only`, `pull-request-only` or `no-creates`.
    pub kind: String,
    pub matcher: Matcher,
    /// User names that are exempt.
    pub users: Vec<String>,
}

#[cfg(test)]
mod tests {
    use super::{Matcher, glob};

    #[test]
    fn patterns() {
        assert!(glob("causeway/*", "causeway/a/b"));
        assert!(glob("*", ""));
        assert!(glob("a*c*e", "abcde"));
        assert!(!glob("a*c", "ab"));
        assert!(Matcher { id: "feature/*".into(), kind: "PATTERN".into() }.matches("refs/heads/feature/x"));
        assert!(Matcher::branch("main").matches("refs/heads/main"));
        assert!(!Matcher::branch("main").matches("refs/heads/main2"));
    }
}
