//! Errors in Bitbucket's shape.

use crate::bitbucket::git::GitError;
use axum::{
    Json,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};

/// A status and its errors: `{"errors": [{"context", "message", "exceptionName", …}]}`.
#[derive(Debug)]
pub(crate) struct Refusal {
    pub status: u16,
    pub errors: Vec<Value>,
}

const PACKAGE: &str = "com.atlassian.bitbucket.";

impl Refusal {
    /// `exception` is the class without the package that most share.
    pub(crate) fn because(status: u16, exception: &str, message: impl Into<String>) -> Self {
        Self::raw(status, Value::Null, Some(&format!("{PACKAGE}{exception}")), Some(&message.into()))
    }

    /// A validation error of one property.
    pub(crate) fn at(status: u16, context: &str, message: impl Into<String>) -> Self {
        Self::raw(status, json!(context), None, Some(&message.into()))
    }

    pub(crate) fn raw(status: u16, context: Value, exception: Option<&str>, message: Option<&str>) -> Self {
        let error = json!({ "context": context, "message": message, "exceptionName": exception });
        Self { status, errors: vec![error] }
    }

    /// There is no such resource.
    pub(crate) fn no_route() -> Self {
        Self::raw(404, Value::Null, None, None)
    }

    /// The user lacks the permission. The real server says 401, not 403.
    pub(crate) fn not_permitted() -> Self {
        Self::because(401, "AuthorisationException", "You are not permitted to access this resource")
    }

    pub(crate) fn anonymous() -> Self {
        let name = "com.atlassian.plugins.rest.api.security.exception.AuthenticationRequiredException";
        Self::raw(401, Value::Null, Some(name), Some("You are not permitted to access this resource"))
    }

    pub(crate) fn wrong_credentials() -> Self {
        let text = "Authentication failed. Please check your credentials and try again.";
        Self::because(401, "auth.IncorrectPasswordAuthenticationException", text)
    }

    pub(crate) fn no_user(name: &str) -> Self {
        Self::because(404, "user.NoSuchUserException", format!("User {name} does not exist."))
    }

    pub(crate) fn no_commit(commit: &str, slug: &str) -> Self {
        let text = format!("Commit '{commit}' does not exist in repository '{slug}'.");
        Self::because(404, "commit.NoSuchCommitException", text)
    }

    pub(crate) fn no_path(path: &str, at: &str) -> Self {
        let text = format!("The path \"{path}\" does not exist at revision \"{at}\"");
        Self::because(404, "content.NoSuchPathException", text)
    }

    pub(crate) fn context(&mut self, context: &str) {
        self.errors[0]["context"] = json!(context);
    }

    /// Adds a property to the first error.
    pub(crate) fn with(mut self, key: &str, value: Value) -> Self {
        self.errors[0][key] = value;
        self
    }

    /// What a page says.
    pub(crate) fn words(&self) -> String {
        let vetoes = self.errors[0]["vetoes"].as_array().cloned().unwrap_or_default();
        let texts: Vec<&str> = std::iter::once(&self.errors[0]["message"])
            .chain(vetoes.iter().map(|v| &v["detailedMessage"]))
            .filter_map(Value::as_str)
            .collect();
        if texts.is_empty() { "This does not exist.".into() } else { texts.join(" ") }
    }
}

impl From<GitError> for Refusal {
    fn from(error: GitError) -> Self {
        tracing::error!(%error, "git failed in the sandbox");
        Self::because(500, "scm.CommandFailedException", "A git command failed; the log of the sandbox says why.")
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let body = Json(json!({ "errors": self.errors }));
        (status, [(header::CONTENT_TYPE, "application/json;charset=UTF-8")], body).into_response()
    }
}
