//! What Bitbucket's refusals mean. Sorted by status and the name of the exception, never by the words of the message.
//!
//! 401 stands for a missing permission as well as for a bad credential; 409 for half a dozen things. See `BY_NAME`.

use causeway_portal::delivery::host::{HostError, HostErrorKind};
use chrono::DateTime;
use reqwest::header::{DATE, HeaderMap, LOCATION, RETRY_AFTER};
use serde_json::Value;
use std::time::Duration;

const DETAIL: usize = 500;
const LONGEST_WAIT: Duration = Duration::from_secs(3_600);

/// What went wrong, with what the server told beside it.
#[derive(Debug)]
pub(super) struct Failure {
    pub(super) error: HostError,
    pub(super) status: u16,
    pub(super) reported: Vec<Reported>,
}

/// One entry of `errors`.
#[derive(Debug)]
pub(super) struct Reported {
    /// The class alone: `DuplicatePullRequestException`.
    pub(super) exception: Option<String>,
    pub(super) message: String,
    /// The whole entry: some carry the pull request or the reviewers that it is about.
    pub(super) entry: Value,
}

impl Failure {
    /// The entry with this exception, if the server reported it.
    pub(super) fn named(&self, exception: &str) -> Option<&Reported> {
        self.reported.iter().find(|r| r.exception.as_deref() == Some(exception))
    }
}

impl From<Failure> for HostError {
    fn from(failure: Failure) -> Self {
        failure.error
    }
}

const RETRY: HostErrorKind = HostErrorKind::Retry { after: None };

const BY_NAME: [(&str, HostErrorKind, &str); 17] = [
    (
        "EmptyPullRequestException",
        HostErrorKind::Empty,
        "There is nothing to change: the files are on the default branch already.",
    ),
    (
        "FileContentUnmodifiedException",
        HostErrorKind::Empty,
        "There is nothing to change: the file is the same already.",
    ),
    ("DuplicatePullRequestException", HostErrorKind::Refused, "A pull request from this branch is open already."),
    ("DuplicateRefException", HostErrorKind::Moved, "A branch of this name is there already."),
    ("InvalidPullRequestReviewersException", HostErrorKind::Refused, "Bitbucket does not accept one of the reviewers."),
    ("PullRequestOutOfDateException", RETRY, "The pull request changed in the meantime."),
    ("MergeException", RETRY, "The branch changed in the meantime."),
    ("IllegalPullRequestStateException", HostErrorKind::Refused, "The pull request is closed already."),
    ("PullRequestMergeVetoedException", HostErrorKind::Refused, "Bitbucket's merge checks are not satisfied."),
    ("RepositoryArchivedException", HostErrorKind::Archived, "The repository is archived."),
    ("NoSuchProjectException", HostErrorKind::NotFound, "The project is not there, or Causeway may not see it."),
    ("NoSuchRepositoryException", HostErrorKind::NotFound, "The repository is not there, or Causeway may not see it."),
    ("NoSuchPullRequestException", HostErrorKind::Gone, "The pull request is no longer there."),
    ("NoSuchCommitException", HostErrorKind::NotFound, "The commit is not in the repository."),
    ("NoSuchBranchException", HostErrorKind::NotFound, "The branch is not in the repository."),
    (
        "AuthorisationException",
        HostErrorKind::Denied,
        "Causeway's Bitbucket account lacks a permission on the repository.",
    ),
    (
        "NoAccessAuthenticationException",
        HostErrorKind::Denied,
        "Causeway's Bitbucket account has no licence for Bitbucket.",
    ),
];

/// Sorts an answer with a status of 300 or more.
pub(super) fn sort(act: &str, status: u16, headers: &HeaderMap, body: &[u8]) -> Failure {
    let reported = reported(body);
    let named = reported.iter().find_map(|r| {
        let name = r.exception.as_deref()?;
        BY_NAME.iter().find(|(known, ..)| *known == name)
    });
    let (kind, message) = match (status, named) {
        // The front of the server, not the application, speaks with these: the body says nothing.
        (408 | 425 | 429 | 500..=599, _) => (
            HostErrorKind::Retry { after: wait(headers) },
            if status == 429 { "Bitbucket asks Causeway to slow down." } else { AWAY },
        ),
        (300..=399, _) => (HostErrorKind::Denied, redirected(headers)),
        (_, Some((_, kind, message))) => (kind.clone(), *message),
        (401, None) => (HostErrorKind::Denied, "Bitbucket does not accept Causeway's access token."),
        (403, None) if is_xsrf(body) => {
            (HostErrorKind::Denied, "Bitbucket took the request for a forged form: a proxy may be removing headers.")
        }
        (403, None) => (
            HostErrorKind::Denied,
            "Bitbucket forbids this to Causeway's access token: it must belong to a user with an e-mail address.",
        ),
        // Bitbucket answers in JSON, or not at all: this is what stands in front of it while it is away.
        (404, None) if reported.is_empty() && !body.is_empty() => (RETRY, AWAY),
        (404, None) => (HostErrorKind::NotFound, "Bitbucket does not know this, or Causeway may not see it."),
        _ => (HostErrorKind::Refused, "Bitbucket refused the request."),
    };
    let said = match reported.first() {
        Some(first) => format!("{}: {}", first.exception.as_deref().unwrap_or("no exception named"), first.message),
        None => plain(body),
    };
    let to = headers
        .get(LOCATION)
        .and_then(|l| l.to_str().ok())
        .map(|l| format!(" to {}", l.split('?').next().unwrap_or(l)));
    let detail = bounded(&format!("{act} -> {status}{} {said}", to.unwrap_or_default()));
    Failure { error: HostError::new(kind, message, detail), status, reported }
}

