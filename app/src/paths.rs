//! The only place that builds a URL. To add a page: a function here, a line in the test, a `Route` in `routes.rs`.

use causeway_contract::{audit::AuditFilter, environments::EnvironmentFilter, ids::*, requests::*};

/// Percent-encodes a path segment or a query value (everything but RFC 3986's unreserved characters).
pub fn encode(text: &str) -> String {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~') {
            out.push(byte as char);
        } else {
            out.push('%');
            out.push(HEX[usize::from(byte >> 4)] as char);
            out.push(HEX[usize::from(byte & 15)] as char);
        }
    }
    out
}

/// `path?key=value&…`, leaving out what is empty.
pub fn with_query<'a>(path: &str, pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let mut out = path.to_owned();
    for (key, value) in pairs {
        if !value.is_empty() {
            out.push(if out.contains('?') { '&' } else { '?' });
            out.push_str(&encode(key));
            out.push('=');
            out.push_str(&encode(value));
        }
    }
    out
}

pub fn home() -> String {
    "/".into()
}

pub fn catalogue() -> String {
    "/catalogue".into()
}

pub fn template(name: &str) -> String {
    format!("/catalogue/{}", encode(name))
}

/// Asks before a draft is made with the answers of the query.
pub fn template_request(name: &str) -> String {
    format!("/catalogue/{}/request", encode(name))
}

pub fn draft(id: DraftId) -> String {
    format!("/drafts/{id}")
}

/// `step` counts from 1; the one after the last is the review.
pub fn draft_step(id: DraftId, step: usize) -> String {
    format!("/drafts/{id}?step={step}")
}

/// One step with every error shown.
pub fn draft_step_checked(id: DraftId, step: usize) -> String {
    format!("/drafts/{id}?step={step}&check=1")
}

/// The review, with the word that something else would happen than what was looked at.
pub fn draft_look(id: DraftId) -> String {
    format!("/drafts/{id}?step=review&look=1")
}

/// The draft with every error shown, at the list of errors.
pub fn draft_check(id: DraftId) -> String {
    format!("/drafts/{id}?check=1#first-error")
}

pub fn requests() -> String {
    "/requests".into()
}

pub fn requests_with(filter: &RequestFilter) -> String {
    with_query(
        "/requests",
        [
            ("q", filter.q.as_str()),
            ("state", filter.state.map_or("", RequestState::as_str)),
            ("tier", filter.tier.map_or("", |t| t.as_str())),
            ("team", filter.team.as_deref().unwrap_or("")),
            ("mine", if filter.mine { "true" } else { "" }),
            ("sort", if filter.sort == RequestSort::default() { "" } else { filter.sort.as_str() }),
            ("after", filter.after.as_deref().unwrap_or("")),
        ],
    )
}

pub fn request(id: RequestId) -> String {
    format!("/requests/{id}")
}

pub fn request_tab(id: RequestId, tab: &str) -> String {
    with_query(&request(id), [("tab", tab)])
}

pub fn approvals() -> String {
    "/approvals".into()
}

pub fn approvals_after(after: &str) -> String {
    with_query("/approvals", [("after", after)])
}

/// The screen to decide on.
pub fn approval(id: RequestId) -> String {
    format!("/approvals/{id}")
}

pub fn environments() -> String {
    "/environments".into()
}

pub fn environments_with(filter: &EnvironmentFilter) -> String {
    with_query(
        "/environments",
        [
            ("q", filter.q.as_str()),
            ("state", filter.state.map_or("", |s| s.as_str())),
            ("tier", filter.tier.map_or("", |t| t.as_str())),
            ("team", filter.team.as_deref().unwrap_or("")),
            ("after", filter.after.as_deref().unwrap_or("")),
        ],
    )
}

pub fn environment(id: EnvironmentId) -> String {
    format!("/environments/{id}")
}

pub fn environment_tab(id: EnvironmentId, tab: &str) -> String {
    with_query(&environment(id), [("tab", tab)])
}

pub fn audit() -> String {
    "/audit".into()
}

