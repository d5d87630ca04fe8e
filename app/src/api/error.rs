//! [`ApiError`] as server functions carry it.

use causeway_contract::{ApiError, ErrorKind};
use serde::{Deserialize, Serialize};
use server_fn::{
    codec::JsonEncoding,
    error::{FromServerFnError, ServerFnErrorErr},
};
use std::fmt;

/// The portal's error on its way to a page. A type of its own because the trait below is foreign to `contract`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AppError(pub ApiError);

impl fmt::Display for AppError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for AppError {}

impl From<ApiError> for AppError {
    fn from(error: ApiError) -> Self {
        Self(error)
    }
}

impl FromServerFnError for AppError {
    type Encoder = JsonEncoding;

    /// What went wrong between page and portal. The framework's own words stay out: they speak of code.
    fn from_server_fn_error(value: ServerFnErrorErr) -> Self {
        use ServerFnErrorErr as E;
        Self(match value {
            E::Request(_) => ApiError::unavailable("Causeway did not answer. Check your connection and try again."),
            E::Args(_) | E::MissingArg(_) | E::Serialization(_) => {
                ApiError::invalid("The form did not arrive whole. Reload the page and send it again.")
            }
            E::Deserialization(_) => {
                ApiError::new(ErrorKind::Unavailable, "The answer could not be read. Reload the page and try again.")
            }
            _ => ApiError::new(ErrorKind::Internal, "Something broke inside Causeway. Try again in a moment."),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_survives_the_way_and_framework_words_do_not() {
        let error = AppError(ApiError::field("comment", "Write a sentence."));
        assert_eq!(AppError::de(error.ser()), error);
        let framework = AppError::from_server_fn_error(ServerFnErrorErr::Args("missing field `id`".into()));
        assert_eq!(framework.0.kind, ErrorKind::Invalid);
        assert!(!framework.0.message.contains('`'));
        assert_eq!(AppError::de("<html>502</html>".into()).0.kind, ErrorKind::Unavailable);
    }
}
