//! The HTTP client that openidconnect calls, over our reqwest: no redirects, a limit on time and size.

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
