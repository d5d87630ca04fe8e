//! The HTTP client that openidconnect calls, over our reqwest: no redirects, a limit on time and size.

use http::{HeaderMap, StatusCode, header::CONTENT_TYPE};
use openidconnect::{AsyncHttpClient, HttpRequest, HttpResponse};
use std::{future::Future, pin::Pin, time::Duration};

/// No answer of a provider is larger than this, in bytes.
const LARGEST: usize = 1024 * 1024;

/// See the module.
#[derive(Clone, Debug)]
pub(super) struct Bridge {
    pub(super) client: reqwest::Client,
    /// For one call, from first byte sent to last byte received.
    pub(super) timeout: Duration,
}

/// Why a call to the provider failed.
#[derive(Debug, thiserror::Error)]
pub(super) enum BridgeError {
    #[error("{0}")]
    Http(String),
    #[error("the answer is larger than 1 MiB")]
    TooLarge,
    #[error("the answer was {0}")]
    Status(StatusCode),
    #[error("the answer was a page for people ({0})")]
    Page(StatusCode),
}

/// What is not the provider's own word: it is overloaded, broken, or something in front of it answers in its place.
fn not_its_word(status: StatusCode, headers: &HeaderMap) -> Option<BridgeError> {
    if status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS {
        return Some(BridgeError::Status(status));
    }
    let kind = headers.get(CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default().to_ascii_lowercase();
    kind.starts_with("text/html").then_some(BridgeError::Page(status))
}

impl From<reqwest::Error> for BridgeError {
    fn from(error: reqwest::Error) -> Self {
        // Addresses may carry codes and tokens in their query.
        let error = error.without_url();
        let mut text = error.to_string();
        let mut cause = std::error::Error::source(&error);
        while let Some(next) = cause {
            text = format!("{text}: {next}");
            cause = next.source();
        }
        Self::Http(text)
    }
}

impl<'c> AsyncHttpClient<'c> for Bridge {
    type Error = BridgeError;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, BridgeError>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(async move {
            let mut request = reqwest::Request::try_from(request)?;
            *request.timeout_mut() = Some(self.timeout);
            let mut answer = self.client.execute(request).await?;
            let (status, headers) = (answer.status(), std::mem::take(answer.headers_mut()));
            if let Some(error) = not_its_word(status, &headers) {
                return Err(error);
            }
            let mut body = Vec::new();
            while let Some(chunk) = answer.chunk().await? {
                body.extend_from_slice(&chunk);
                if body.len() > LARGEST {
                    return Err(BridgeError::TooLarge);
                }
            }
            let mut response = HttpResponse::new(body);
            *response.status_mut() = status;
            *response.headers_mut() = headers;
            Ok(response)
        })
    }
}
