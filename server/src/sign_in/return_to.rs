//! Where to go after sign-in: somewhere on the portal, nowhere else.

use url::Url;

const LONGEST: usize = 2_000;
/// Stands in for the portal while an address is taken apart.
const HERE: &str = "http://portal.invalid";

/// The path and query, normalised, when `text` is an address on the portal itself; `None` for everything else.
pub fn local_path(text: &str) -> Option<String> {
    let odd = |c: char| c.is_control() || c == '\\' || ('\u{200b}'..='\u{200f}').contains(&c);
    if !text.starts_with('/') || text.starts_with("//") || text.len() > LONGEST || text.chars().any(odd) {
        return None;
    }
    let here = Url::parse(HERE).ok()?;
    let url = here.join(text).ok()?;
    let path = url.path();
    // Checked on what is left once dots are resolved: "/a/../%2fevil.example" begins with a slash too many only then.
    if url.origin() != here.origin()
        || hides_a_sign(path)
        || hides_a_sign(text)
        || path.starts_with("//")
        || path.starts_with("/sign-")
        || path.starts_with("/api/")
    {
        return None;
    }
    Some(match url.query() {
        Some(query) => format!("{path}?{query}"),
        None => path.to_owned(),
    })
}

/// Browsers read "%5c" and "%2f" at the front of a path as themselves, but not every proxy does.
fn hides_a_sign(path: &str) -> bool {
    let lower = path.to_ascii_lowercase();
    ["/%2f", "/%5c"].iter().any(|front| lower.starts_with(front))
        || ["%00", "%0a", "%0d"].iter().any(|sign| lower.contains(sign))
}

#[cfg(test)]
mod tests {
    use super::local_path;

    #[test]
    fn pages_of_the_portal_pass() {
        for (text, path) in [
            ("/", "/"),
            ("/requests?state=pending&q=a%20b", "/requests?state=pending&q=a%20b"),
            ("/drafts/1?step=2#top", "/drafts/1?step=2"),
            ("/a/../b", "/b"),
            ("/catalogue/grün", "/catalogue/gr%C3%BCn"),
            ("/requests?next=https://evil.example", "/requests?next=https://evil.example"),
        ] {
            assert_eq!(local_path(text).as_deref(), Some(path), "{text}");
        }
    }

    #[test]
    fn nothing_leads_elsewhere() {
        let long = format!("/{}", "a".repeat(3_000));
        for text in [
            "",
            "evil.example",
            "https://evil.example",
            "//evil.example",
            "///evil.example",
            "/\\evil.example",
            "\\\\evil.example",
            "/\t/evil.example",
            "/\n//evil.example",
            " //evil.example",
            "javascript:alert(1)",
            "data:text/html,x",
            "/%2fevil.example",
            "/%2F%2Fevil.example",
            "/%5cevil.example",
            "/a/../%2fevil.example",
            "/./%5Cevil.example",
            "/x/%2e%2e/%2f/evil.example",
            "/.//evil.example",
            "/..//evil.example",
            "/a/..//evil.example",
            "http:evil.example",
            "/x%0d%0aSet-Cookie:a=b",
            "/\u{200b}/evil.example",
            "/sign-in?return_to=/",
            "/sign-out",
            "/api/people/viewer",
            &long,
            "\u{0}/",
            "/\u{7f}",
        ] {
            assert_eq!(local_path(text), None, "{text:?}");
        }
    }
}
