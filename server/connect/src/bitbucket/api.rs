//! Calls to the REST resources: addresses, the credential, the share of requests, bounded answers.

use super::{
    below,
    errors::{self, Failure},
};
use crate::http::{Secret, chain};
use causeway_portal::delivery::host::HostError;
use reqwest::{
    Client, Method, Response,
    header::{ACCEPT, AUTHORIZATION, HeaderMap, HeaderValue},
};
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::sync::Arc;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use url::Url;

/// Bitbucket counts requests by user, REST and git alike.
const IN_FLIGHT: usize = 4;
const BODY: usize = 4 * 1024 * 1024;
const PAGE: &str = "100";
const PAGES: usize = 50;

pub(super) struct Api {
    client: Client,
    base: Url,
    token: Secret,
    authorization: HeaderValue,
    share: Arc<Semaphore>,
}

/// An answer with a status below 300.
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) headers: HeaderMap,
    pub(super) body: Vec<u8>,
    act: String,
}

impl Api {
    pub(super) fn new(client: Client, base: Url, token: Secret, authorization: HeaderValue) -> Self {
        Self { client, base, token, authorization, share: Arc::new(Semaphore::new(IN_FLIGHT)) }
    }

    pub(super) fn base(&self) -> &Url {
        &self.base
    }

    /// A place among the requests in flight; `None` never happens, the semaphore is not closed.
    pub(super) async fn permit(&self) -> Option<OwnedSemaphorePermit> {
        self.share.clone().acquire_owned().await.ok()
    }

    /// GET with the credential.
    pub(super) async fn get(&self, segments: &[&str], query: &[(&str, &str)]) -> Result<Answer, Failure> {
        self.call(Method::GET, self.url(segments, query), None, true).await
    }

    /// GET without the credential, for what anybody may know.
    pub(super) async fn get_anonymous(&self, segments: &[&str]) -> Result<Answer, Failure> {
        self.call(Method::GET, self.url(segments, &[]), None, false).await
    }

    pub(super) async fn post(&self, segments: &[&str], body: &Value) -> Result<Answer, Failure> {
        self.call(Method::POST, self.url(segments, &[]), Some(body), true).await
    }

    /// Goes through the pages of a list until `pick` returns something. The server says where the next page starts.
    pub(super) async fn find<T>(
        &self,
        segments: &[&str],
        query: &[(&str, &str)],
        mut pick: impl FnMut(&Value) -> Option<T>,
    ) -> Result<Option<T>, Failure> {
        let mut start = "0".to_owned();
        for _ in 0..PAGES {
            let mut asked = query.to_vec();
            asked.extend([("start", start.as_str()), ("limit", PAGE)]);
            let page: Value = self.get(segments, &asked).await?.json()?;
            let values = page["values"].as_array().map_or(&[] as &[Value], Vec::as_slice);
            if let Some(found) = values.iter().find_map(&mut pick) {
                return Ok(Some(found));
            }
            match page["nextPageStart"].as_i64() {
                Some(next) if page["isLastPage"].as_bool() != Some(true) && next.to_string() != start => {
                    start = next.to_string()
                }
                _ => return Ok(None),
            }
        }
        tracing::warn!(pages = PAGES, "stopped reading a list of Bitbucket's that does not end");
        Ok(None)
    }

    fn url(&self, segments: &[&str], query: &[(&str, &str)]) -> Url {
        let mut url = below(&self.base, segments);
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        url
    }

    async fn call(&self, method: Method, url: Url, body: Option<&Value>, known: bool) -> Result<Answer, Failure> {
        let _permit = self.permit().await;
        let act = format!("{method} {}", url.path());
        let mut result = self.once(&method, &url, body, known).await;
        // A connection that the server closed while it was idle; asking again changes nothing over there.
        if let Err(error) = &result
            && method == Method::GET
            && error.is_request()
            && !error.is_connect()
            && !error.is_timeout()
        {
            result = self.once(&method, &url, body, known).await;
        }
        let response = result.map_err(|e| self.seal(errors::unreachable(&act, &e, &chain(&e))))?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let body = self.body(response).await.map_err(|e| self.seal(errors::unreachable(&act, &e, &chain(&e))))?;
        if (200..300).contains(&status) {
            return Ok(Answer { status, headers, body, act });
        }
        Err(self.seal(errors::sort(&act, status, &headers, &body)))
    }

    async fn once(
        &self,
        method: &Method,
        url: &Url,
        body: Option<&Value>,
        known: bool,
    ) -> Result<Response, reqwest::Error> {
        let mut request =
            self.client.request(method.clone(), url.clone()).header(ACCEPT, "application/json, */*;q=0.1");
        if known {
            request = request.header(AUTHORIZATION, self.authorization.clone());
        }
        if *method != Method::GET {
            // Without it some writes are taken for a forged form.
            request = request.header("X-Atlassian-Token", "no-check");
        }
        if let Some(body) = body {
            request = request.json(body);
        }
        request.send().await
    }

    /// At most 4 MiB: no answer that Causeway asks for comes near.
    async fn body(&self, mut response: Response) -> Result<Vec<u8>, reqwest::Error> {
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await? {
            body.extend_from_slice(&chunk);
            if body.len() > BODY {
                body.truncate(BODY);
                break;
            }
        }
        Ok(body)
    }

    /// Servers repeat what they were sent; the log shall not.
    fn seal(&self, mut failure: Failure) -> Failure {
        let HostError { message, detail, .. } = &mut failure.error;
        (*message, *detail) = (self.token.strike(message), self.token.strike(detail));
        failure
    }
}

impl Answer {
    /// The body as JSON.
    pub(super) fn json<T: DeserializeOwned>(&self) -> Result<T, Failure> {
        serde_json::from_slice(&self.body).map_err(|e| errors::not_json(&self.act, self.status, &self.body, &e))
    }

    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok().filter(|v| !v.is_empty())
    }
}
