//! Requests that go wrong on purpose.

use axum::{
    body::Body,
    http::{HeaderName, HeaderValue, Method, StatusCode, header},
    response::Response,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One rule: the next `times` matching requests are answered like this.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Fault {
    /// `None` matches every method.
    #[serde(default)]
    pub method: Option<String>,
    /// What the path begins with.
    pub path_prefix: String,
    /// `None`: only the delay, then the ordinary answer.
    #[serde(default)]
    pub status: Option<u16>,
    #[serde(default)]
    pub body: String,
    #[serde(default)]
    pub content_type: Option<String>,
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    #[serde(default = "once")]
    pub times: u32,
    #[serde(default)]
    pub delay_ms: u64,
    /// Does what was asked first and loses only the answer.
    #[serde(default)]
    pub after: bool,
}

fn once() -> u32 {
    1
}

impl Fault {
    pub(crate) fn matches(&self, method: &Method, path: &str) -> bool {
        self.method.as_deref().is_none_or(|m| m.eq_ignore_ascii_case(method.as_str()))
            && path.starts_with(&self.path_prefix)
    }

    /// The answer, or `None` when the fault is only a delay.
    pub(crate) fn answer(&self) -> Option<Response> {
        let mut response = Response::new(Body::from(self.body.clone()));
        *response.status_mut() = StatusCode::from_u16(self.status?).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let content_type = self.content_type.as_deref().unwrap_or("application/json;charset=UTF-8");
        if let Ok(value) = HeaderValue::from_str(content_type) {
            response.headers_mut().insert(header::CONTENT_TYPE, value);
        }
        for (name, value) in &self.headers {
            if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::from_str(value)) {
                response.headers_mut().insert(name, value);
            }
        }
        Some(response)
    }
}

impl super::Desk {
    /// Takes the first rule that matches, and uses it up by one.
    pub(crate) fn take_fault(&self, method: &Method, path: &str) -> Option<Fault> {
        let mut faults = crate::sync::lock(&self.faults);
        let index = faults.iter().position(|f| f.matches(method, path))?;
        faults[index].times -= 1;
        if faults[index].times == 0 { Some(faults.remove(index)) } else { Some(faults[index].clone()) }
    }
}
