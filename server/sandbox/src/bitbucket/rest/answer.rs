//! What an endpoint gives back.

use super::Refusal;
use axum::{
    Json,
    body::Body,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::Value;

pub(crate) enum Answer {
    Json(u16, Value),
    Empty(u16),
    Bytes(&'static str, Vec<u8>),
}

pub(crate) type Outcome = Result<Answer, Refusal>;

impl Answer {
    pub(crate) fn ok(value: Value) -> Outcome {
        Ok(Self::Json(200, value))
    }

    pub(crate) fn created(value: Value) -> Outcome {
        Ok(Self::Json(201, value))
    }

    pub(crate) fn nothing() -> Outcome {
        Ok(Self::Empty(204))
    }
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        let status = |code| StatusCode::from_u16(code).unwrap_or(StatusCode::OK);
        match self {
            Answer::Json(code, value) => {
                let head = [(header::CONTENT_TYPE, "application/json;charset=UTF-8")];
                (status(code), head, Json(value)).into_response()
            }
            Answer::Empty(code) => status(code).into_response(),
            Answer::Bytes(content_type, bytes) => {
                let mut response = Response::new(Body::from(bytes));
                let headers = response.headers_mut();
                headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
                headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
                response
            }
        }
    }
}