const AWAY: &str = "Bitbucket does not answer properly at the moment.";

/// No answer at all.
pub(super) fn unreachable(act: &str, error: &reqwest::Error, causes: &str) -> Failure {
    let lower = causes.to_ascii_lowercase();
    let (kind, message) = if lower.contains("certificate") || lower.contains("unknownissuer") {
        (
            HostErrorKind::Denied,
            "Bitbucket's certificate is not trusted: set the CA file of the authority that signed it.",
        )
    } else if error.is_timeout() {
        (RETRY, "Bitbucket took too long to answer.")
    } else {
        (RETRY, "Bitbucket cannot be reached.")
    };
    Failure {
        error: HostError::new(kind, message, bounded(&format!("{act}: {causes}"))),
        status: 0,
        reported: Vec::new(),
    }
}

/// A success whose body is not what was asked for: a sign-in page, a maintenance page, nothing.
pub(super) fn not_json(act: &str, status: u16, body: &[u8], error: &serde_json::Error) -> Failure {
    let text = plain(body);
    let (kind, message) = if is_html(body) && is_sign_in(&text) {
        (
            HostErrorKind::Denied,
            "A sign-in page answers in place of Bitbucket: whatever stands in front of it must let access tokens pass.",
        )
    } else if error.is_data() {
        (HostErrorKind::Refused, "Bitbucket answered in a way that Causeway does not understand.")
    } else {
        (RETRY, AWAY)
    };
    let detail = bounded(&format!("{act} -> {status}, not the JSON expected ({error}): {text}"));
    Failure { error: HostError::new(kind, message, detail), status, reported: Vec::new() }
}

/// The host refuses for a reason of Causeway's own finding.
pub(super) fn own(kind: HostErrorKind, message: &str, detail: impl AsRef<str>) -> HostError {
    HostError::new(kind, message, bounded(detail.as_ref()))
}

/// Entries of `errors`, or a bare object with a message; nothing for other bodies.
fn reported(body: &[u8]) -> Vec<Reported> {
    let Ok(value) = serde_json::from_slice::<Value>(body) else { return Vec::new() };
    let entries = match value.get("errors") {
        Some(Value::Array(entries)) => entries.clone(),
        _ if value.get("message").is_some() || value.get("exceptionName").is_some() => vec![value],
        _ => Vec::new(),
    };
    entries
        .into_iter()
        .map(|entry| Reported {
            exception: entry["exceptionName"].as_str().and_then(|n| n.rsplit(['.', '$']).next()).map(str::to_owned),
            message: entry["message"].as_str().unwrap_or_default().to_owned(),
            entry,
        })
        .collect()
}

/// Seconds, or a date that is read against the server's own `Date`. At most an hour.
fn wait(headers: &HeaderMap) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    let seconds = match text.parse::<u64>() {
        Ok(seconds) => seconds,
        Err(_) => {
            let then = DateTime::parse_from_rfc2822(text).ok()?;
            let now = DateTime::parse_from_rfc2822(headers.get(DATE)?.to_str().ok()?).ok()?;
            u64::try_from((then - now).num_seconds()).unwrap_or(0)
        }
    };
    Some(Duration::from_secs(seconds).min(LONGEST_WAIT))
}

fn redirected(headers: &HeaderMap) -> &'static str {
    let to = headers.get(LOCATION).and_then(|l| l.to_str().ok()).unwrap_or_default();
    if is_sign_in(to) {
        "Bitbucket sends Causeway to a sign-in page: whatever stands in front of it must let access tokens pass."
    } else {
        "Bitbucket's address leads elsewhere: set the address that it leads to."
    }
}

fn is_xsrf(body: &[u8]) -> bool {
    body.len() < 1_000 && String::from_utf8_lossy(body).contains("XSRF")
}

fn is_sign_in(text: &str) -> bool {
    let lower = text.to_lowercase();
    ["log in", "login", "log-in", "sign in", "signin", "sign-in", "sso", "saml", "authenticat"]
        .iter()
        .any(|w| lower.contains(w))
}

fn is_html(body: &[u8]) -> bool {
    let start = String::from_utf8_lossy(&body[..body.len().min(1_000)]).to_lowercase();
    start.contains("<html") || start.contains("<!doctype") || start.contains("<head") || start.contains("<h1")
}

/// A body as a line of text: a page's title, or the start of what is there.
fn plain(body: &[u8]) -> String {
    if body.is_empty() {
        return "(no body)".into();
    }
    let text = String::from_utf8_lossy(&body[..body.len().min(16 * 1024)]).into_owned();
    if !is_html(body) {
        return text.split_whitespace().collect::<Vec<_>>().join(" ");
    }
    let within = |tag: &str| {
        let lower = text.to_ascii_lowercase();
        let open = lower.find(&format!("<{tag}"))?;
        let start = open + lower[open..].find('>')? + 1;
        let end = start + lower[start..].find("</")?;
        let words = text[start..end].split_whitespace().collect::<Vec<_>>().join(" ");
        (!words.is_empty()).then_some(words)
    };
    within("title")
        .or_else(|| within("h1"))
        .map_or_else(|| "(a web page)".into(), |words| format!("(a web page: {words})"))
}

/// One line of at most 500 characters.
fn bounded(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= DETAIL { line } else { line.chars().take(DETAIL - 1).chain(['…']).collect() }
}
