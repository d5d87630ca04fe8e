//! Other sites' pages may not steer the sandbox.
//!
//! It listens on loopback, but so does the browser: a hostile page could post forms to it, or reach it by a name of its
//! own that resolves to 127.0.0.1.

use axum::http::{HeaderMap, header};

/// The request was sent to loopback by name.
pub(crate) fn host_is_local(headers: &HeaderMap) -> bool {
    let Some(host) = headers.get(header::HOST).and_then(|h| h.to_str().ok()) else { return false };
    let name = host.rsplit_once(':').map_or(host, |(name, port)| if port.parse::<u16>().is_ok() { name } else { host });
    matches!(name, "localhost" | "127.0.0.1" | "[::1]")
}

/// The request was not started by a page of another origin.
pub(crate) fn is_own(headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).and_then(|h| h.to_str().ok());
    match text("sec-fetch-site") {
        Some(site) => matches!(site, "same-origin" | "none"),
        None => match (text("origin"), text("host")) {
            (None, _) => true,
            (Some(origin), Some(host)) => origin.strip_prefix("http://") == Some(host),
            (Some(_), None) => false,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs.iter().map(|(k, v)| (k.parse().unwrap(), v.parse().unwrap())).collect()
    }

    #[test]
    fn foreign_names_and_origins_are_refused() {
        assert!(host_is_local(&headers(&[("host", "localhost:3001")])));
        assert!(host_is_local(&headers(&[("host", "127.0.0.1")])));
        assert!(!host_is_local(&headers(&[("host", "localhost.evil.example:3001")])));
        assert!(!host_is_local(&headers(&[])));
        assert!(is_own(&headers(&[("host", "localhost:1")])));
        assert!(is_own(&headers(&[("host", "localhost:1"), ("origin", "http://localhost:1")])));
        assert!(!is_own(&headers(&[("host", "localhost:1"), ("origin", "http://localhost:2")])));
        assert!(!is_own(&headers(&[("host", "localhost:1"), ("origin", "null")])));
        assert!(!is_own(&headers(&[("sec-fetch-site", "cross-site"), ("host", "localhost:1")])));
        assert!(!is_own(&headers(&[("sec-fetch-site", "same-site"), ("host", "localhost:1")])));
    }
}
