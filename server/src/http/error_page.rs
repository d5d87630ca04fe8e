//! Pages that stand when nothing else does: plain HTML in the site's style, without script.

use axum::{
    Json,
    response::{Html, IntoResponse, Response},
};
use causeway_contract::{ApiError, ErrorKind};
use http::{
    HeaderMap, HeaderValue, StatusCode,
    header::{ACCEPT, CACHE_CONTROL},
};
use std::{fmt::Write, sync::OnceLock};

/// Set once when the process starts.
static STYLESHEET: OnceLock<String> = OnceLock::new();

/// Where these pages find their style.
pub fn use_stylesheet(address: &str) {
    let _ = STYLESHEET.set(address.to_owned());
}

/// A link with its words.
pub struct Link {
    pub href: String,
    pub text: String,
}

/// What such a page says. All of it is escaped.
pub struct Notice<'a> {
    pub title: &'a str,
    pub text: String,
    pub links: Vec<Link>,
    /// Go there by itself, at once.
    pub refresh: Option<String>,
}

/// The page with its status; never kept by caches.
pub fn notice_page(status: StatusCode, notice: &Notice<'_>) -> Response {
    let mut links = String::new();
    for link in &notice.links {
        let _ = write!(
            links,
            "<p><a class=\"btn btn-primary\" href=\"{}\">{}</a></p>",
            escape(&link.href),
            escape(&link.text)
        );
    }
    let refresh =
        notice.refresh.as_ref().map(|to| format!("<meta http-equiv=\"refresh\" content=\"0;url={}\">", escape(to)));
    let main = format!("<h1>{}</h1><p>{}</p>{links}", escape(notice.title), escape(&notice.text));
    document(status, notice.title, &refresh.unwrap_or_default(), &main)
}

/// The document around `main`; `head` and `main` are markup.
pub(super) fn document(status: StatusCode, title: &str, head: &str, main: &str) -> Response {
    let page = format!(
        "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">{head}\
         <title>{title} · Causeway</title><link rel=\"stylesheet\" href=\"{}\"><link rel=\"icon\" href=\"/favicon.svg\"></head>\
         <body class=\"notice\"><main class=\"notice-box\"><p class=\"notice-brand\">Causeway</p>{main}</main></body></html>",
        escape(STYLESHEET.get().map_or("/pkg/causeway.css", String::as_str)),
        title = escape(title),
    );
    (status, [(CACHE_CONTROL, HeaderValue::from_static("no-store"))], Html(page)).into_response()
}

/// The page of an error.
pub fn error_page(error: &ApiError) -> Response {
    let title = match error.kind {
        ErrorKind::Invalid => "That did not work",
        ErrorKind::SignedOut => "You are signed out",
        ErrorKind::Forbidden => "This is not yours to do",
        ErrorKind::NotFound => "Nothing is here",
        ErrorKind::Conflict => "Somebody was quicker",
        ErrorKind::TooLarge => "That is too large",
        ErrorKind::Unavailable => "Causeway cannot answer right now",
        ErrorKind::Internal => "Something broke inside Causeway",
    };
    let text = match &error.reference {
        Some(reference) => format!("{} Reference for the log: {reference}.", error.message),
        None => error.message.clone(),
    };
    let links = vec![Link { href: "/".into(), text: "Go to the start page".into() }];
    notice_page(status(error), &Notice { title, text, links, refresh: None })
}

/// The same for programs.
pub(super) fn error_json(error: &ApiError) -> Response {
    (status(error), [(CACHE_CONTROL, HeaderValue::from_static("no-store"))], Json(error)).into_response()
}

/// A page for people, JSON for programs.
pub(super) fn answer(headers: &HeaderMap, path: &str, error: &ApiError) -> Response {
    if wants_page(headers, path) { error_page(error) } else { error_json(error) }
}

/// Whether the caller is a browser that shows what it gets.
pub(super) fn wants_page(headers: &HeaderMap, path: &str) -> bool {
    let accept = headers.get(ACCEPT).and_then(|v| v.to_str().ok());
    match accept {
        Some(accept) => accept.contains("text/html") || (accept.contains("*/*") && !path.starts_with("/api/")),
        None => !path.starts_with("/api/"),
    }
}

fn status(error: &ApiError) -> StatusCode {
    StatusCode::from_u16(error.kind.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

/// For text and for attributes in double quotes.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}
