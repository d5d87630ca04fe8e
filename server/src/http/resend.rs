//! A form that arrives after its session has ended. Nothing is done, and nothing that was typed is lost: the page holds it,
//! and sends it again once the person has signed in in another tab.
//!
//! A redirect to sign in would not do: browsers hold every hop after a form to `form-action`, and stop at the provider's.

use super::error_page::{document, escape};
use crate::sign_in::local_path;
use axum::{
    body::{Body, to_bytes},
    response::Response,
};
use http::{
    HeaderMap, Method, Request, StatusCode,
    header::{CONTENT_TYPE, REFERER},
};
use std::fmt::Write;
use url::{Position, Url, form_urlencoded};

/// Name of the parameter with the page that the form was on.
const PAGE: &str = "page";
/// Larger bodies have been refused before.
const LARGEST: usize = 1024 * 1024;

/// 401, with what was typed.
pub(super) async fn page(request: Request<Body>) -> Response {
    let (parts, body) = request.into_parts();
    let page = referring_page(&parts.headers).and_then(|page| local_path(&page)).unwrap_or_else(|| "/".into());
    let kind = parts.headers.get(CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let is_form = parts.method == Method::POST && kind.starts_with("application/x-www-form-urlencoded");
    let typed = match is_form {
        true => to_bytes(body, LARGEST).await.ok(),
        false => None,
    };
    let query = |name: &str, value: &str| -> String {
        form_urlencoded::Serializer::new(String::new()).append_pair(name, value).finish()
    };
    let sign_in = escape(&format!("/sign-in?{}", query("return_to", &page)));
    let link = |words: &str| {
        format!("<p><a class=\"btn btn-primary\" href=\"{sign_in}\" target=\"_blank\" rel=\"noopener\">{words}</a></p>")
    };
    let mut main = "<h1>You are signed out</h1>".to_owned();
    match typed {
        Some(typed) => {
            main += "<p>Your sign-in has run out, so nothing was done. What you typed is kept on this page: sign in in another \
                     tab, come back to this one, then send it again.</p>";
            main += &link("Sign in in another tab");
            let action = escape(&format!("{}?{}", parts.uri.path(), query(PAGE, &page)));
            let _ = write!(main, "<form method=\"post\" action=\"{action}\">");
            for (name, value) in form_urlencoded::parse(&typed) {
                let (name, value) = (escape(&name), escape(&value));
                let _ = write!(main, "<input type=\"hidden\" name=\"{name}\" value=\"{value}\">");
            }
            main += "<button type=\"submit\" class=\"btn\">Send it again</button></form>";
        }
        None => {
            main += "<p>Your sign-in has run out, so nothing was done. Sign in in another tab, then go back to the page before \
                     and do it again.</p>";
            main += &link("Sign in in another tab");
        }
    }
    document(StatusCode::UNAUTHORIZED, "You are signed out", "", &main)
}

/// A form that is sent again says which page it was on; what answers it leads back there and not to the page above.
pub(super) fn restore_page(request: &mut Request<Body>) {
    if request.method() != Method::POST {
        return;
    }
    let query = request.uri().query().unwrap_or_default();
    let page =
        form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == PAGE).and_then(|(_, p)| local_path(&p));
    let from = request.headers().get(REFERER).and_then(|v| v.to_str().ok()).and_then(|v| Url::parse(v).ok());
    if let (Some(page), Some(from)) = (page, from)
        && from.path() == request.uri().path()
        && let Ok(referer) = format!("{}{page}", &from[..Position::BeforePath]).parse()
    {
        request.headers_mut().insert(REFERER, referer);
    }
}

/// Path of the page that a form was on. Where it leads is checked again at sign-in.
fn referring_page(headers: &HeaderMap) -> Option<String> {
    let url = Url::parse(headers.get(REFERER)?.to_str().ok()?).ok()?;
    Some(url[Position::BeforePath..Position::AfterQuery].to_owned())
}
