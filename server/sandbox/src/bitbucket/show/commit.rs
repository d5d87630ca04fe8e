//! Commits.

use crate::bitbucket::{git::Commit, users};
use serde_json::{Value, json};

/// People that Bitbucket knows by their e-mail are shown as users, others as git has them.
fn person(base: &str, name: &str, email: &str) -> Value {
    match users::all().iter().find(|u| u.email.eq_ignore_ascii_case(email)) {
        Some(user) => super::user(base, user),
        None => json!({ "name": name, "emailAddress": email }),
    }
}

pub(crate) fn commit(base: &str, commit: &Commit) -> Value {
    let parents = commit.parents.iter().map(|p| json!({ "id": p, "displayId": &p[..11] }));
    json!({
        "id": commit.id, "displayId": &commit.id[..11],
        "author": person(base, &commit.author, &commit.author_email), "authorTimestamp": commit.authored,
        "committer": person(base, &commit.committer, &commit.committer_email), "committerTimestamp": commit.committed,
        "message": commit.message, "parents": parents.collect::<Vec<_>>(),
    })
}
