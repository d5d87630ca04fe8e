//! A browser: cookies, and the headers that browsers send by themselves.

use super::TestApp;
use axum::{
    Router,
    body::{Body, to_bytes},
};
use http::{HeaderMap, Request, StatusCode, header};
use serde_json::json;
use std::collections::BTreeMap;
use tower::ServiceExt;

#[derive(Clone)]
pub(crate) struct Browser {
    router: Router,
    pub(crate) cookies: BTreeMap<String, String>,
}

#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Reply {
    pub(crate) fn location(&self) -> &str {
        self.header("location")
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |v| v.to_str().unwrap())
    }

    #[track_caller]
    pub(crate) fn expect(self, status: u16) -> Self {
        assert_eq!(self.status.as_u16(), status, "{self:?}");
        self
    }

    /// The answer is a page that says this.
    #[track_caller]
    pub(crate) fn says(&self, part: &str) {
        assert!(self.header("content-type").starts_with("text/html"), "{self:?}");
        assert!(self.body.contains(part), "\"{part}\" is not in {}", self.body);
    }
}

impl Browser {
    pub(crate) fn new(app: &TestApp) -> Self {
        Self { router: app.router.clone(), cookies: BTreeMap::new() }
    }

    /// A navigation.
    pub(crate) async fn get(&mut self, path: &str) -> Reply {
        self.send(Request::get(path).header("accept", "text/html").body(Body::empty()).unwrap()).await
    }

    /// What a script asks.
    pub(crate) async fn fetch(&mut self, path: &str) -> Reply {
        self.send(Request::get(path).header("accept", "application/json").body(Body::empty()).unwrap()).await
    }

    /// A plain form of one of our own pages.
    pub(crate) async fn post(&mut self, path: &str, form: &str) -> Reply {
        let request = Request::post(path)
            .header("accept", "text/html")
            .header("sec-fetch-site", "same-origin")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.send(request.body(Body::from(form.to_owned())).unwrap()).await
    }

    /// The same browser in front of other routes of the same portal.
    pub(crate) fn at(&self, router: Router) -> Self {
        Self { router, cookies: self.cookies.clone() }
    }

    pub(crate) async fn send(&mut self, mut request: Request<Body>) -> Reply {
        if !self.cookies.is_empty() {
            let all: Vec<String> = self.cookies.iter().map(|(k, v)| format!("{k}={v}")).collect();
            request.headers_mut().insert(header::COOKIE, all.join("; ").parse().unwrap());
        }
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        for cookie in parts.headers.get_all(header::SET_COOKIE) {
            let text = cookie.to_str().unwrap();
            let (name, value) = text.split(';').next().unwrap().split_once('=').unwrap();
            if text.contains("Max-Age=0") || value.is_empty() {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.into(), value.into());
            }
        }
        let streams = parts.headers.get("content-type").is_some_and(|v| v == "text/event-stream");
        let bytes = if streams { Default::default() } else { to_bytes(body, usize::MAX).await.unwrap() };
        Reply { status: parts.status, headers: parts.headers, body: String::from_utf8_lossy(&bytes).into_owned() }
    }

    /// Goes to the provider: the address it was sent to.
    pub(crate) async fn begin(&mut self, return_to: &str) -> String {
        let query: String =
            url::form_urlencoded::Serializer::new(String::new()).append_pair("return_to", return_to).finish();
        self.get(&format!("/sign-in?{query}")).await.expect(303).location().to_owned()
    }

    /// Comes back from the provider with whatever it grants.
    pub(crate) async fn come_back(&mut self, app: &TestApp, address: &str) -> Reply {
        let code = app.idp.code_for(address);
        self.get(&format!("/sign-in/callback?code={code}&state={}", state(address))).await
    }

    /// Signs in with what the provider says at the moment.
    pub(crate) async fn sign_in(&mut self, app: &TestApp) -> Reply {
        let address = self.begin("/").await;
        self.come_back(app, &address).await
    }

    pub(crate) async fn sign_in_as(&mut self, app: &TestApp, name: &str, groups: &[&str]) {
        app.idp.says(json!({ "sub": name, "name": name, "groups": groups, "sid": format!("sid-of-{name}") }));
        self.sign_in(app).await.expect(303);
        assert!(self.is_signed_in().await);
    }

    /// Asks something that takes any signed-in person, refuses none of them and leaves nothing in the record.
    pub(crate) async fn is_signed_in(&mut self) -> bool {
        let request = Request::post("/api/people/viewer")
            .header("accept", "application/json")
            .header("sec-fetch-site", "same-origin")
            .header(header::CONTENT_TYPE, "application/json");
        match self.send(request.body(Body::from("{}")).unwrap()).await.status.as_u16() {
            401 => false,
            200 => true,
            other => panic!("status {other}"),
        }
    }
}

/// The `state` in an authorization address.
pub(crate) fn state(address: &str) -> String {
    let url = url::Url::parse(address).unwrap();
    url.query_pairs().find(|(k, _)| k == "state").unwrap().1.into_owned()
}
