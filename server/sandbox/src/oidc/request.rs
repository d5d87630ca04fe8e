//! An authorization request, checked.
//!
//! A wrong client or redirect address is shown as a page: sending the browser there would make an open redirect.
//! Everything else goes back to the client as an error it can understand.

use super::{ACR_MFA_NAMES, CLIENT_ID, Provider};
use url::{Url, form_urlencoded};

#[derive(Clone, Debug)]
pub(crate) struct AuthorizeRequest {
    pub redirect_uri: String,
    pub scope: String,
    pub state: Option<String>,
    pub nonce: Option<String>,
    pub challenge: String,
    pub prompt: Vec<String>,
    pub max_age: Option<i64>,
    /// The second factor is asked for.
    pub step_up: bool,
    pub login_hint: Option<String>,
    /// As it came, to be carried through the sign-in page.
    pub query: String,
}

pub(crate) enum Wrong {
    /// Shown here.
    Page(&'static str),
    /// Sent back: where to, with which error.
    Redirect(String),
}

const KNOWN_PROMPTS: [&str; 4] = ["none", "login", "consent", "select_account"];

impl Provider {
    /// Checks a request given as the text of a query.
    pub(crate) fn check(&self, query: &str) -> Result<AuthorizeRequest, Wrong> {
        let pairs: Vec<(String, String)> = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        let get = |name: &str| pairs.iter().find(|(k, _)| k == name).map(|(_, v)| v.clone()).filter(|v| !v.is_empty());
        let count = |name: &str| pairs.iter().filter(|(k, _)| k == name).count();
        if get("client_id").as_deref() != Some(CLIENT_ID) || count("client_id") > 1 {
            return Err(Wrong::Page("The application that sent you here is not registered (client_id)."));
        }
        let registered = self.redirect_uri();
        if get("redirect_uri").as_deref() != Some(registered.as_str()) || count("redirect_uri") > 1 {
            return Err(Wrong::Page(
                "The address to return to is not registered for this application (redirect_uri). It must match exactly.",
            ));
        }
        let state = get("state");
        let wrong = |error: &str, text: &str| Wrong::Redirect(self.error_address(state.as_deref(), error, text));
        if let Some((name, _)) = pairs.iter().find(|(k, _)| count(k) > 1) {
            return Err(wrong("invalid_request", &format!("{} is given twice.", safe(name))));
        }
        for (name, error) in [("request", "request_not_supported"), ("request_uri", "request_uri_not_supported")] {
            if get(name).is_some() {
                return Err(wrong(error, "Requests as objects are not supported."));
            }
        }
        if get("response_type").as_deref() != Some("code") {
            return Err(wrong("unsupported_response_type", "Only the code flow is supported."));
        }
        if get("response_mode").is_some_and(|m| m != "query") {
            return Err(wrong("invalid_request", "Only the query response mode is supported."));
        }
        let scope = get("scope").unwrap_or_default();
        if !scope.split(' ').any(|s| s == "openid") {
            return Err(wrong("invalid_scope", "The scope must contain openid."));
        }
        let challenge = get("code_challenge").filter(|c| is_challenge(c));
        let (Some(challenge), Some("S256")) = (challenge, get("code_challenge_method").as_deref()) else {
            return Err(wrong(
                "invalid_request",
                "PKCE with S256 is required: code_challenge and code_challenge_method.",
            ));
        };
        let prompt: Vec<String> = get("prompt").map(|p| p.split(' ').map(str::to_owned).collect()).unwrap_or_default();
        let none_with_others = prompt.len() > 1 && prompt.iter().any(|p| p == "none");
        if none_with_others || prompt.iter().any(|p| !KNOWN_PROMPTS.contains(&p.as_str())) {
            return Err(wrong("invalid_request", "prompt is not one of none, login, consent, select_account."));
        }
        let max_age = match get("max_age").map(|m| m.parse::<i64>()) {
            None => None,
            Some(Ok(age)) if age >= 0 => Some(age),
            Some(_) => return Err(wrong("invalid_request", "max_age must be a number of seconds.")),
        };
        let step_up = get("acr_values").is_some_and(|v| v.split(' ').any(|acr| ACR_MFA_NAMES.contains(&acr)));
        Ok(AuthorizeRequest {
            redirect_uri: registered,
            scope,
            nonce: get("nonce"),
            challenge,
            prompt,
            max_age,
            step_up,
            login_hint: get("login_hint"),
            query: query.into(),
            state,
        })
    }

    /// Where the browser is sent with an error.
    pub(crate) fn error_address(&self, state: Option<&str>, error: &str, text: &str) -> String {
        self.answer_address(state, &[("error", error), ("error_description", text)])
    }

    /// The client's address with parameters, the state and the issuer.
    pub(crate) fn answer_address(&self, state: Option<&str>, parameters: &[(&str, &str)]) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(parameters);
        if let Some(state) = state {
            query.append_pair("state", state);
        }
        query.append_pair("iss", &self.issuer);
        let mut url =
            Url::parse(&self.redirect_uri()).unwrap_or_else(|_| unreachable!("checked when the sandbox started"));
        url.set_query(Some(&query.finish()));
        url.into()
    }
}

impl AuthorizeRequest {
    pub(crate) fn prompts(&self, what: &str) -> bool {
        self.prompt.iter().any(|p| p == what)
    }
}

/// 32 bytes in base64url.
fn is_challenge(text: &str) -> bool {
    text.len() == 43 && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
}

/// Error descriptions are plain ASCII (RFC 6749, 4.1.2.1).
fn safe(text: &str) -> String {
    text.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '_').take(40).collect()
}
