//! Users, projects, repositories, branches, webhooks.

use crate::{
    bitbucket::{
        users::User,
        world::{Project, Repository, Webhook},
    },
    percent,
};
use serde_json::{Value, json};

pub(crate) fn user(base: &str, user: &User) -> Value {
    json!({
        "name": user.name, "emailAddress": user.email, "active": true, "displayName": user.display_name,
        "id": user.id, "slug": user.name, "type": "NORMAL",
        "links": { "self": [{ "href": format!("{base}/users/{}", percent::encode(user.name)) }] },
    })
}

pub(crate) fn project(base: &str, project: &Project) -> Value {
    json!({
        "key": project.key, "id": project.id, "name": project.name, "description": project.description,
        "public": false, "type": "NORMAL",
        "links": { "self": [{ "href": format!("{base}/projects/{}", project.key) }] },
    })
}

/// The repository within its project. Projects of the sandbox are named by their key inside a repository.
pub(crate) fn repository(base: &str, repository: &Repository) -> Value {
    let key = &repository.project;
    let slug = &repository.slug;
    json!({
        "slug": slug, "id": repository.id, "name": repository.name, "description": repository.description,
        "hierarchyId": format!("{:020x}", repository.id), "scmId": "git", "state": "AVAILABLE",
        "statusMessage": "Available", "forkable": true, "public": false, "archived": repository.archived,
        "project": {
            "key": key, "name": key, "public": false, "type": "NORMAL",
            "links": { "self": [{ "href": format!("{base}/projects/{key}") }] },
        },
        "links": {
            "clone": [{ "href": format!("{base}/scm/{}/{slug}.git", key.to_ascii_lowercase()), "name": "http" }],
            "self": [{ "href": format!("{base}/projects/{key}/repos/{slug}/browse") }],
        },
    })
}

/// `name` is the full one.
pub(crate) fn branch(repository: &Repository, name: &str, commit: &str) -> Value {
    let default = name == repository.default_branch;
    json!({
        "id": name, "displayId": name.trim_start_matches("refs/heads/"), "type": "BRANCH",
        "latestCommit": commit, "latestChangeset": commit, "isDefault": default, "default": default,
    })
}

pub(crate) fn webhook(webhook: &Webhook) -> Value {
    let configuration = match &webhook.secret {
        Some(secret) => json!({ "secret": secret }),
        None => json!({}),
    };
    json!({
        "id": webhook.id, "name": webhook.name, "createdDate": webhook.created, "updatedDate": webhook.updated,
        "events": webhook.events, "configuration": configuration, "url": webhook.url, "active": webhook.active,
        "scopeType": "repository", "sslVerificationRequired": webhook.verify_certificates,
    })
}
