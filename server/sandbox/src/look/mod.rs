//! How the sandbox's pages look: plain HTML that works without scripts, one style sheet, a strict policy.
//!
//! To add a page: a template in `templates/`, a line in [`TEMPLATES`], a call of [`Page::answer`].

mod markdown;

pub(crate) use markdown::markdown;

use axum::{
    body::Body,
    http::{HeaderValue, StatusCode, header},
    response::Response,
};
use minijinja::{Environment, Value, context};
use std::sync::OnceLock;

pub(crate) const STYLE: &str = include_str!("style.css");

macro_rules! templates {
    ($($name:literal),* $(,)?) => { &[$(($name, include_str!(concat!("templates/", $name)))),*] };
}

const TEMPLATES: &[(&str, &str)] = templates![
    "layout.html",
    "message.html",
    "sign_in.html",
    "provider.html",
    "sign_out.html",
    "projects.html",
    "browse.html",
    "commit.html",
    "pull_requests.html",
    "pull_request.html",
    "user.html",
    "diff.html",
    "builds.html",
];

fn environment() -> &'static Environment<'static> {
    static ENVIRONMENT: OnceLock<Environment<'static>> = OnceLock::new();
    ENVIRONMENT.get_or_init(|| {
        let mut environment = Environment::new();
        environment.set_undefined_behavior(minijinja::UndefinedBehavior::Strict);
        // As the built-in one, but a slash stays a slash: addresses remain readable in the source of the page.
        environment.set_formatter(|out, state, value| match value.as_str() {
            Some(text) if !value.is_safe() => Ok(out.write_str(&markdown::escape(text))?),
            _ => minijinja::escape_formatter(out, state, value),
        });
        environment.add_filter("path", |text: String| crate::percent::encode(&text));
        environment.add_filter("markdown", |text: String| Value::from_safe_string(markdown(&text)));
        for (name, source) in TEMPLATES {
            // The templates are compiled into the binary; a test renders each of them.
            environment.add_template(name, source).unwrap_or_else(|error| panic!("{name}: {error}"));
        }
        environment
    })
}

/// One page, ready to be answered.
pub(crate) struct Page<'a> {
    pub status: StatusCode,
    pub title: &'a str,
    /// Which server it is: `Sign-in` or `Bitbucket`.
    pub place: &'a str,
    pub template: &'a str,
    pub content: Value,
    /// Who acts on this page, and among whom one can choose. `None`: the provider.
    pub acting: Option<Value>,
    /// Where forms of the page may lead by redirect, beside the server itself.
    pub form_target: &'a str,
}

impl Page<'_> {
    pub(crate) fn answer(self) -> Response {
        let text = self.render().unwrap_or_else(|error| {
            tracing::error!(%error, template = self.template, "a sandbox page cannot be rendered");
            "This page cannot be shown; the log of the sandbox says why.".into()
        });
        let mut response = Response::new(Body::from(text));
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("same-origin"));
        headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        let policy = format!(
            "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self' {}; base-uri 'none'; frame-ancestors 'none'",
            self.form_target
        );
        if let Ok(value) = HeaderValue::from_str(policy.trim()) {
            headers.insert(header::CONTENT_SECURITY_POLICY, value);
        }
        response
    }

    fn render(&self) -> Result<String, minijinja::Error> {
        let environment = environment();
        let body = environment.get_template(self.template)?.render(&self.content)?;
        environment.get_template("layout.html")?.render(context! {
            title => self.title,
            place => self.place,
            acting => self.acting.clone().unwrap_or(Value::from(())),
            body => Value::from_safe_string(body),
        })
    }
}

/// A part of a page, to be put into another template.
pub(crate) fn fragment(template: &str, content: Value) -> Value {
    match environment().get_template(template).and_then(|t| t.render(content)) {
        Ok(text) => Value::from_safe_string(text),
        Err(error) => {
            tracing::error!(%error, template, "a part of a sandbox page cannot be rendered");
            Value::from("This part cannot be shown; the log of the sandbox says why.")
        }
    }
}

/// A page with one message and nothing else, for errors.
pub(crate) fn message(status: StatusCode, place: &str, title: &str, text: &str) -> Response {
    let content = context! { title => title, text => text };
    Page { status, title, place, template: "message.html", content, acting: None, form_target: "" }.answer()
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_template_parses() {
        super::environment();
    }
}
