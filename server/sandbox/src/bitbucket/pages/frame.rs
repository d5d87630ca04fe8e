//! What every page shares: who acts, the frame around it, errors in words.

use super::acting;
use crate::{
    bitbucket::{
        Bitbucket,
        rest::Refusal,
        users::{self, User},
    },
    look::{self, Page},
    percent,
};
use axum::{
    http::{HeaderMap, StatusCode, Uri},
    response::Response,
};
use minijinja::{Value, context};

/// The request as pages need it.
pub(super) struct Visit {
    pub user: User,
    here: String,
}

impl Visit {
    pub(super) fn new(headers: &HeaderMap, uri: &Uri) -> Self {
        let here = uri.path_and_query().map_or("/projects", |p| p.as_str()).to_owned();
        Self { user: acting::user(headers), here }
    }

    /// For pages that answer a form: the switch leads back to what can be read.
    pub(super) fn at(headers: &HeaderMap, here: String) -> Self {
        Self { user: acting::user(headers), here }
    }

    pub(super) fn page(&self, status: StatusCode, title: &str, template: &str, content: Value) -> Response {
        let users: Vec<Value> =
            users::all().iter().map(|u| context! { name => u.name, display_name => u.display_name }).collect();
        let acting = context! { user => self.user.name, users => users, back => self.here };
        Page { status, title, place: "Bitbucket", template, content, acting: Some(acting), form_target: "" }.answer()
    }

    pub(super) fn refuse(&self, refusal: &Refusal) -> Response {
        let (status, title, text) = match refusal.status {
            404 => (StatusCode::NOT_FOUND, "Nothing is here", refusal.words()),
            401 => {
                let text = format!("{} may not see this. Choose somebody else above.", self.user.display_name);
                (StatusCode::FORBIDDEN, "Not permitted", text)
            }
            _ => (StatusCode::INTERNAL_SERVER_ERROR, "This page cannot be shown", refusal.words()),
        };
        self.page(status, title, "message.html", context! { title => title, text => text })
    }
}

/// Address of a repository's pages.
pub(super) fn repository_path(project: &str, slug: &str) -> String {
    format!("/projects/{}/repos/{}", percent::encode(project), percent::encode(slug))
}

/// Where repositories are cloned from.
pub(super) fn clone_address(server: &Bitbucket, project: &str, slug: &str) -> String {
    server.git_url(project, slug)
}

pub(super) fn not_own_origin() -> Response {
    let text = "The form came from a page of another origin.";
    look::message(StatusCode::FORBIDDEN, "Bitbucket", "This was not done", text)
}
