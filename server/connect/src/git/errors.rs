//! What git's complaints mean. The words are git's own in the C locale.

use causeway_portal::delivery::host::{HostError, HostErrorKind};

const DETAIL: usize = 500;
const SAID: usize = 300;

/// Any of these words, in order of what to look for first.
const MEANINGS: [(&[&str], Meaning); 8] = [
    (
        &[
            "Authentication failed",
            "could not read Username",
            "could not read Password",
            "error: 401",
            "error: 403",
            "Permission denied",
            "dubious ownership",
        ],
        Meaning::Denied,
    ),
    (&["is archived", "archived repository", "repository is read-only", "read-only mode"], Meaning::Archived),
    (
        &["SSL certificate problem", "server certificate verification failed", "unable to get local issuer"],
        Meaning::Untrusted,
    ),
    (&["error: 301", "error: 302", "error: 303", "error: 307", "error: 308", "redirect"], Meaning::Redirected),
    (&["error: 429", "error: 5", "error: 408"], Meaning::Away),
    (
        &[
            "not found",
            "does not exist",
            "does not appear to be a git repository",
            "couldn't find remote ref",
            "error: 404",
        ],
        Meaning::NotFound,
    ),
    (&["pre-receive hook declined", "hook declined", "not permitted", "prohibited"], Meaning::Refused),
    (&["No space left on device", "Disk quota exceeded"], Meaning::Full),
];

#[derive(Clone, Copy)]
enum Meaning {
    Denied,
    Archived,
    Untrusted,
    Redirected,
    NotFound,
    Refused,
    Away,
    Full,
}

/// Turns what git wrote on standard error into an error of the host. What is not known is worth another try.
/// `remote`: the other side took part.
pub(super) fn sort(what: &str, stderr: &str, remote: bool) -> HostError {
    let detail = format!("{what}: {}", shorten(stderr));
    let meaning = MEANINGS.iter().find(|(words, _)| words.iter().any(|w| stderr.contains(w))).map(|(_, m)| *m);
    let (kind, message) = match meaning {
        Some(Meaning::Denied) => (
            HostErrorKind::Denied,
            "The repository refuses Causeway's access token, or the token may not do this there.",
        ),
        Some(Meaning::Archived) => (HostErrorKind::Archived, "The repository is archived or read-only."),
        Some(Meaning::Untrusted) => (
            HostErrorKind::Denied,
            "The server's certificate is not trusted: set the CA file of the authority that signed it.",
        ),
        Some(Meaning::Redirected) => {
            (HostErrorKind::Denied, "The address of the repository leads elsewhere: set the address that it leads to.")
        }
        Some(Meaning::NotFound) => (HostErrorKind::NotFound, "The repository or the branch is not there."),
        Some(Meaning::Refused) => (HostErrorKind::Refused, "The repository's rules refuse the branch."),
        Some(Meaning::Full) => (HostErrorKind::Retry { after: None }, "The disk is full where Causeway runs."),
        Some(Meaning::Away) | None if remote => {
            (HostErrorKind::Retry { after: None }, "The repository cannot be reached at the moment.")
        }
        Some(Meaning::Away) | None => {
            (HostErrorKind::Retry { after: None }, "Causeway's copy of the repository cannot be used at the moment.")
        }
    };
    HostError::new(kind, message, detail)
}

/// What a hook of the other side said, on one line of at most 300 characters: `remote:` lines without git's own progress.
pub(super) fn remote_words(stderr: &str) -> Option<String> {
    let lines = stderr.lines().filter_map(|line| line.strip_prefix("remote:")).map(str::trim);
    let kept: Vec<&str> = lines.filter(|line| line.chars().any(char::is_alphanumeric)).collect();
    let words = kept.join(" ");
    match words.chars().count() {
        0 => None,
        1..=SAID => Some(words),
        _ => Some(words.chars().take(SAID - 1).chain(['…']).collect()),
    }
}

/// Standard error without what the other side's hooks wrote there.
pub(super) fn own_words(stderr: &str) -> String {
    stderr.lines().filter(|line| !line.starts_with("remote:")).collect::<Vec<_>>().join("\n")
}

pub(super) fn away(message: &str, detail: impl Into<String>) -> HostError {
    HostError::new(HostErrorKind::Retry { after: None }, message, detail)
}

/// One line of at most 500 characters, the end kept: git says the cause last.
fn shorten(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let count = line.chars().count();
    if count <= DETAIL { line } else { format!("…{}", line.chars().skip(count - DETAIL + 1).collect::<String>()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn complaints_are_sorted_by_what_to_do() {
        const AWAY: HostErrorKind = HostErrorKind::Retry { after: None };
        for (said, kind) in [
            ("fatal: Authentication failed for 'https://x/'", HostErrorKind::Denied),
            ("fatal: could not read Username for 'http://x': terminal prompts disabled", HostErrorKind::Denied),
            ("fatal: unable to access 'https://x/': The requested URL returned error: 403", HostErrorKind::Denied),
            ("fatal: unable to access 'https://x/': The requested URL returned error: 503", AWAY),
            ("fatal: unable to access 'https://x/': The requested URL returned error: 429", AWAY),
            ("fatal: unable to access 'https://x/': Could not resolve host: x", AWAY),
            ("fatal: unable to access 'https://x/': The requested URL returned error: 302", HostErrorKind::Denied),
            ("fatal: repository 'http://x/' not found", HostErrorKind::NotFound),
            ("fatal: couldn't find remote ref refs/heads/main", HostErrorKind::NotFound),
            ("remote: Repository is archived\n ! [remote rejected] x", HostErrorKind::Archived),
            (
                "fatal: unable to access: SSL certificate problem: unable to get local issuer certificate",
                HostErrorKind::Denied,
            ),
            ("fatal: write error: No space left on device", AWAY),
            ("something new", AWAY),
        ] {
            assert_eq!(sort("git x", said, true).kind, kind, "{said}");
        }
    }

    #[test]
    fn a_hooks_words_are_kept_apart_and_bounded() {
        let said = "To x\nremote: \nremote: ----\nremote: Branch names need\nremote:   a ticket.\nerror: failed to push some refs to 'x'\n";
        assert_eq!(remote_words(said).as_deref(), Some("Branch names need a ticket."));
        assert_eq!(own_words(said), "To x\nerror: failed to push some refs to 'x'");
        assert_eq!(remote_words("fatal: no"), None);
        assert_eq!(remote_words(&format!("remote: {}", "é".repeat(900))).unwrap().chars().count(), 300);
    }

    #[test]
    fn details_stay_short_and_keep_the_end() {
        let error = sort("git push", &format!("{}the cause", "noise ".repeat(400)), false);
        assert!(error.detail.ends_with("the cause") && error.detail.chars().count() < 520);
    }
}
