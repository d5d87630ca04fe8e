//! The one place that builds HTTP clients, so that each has time limits, follows no redirects and says who it is.
//!
//! To add a client of another service: call [`client`], never `reqwest` itself.

use reqwest::{Certificate, Client, ClientBuilder, NoProxy, Proxy, header::HeaderValue, redirect::Policy};
use std::{env, error::Error, fmt, fs, path::Path, time::Duration};

/// How Causeway introduces itself: `causeway/<version>`.
pub const USER_AGENT: &str = concat!("causeway/", env!("CARGO_PKG_VERSION"));

const CONNECT: Duration = Duration::from_secs(5);
const TOTAL: Duration = Duration::from_secs(30);

/// A credential. `Debug` and `Display` never show it.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The credential itself: only for handing it to the other side.
    pub fn expose(&self) -> &str {
        &self.0
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// `Bearer <secret>`, marked so that no HTTP library prints it.
    ///
    /// # Errors
    /// A sentence, when it is empty or holds characters that no header can carry (a line break from a file, say).
    pub fn bearer(&self) -> Result<HeaderValue, String> {
        if self.0.is_empty() || !self.0.chars().all(|c| c.is_ascii_graphic()) {
            return Err(
                "The access token is empty or holds a space, a line break or another character that cannot be sent: copy it again."
                    .into(),
            );
        }
        let mut value = HeaderValue::from_str(&format!("Bearer {}", self.0))
            .map_err(|_| "The access token cannot be sent.".to_owned())?;
        value.set_sensitive(true);
        Ok(value)
    }

    /// `text` with the credential blacked out: other sides sometimes repeat what they were sent.
    pub(crate) fn strike(&self, text: &str) -> String {
        if self.0.len() < 4 { text.to_owned() } else { text.replace(&self.0, "[secret]") }
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}

/// A client with time limits (5 s to connect, 30 s in all) that follows no redirects. `ca_file`: PEM certificates to trust
/// beside the system's.
///
/// # Errors
/// A sentence for the operator: the file cannot be read or holds no certificate.
pub fn client(ca_file: Option<&Path>) -> Result<Client, String> {
    // The first caller wins; a provider that the program chose before stays.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let extra = match ca_file {
        Some(path) => certificates(path)?,
        None => Vec::new(),
    };
    match builder()?.tls_certs_merge(extra.clone()).build() {
        Ok(client) => Ok(client),
        // A machine without a certificate store can still speak plain HTTP on loopback; HTTPS then says whom it does not trust.
        Err(_) if extra.is_empty() => {
            tracing::warn!(
                "no certificate authorities are installed: HTTPS will fail until ca-certificates is installed or a CA file is set"
            );
            builder()?.tls_certs_only(Vec::new()).build().map_err(|e| chain(&e))
        }
        Err(e) => Err(chain(&e)),
    }
}

fn builder() -> Result<ClientBuilder, String> {
    let mut builder = Client::builder()
        .user_agent(USER_AGENT)
        .connect_timeout(CONNECT)
        .timeout(TOTAL)
        .redirect(Policy::none())
        .retry(reqwest::retry::never())
        .no_proxy();
    // Proxies from the environment, as every tool takes them, but never for this machine itself.
    type Build = fn(String) -> reqwest::Result<Proxy>;
    for (names, build) in
        [(["HTTPS_PROXY", "https_proxy"], Proxy::https as Build), (["http_proxy", "HTTP_PROXY"], Proxy::http as Build)]
    {
        if let Some(address) = names.iter().chain(&["ALL_PROXY", "all_proxy"]).find_map(|name| variable(name)) {
            let proxy =
                build(address).map_err(|e| format!("{} does not hold a proxy's address: {}", names[0], chain(&e)))?;
            builder = builder.proxy(proxy.no_proxy(NoProxy::from_string(&no_proxy())));
        }
    }
    Ok(builder)
}

/// `NO_PROXY` with this machine added.
pub(crate) fn no_proxy() -> String {
    let own = "localhost,127.0.0.1,::1";
    match variable("NO_PROXY").or_else(|| variable("no_proxy")) {
        Some(set) => format!("{set},{own}"),
        None => own.to_owned(),
    }
}

fn variable(name: &str) -> Option<String> {
    env::var(name).ok().filter(|value| !value.trim().is_empty())
}

fn certificates(path: &Path) -> Result<Vec<Certificate>, String> {
    let shown = path.display();
    let pem = fs::read(path).map_err(|e| format!("The CA file {shown} cannot be read: {e}."))?;
    let found =
        Certificate::from_pem_bundle(&pem).map_err(|e| format!("The CA file {shown} is not PEM: {}.", chain(&e)))?;
    if found.is_empty() {
        return Err(format!("The CA file {shown} holds no certificate: it must be PEM (BEGIN CERTIFICATE)."));
    }
    Ok(found)
}

/// An error with its causes on one line; the outermost alone seldom says what happened.
pub(crate) fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(next) = cause {
        let line = next.to_string();
        if !text.contains(&line) {
            text.push_str(": ");
            text.push_str(&line);
        }
        cause = next.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_shows_nowhere() {
        let secret = Secret::new("NjA1NDA0-hush");
        let shown = format!("{secret:?} {secret} {:?} {:#?}", Some(&secret), secret.bearer());
        assert!(!shown.contains("hush") && !shown.contains("NjA1"), "{shown}");
        assert_eq!(secret.strike("refused NjA1NDA0-hush twice"), "refused [secret] twice");
    }

    #[test]
    fn a_token_that_no_header_carries_is_refused_in_words() {
        for bad in ["", "abc\n", "a b", "tök"] {
            assert!(Secret::new(bad).bearer().unwrap_err().contains("copy it again"), "{bad:?}");
        }
        assert!(Secret::new("abc").bearer().unwrap().is_sensitive());
    }

    #[test]
    fn a_wrong_ca_file_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let missing = folder.path().join("missing.pem");
        assert!(client(Some(&missing)).unwrap_err().contains("missing.pem"));
        let empty = folder.path().join("empty.pem");
        fs::write(&empty, "no certificate here").unwrap();
        assert!(client(Some(&empty)).unwrap_err().contains("BEGIN CERTIFICATE"));
    }

    #[test]
    fn this_machine_is_never_behind_a_proxy() {
        assert!(no_proxy().contains("127.0.0.1"));
    }
}
