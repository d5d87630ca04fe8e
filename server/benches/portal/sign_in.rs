//! Signing in as a browser does, through the sandbox's provider.

use crate::{
    Outcome,
    http::{Connection, port_of, request},
};
use url::form_urlencoded::Serializer;

/// Signs a person in and returns the session's cookie as `name=value`.
pub(crate) fn sign_in(portal: u16, issuer: &str, subject: &str) -> Outcome<String> {
    let mut ours = Connection::open(portal)?;
    let start = ours.send(&request("GET", portal, "/sign-in?return_to=%2Frequests", &[("Accept", "text/html")], ""))?;
    let away =
        start.location.ok_or_else(|| format!("sign-in answered {} and led nowhere: {}", start.status, ours.text()))?;
    let flow = start.cookies.first().cloned().ok_or("sign-in set no cookie")?;
    let query = away.split_once('?').map(|(_, query)| query.to_owned()).ok_or("the provider's address has no query")?;

    let provider = port_of(issuer)?;
    let form = Serializer::new(String::new())
        .append_pair("query", &query)
        .append_pair("person", subject)
        .append_pair("second_factor", "on")
        .finish();
    let headers = [("Content-Type", "application/x-www-form-urlencoded"), ("Origin", issuer)];
    let mut theirs = Connection::open(provider)?;
    let picked = theirs.send(&request("POST", provider, "/sign-in", &headers, &form))?;
    let back = picked.location.ok_or_else(|| format!("the provider answered {}: {}", picked.status, theirs.text()))?;

    let back = url::Url::parse(&back)?;
    let path = &back[url::Position::BeforePath..];
    let done = ours.send(&request("GET", portal, path, &[("Accept", "text/html"), ("Cookie", &flow)], ""))?;
    let cookie = done
        .cookies
        .into_iter()
        .next_back()
        .ok_or_else(|| format!("the callback answered {}: {}", done.status, ours.text()))?;
    check(portal, &cookie)?;
    Ok(cookie)
}

/// The cookie opens the list of requests.
fn check(portal: u16, cookie: &str) -> Outcome<()> {
    let mut ours = Connection::open(portal)?;
    let head = ours.send(&crate::http::page(portal, "/requests", cookie, ""))?;
    if head.status == 200 {
        Ok(())
    } else {
        Err(format!("signed in, but /requests answers {}: {}", head.status, ours.text()).into())
    }
}