fn audit_pairs(filter: &AuditFilter) -> [(&str, &str); 5] {
    [
        ("q", &filter.q),
        ("action", &filter.action),
        ("outcome", &filter.outcome),
        ("from", &filter.from),
        ("to", &filter.to),
    ]
}

pub fn audit_with(filter: &AuditFilter) -> String {
    let after = [("after", filter.after.as_deref().unwrap_or(""))];
    with_query("/audit", audit_pairs(filter).into_iter().chain(after))
}

/// `format` is `csv` or `jsonl`. Not a page: the server answers it.
pub fn audit_export(filter: &AuditFilter, format: &str) -> String {
    with_query("/audit/export", [("format", format)].into_iter().chain(audit_pairs(filter)))
}

pub fn sessions() -> String {
    "/settings/sessions".into()
}

pub fn gallery() -> String {
    "/ui".into()
}

/// Not a page: the server answers it. `return_to` is a path of ours.
pub fn sign_in(return_to: &str) -> String {
    with_query("/sign-in", [("return_to", return_to)])
}

/// Not a page: takes a POST.
pub fn sign_out() -> String {
    "/sign-out".into()
}

/// The event stream, of one request or of everything, after a sequence number.
pub fn events(request: Option<RequestId>, after: Option<i64>) -> String {
    let request = request.map(|id| id.to_string()).unwrap_or_default();
    let after = after.map(|seq| seq.to_string()).unwrap_or_default();
    with_query("/events", [("request", request.as_str()), ("after", after.as_str())])
}

#[cfg(test)]
mod tests {
    use super::*;
    use causeway_contract::places::Tier;

    #[test]
    fn all_paths() {
        let uuid = "0198c0de-0000-7000-8000-000000000001";
        let (request_id, draft_id): (RequestId, DraftId) = (uuid.parse().unwrap(), uuid.parse().unwrap());
        let environment_id: EnvironmentId = uuid.parse().unwrap();
        let wanted = RequestFilter {
            q: "shop & co/é".into(),
            state: Some(RequestState::InReview),
            tier: Some(Tier::Production),
            team: Some("payments".into()),
            mine: true,
            sort: RequestSort::PriceHigh,
            after: Some("a=b".into()),
        };
        let audit_wanted = AuditFilter { q: "amina".into(), outcome: "refused".into(), ..Default::default() };
        let all = [
            home(),
            catalogue(),
            template("web service"),
            template_request("web-service"),
            draft(draft_id),
            draft_step(draft_id, 2),
            draft_step_checked(draft_id, 2),
            draft_look(draft_id),
            draft_check(draft_id),
            requests(),
            requests_with(&RequestFilter::default()),
            requests_with(&wanted),
            request(request_id),
            request_tab(request_id, "changes"),
            approvals(),
            approvals_after("x"),
            approval(request_id),
            environments(),
            environments_with(&EnvironmentFilter { q: "a".into(), ..Default::default() }),
            environment(environment_id),
            environment_tab(environment_id, "files"),
            audit(),
            audit_with(&audit_wanted),
            audit_export(&audit_wanted, "csv"),
            sessions(),
            gallery(),
            sign_in("/drafts/1?step=2"),
            sign_out(),
            events(None, None),
            events(Some(request_id), Some(7)),
        ]
        .join("\n")
        .replace(uuid, "ID");
        let expected = "\
/
/catalogue
/catalogue/web%20service
/catalogue/web-service/request
/drafts/ID
/drafts/ID?step=2
/drafts/ID?step=2&check=1
/drafts/ID?step=review&look=1
/drafts/ID?check=1#first-error
/requests
/requests
/requests?q=shop%20%26%20co%2F%C3%A9&state=in_review&tier=production&team=payments&mine=true&sort=price&after=a%3Db
/requests/ID
/requests/ID?tab=changes
/approvals
/approvals?after=x
/approvals/ID
/environments
/environments?q=a
/environments/ID
/environments/ID?tab=files
/audit
/audit?q=amina&outcome=refused
/audit/export?format=csv&q=amina&outcome=refused
/settings/sessions
/ui
/sign-in?return_to=%2Fdrafts%2F1%3Fstep%3D2
/sign-out
/events
/events?request=ID&after=7";
        assert_eq!(all, expected);
    }
}
