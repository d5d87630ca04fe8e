//! What may stand in a branch, a path and a person's name, before git sees it.

use causeway_portal::delivery::host::{HostError, HostErrorKind, Signature};

/// A full commit id.
pub(crate) fn is_commit(text: &str) -> bool {
    text.len() == 40 && text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
}

pub(super) fn check_commit(text: &str) -> Result<(), HostError> {
    if is_commit(text) {
        Ok(())
    } else {
        Err(refused("That is not a full commit id.", format!("not a commit id: {text:?}")))
    }
}

/// Accepts what `git check-ref-format refs/heads/<branch>` accepts, and no leading hyphen.
pub(crate) fn check_branch(branch: &str) -> Result<(), HostError> {
    let part = |p: &str| !p.is_empty() && !p.starts_with('.') && !p.ends_with(".lock");
    let fine = branch.len() <= 200
        && !branch.starts_with('-')
        && !branch.ends_with('.')
        && !branch.contains("..")
        && !branch.contains("@{")
        && branch != "@"
        && !branch.chars().any(|c| c.is_control() || " ~^:?*[\\".contains(c))
        && branch.split('/').all(part);
    if fine {
        Ok(())
    } else {
        Err(refused("That is not a name for a branch.", format!("not a branch name: {branch:?}")))
    }
}

/// Accepts a path inside a repository: relative, no `.`, `..` or `.git` on the way.
pub(super) fn check_path(path: &str) -> Result<(), HostError> {
    let part = |p: &str| !matches!(p, "" | "." | "..") && !p.trim_end_matches([' ', '.']).eq_ignore_ascii_case(".git");
    let fine = path.len() <= 1_000 && path.split('/').all(part) && !path.chars().any(|c| c.is_control() || c == '\\');
    if fine { Ok(()) } else { Err(refused("That is not a path for a file.", format!("not a path: {path:?}"))) }
}

/// The name and e-mail as one line of a commit can hold them: no line break, no `<` or `>`.
pub(super) fn clean(signature: &Signature) -> Signature {
    let line = |text: &str| {
        let spaced: String = text.chars().map(|c| if c.is_control() || "<>".contains(c) { ' ' } else { c }).collect();
        spaced.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let email = line(&signature.email).replace(' ', "");
    let name = line(&signature.name);
    // git refuses a name of nothing but punctuation.
    let name = match (name.chars().any(char::is_alphanumeric), email.split('@').next()) {
        (true, _) => name,
        (false, Some(user)) if user.chars().any(char::is_alphanumeric) => user.to_owned(),
        _ => "Unknown".to_owned(),
    };
    let email = if email.chars().any(char::is_alphanumeric) { email } else { "unknown@invalid".to_owned() };
    Signature { name, email }
}

fn refused(message: &str, detail: String) -> HostError {
    HostError::new(HostErrorKind::Refused, message, detail)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_cannot_break_out_of_the_commit() {
        let sign = |name: &str, email: &str| clean(&Signature { name: name.into(), email: email.into() });
        let evil = sign("Eve\ncommitter Bob <bob@x>", "eve@x>\nauthor <y");
        assert_eq!(evil.name, "Eve committer Bob bob@x");
        assert_eq!(evil.email, "eve@xauthory");
        assert_eq!(sign("...", "mia@example.com").name, "mia");
        assert_eq!(sign("", ""), Signature { name: "Unknown".into(), email: "unknown@invalid".into() });
        assert_eq!(sign("Zoë 王", "z@x").name, "Zoë 王");
    }

    #[test]
    fn paths_stay_inside_and_branches_are_branches() {
        for good in ["a", "environments/shop/main.tf", ".gitignore", "a b/ü.tf"] {
            assert!(check_path(good).is_ok(), "{good}");
        }
        for bad in ["", "/a", "a//b", "../a", "a/../b", ".git/config", "a/.GIT/x", ".git./x", "a\nb", "a\\b", "a/"] {
            assert!(check_path(bad).is_err(), "{bad}");
        }
        for good in ["main", "causeway/01-ab", "feature/x.y"] {
            assert!(check_branch(good).is_ok(), "{good}");
        }
        for bad in ["", "-x", "a..b", "a b", "a:b", "x.lock", "a//b", "a/", "/a", "a/.b", "a~1", "x\n", "@", "a@{1}"] {
            assert!(check_branch(bad).is_err(), "{bad}");
        }
    }
}
