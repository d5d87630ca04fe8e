//! The one error that crosses from portal to page.

use serde::{Deserialize, Serialize};
use std::fmt;

pub type ApiResult<T> = Result<T, ApiError>;

/// What kind of "no" it is; decides the HTTP status.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrorKind {
    /// 400: something typed is wrong; `fields` or `message` says what.
    Invalid,
    /// 401: nobody is signed in.
    SignedOut,
    /// 403: known, visible, but not yours to do.
    Forbidden,
    /// 404: not there, or not yours to know of.
    NotFound,
    /// 409: somebody else was quicker, or the state does not allow it.
    Conflict,
    /// 413: more than fits.
    TooLarge,
    /// 503: something the portal needs is away; trying again may help.
    Unavailable,
    /// 500: a fault of the portal. The log has the cause under `reference`.
    Internal,
}

impl ErrorKind {
    pub fn status(self) -> u16 {
        match self {
            ErrorKind::Invalid => 400,
            ErrorKind::SignedOut => 401,
            ErrorKind::Forbidden => 403,
            ErrorKind::NotFound => 404,
            ErrorKind::Conflict => 409,
            ErrorKind::TooLarge => 413,
            ErrorKind::Unavailable => 503,
            ErrorKind::Internal => 500,
        }
    }
}

/// One thing wrong with one field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldError {
    /// Name of the field as in the form.
    pub field: String,
    /// A sentence that says what to change.
    pub message: String,
}

/// What the person can do about it. The operator's half of the story is in the log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApiError {
    pub kind: ErrorKind,
    /// Plain words, a full sentence.
    pub message: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<FieldError>,
    /// Finds the log line of an internal error.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
}

impl ApiError {
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), fields: Vec::new(), reference: None }
    }
    pub fn invalid(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Invalid, message)
    }
    pub fn field(field: &str, message: impl Into<String>) -> Self {
        let message = message.into();
        Self { fields: vec![FieldError { field: field.into(), message: message.clone() }], ..Self::invalid(message) }
    }
    pub fn fields(fields: Vec<FieldError>) -> Self {
        Self { fields, ..Self::invalid("Some answers need another look.") }
    }
    pub fn signed_out() -> Self {
        Self::new(ErrorKind::SignedOut, "You are signed out. Sign in again; nothing you typed is lost.")
    }
    pub fn forbidden(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Forbidden, message)
    }
    /// `noun` as in "This request does not exist, or you may not see it."
    pub fn not_found(noun: &str) -> Self {
        Self::new(ErrorKind::NotFound, format!("This {noun} does not exist, or you may not see it."))
    }
    pub fn conflict(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Conflict, message)
    }
    pub fn unavailable(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Unavailable, message)
    }
}

impl ApiError {
    /// Field of the error of a submit that has not seen what would happen.
    const SEEN: &str = "seen";

    /// Something else would happen than what the person looked at.
    pub fn look_again(message: &str) -> Self {
        Self {
            fields: vec![FieldError { field: Self::SEEN.into(), message: message.into() }],
            ..Self::conflict(message)
        }
    }

    /// Whether it is a [`ApiError::look_again`].
    pub fn must_look(&self) -> bool {
        self.kind == ErrorKind::Conflict && self.fields.iter().any(|f| f.field == Self::SEEN)
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for ApiError {}
