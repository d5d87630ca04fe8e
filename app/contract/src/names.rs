//! Validated text.

/// Longest name of an environment: it becomes part of DNS labels and cloud resource names.
pub const ENVIRONMENT_NAME_MAX: usize = 40;
/// Longest free text a person may write (reason, comment, justification), in characters.
pub const TEXT_MAX: usize = 4_000;

/// Checks an environment's name: 3 to 40 of `a-z 0-9 -`, starts with a letter, ends with a letter or digit.
///
/// # Errors
/// A sentence that says what to change.
pub fn environment_name(text: &str) -> Result<(), &'static str> {
    let count = text.chars().count();
    if count < 3 {
        return Err("Use at least 3 characters.");
    }
    if count > ENVIRONMENT_NAME_MAX {
        return Err("Use at most 40 characters.");
    }
    if !text.starts_with(|c: char| c.is_ascii_lowercase()) {
        return Err("Start with a lower-case letter.");
    }
    if !text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-') {
        return Err("Use only lower-case letters, digits and hyphens.");
    }
    if text.ends_with('-') || text.contains("--") {
        return Err("Do not end with a hyphen or put two in a row.");
    }
    Ok(())
}

/// Whether a character is not seen, or makes the text around it read in another order than it is written.
pub fn deceives(c: char) -> bool {
    (c.is_control() && !matches!(c, '\n' | '\r' | '\t'))
        || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Checks free text: not blank when `required`, at most [`TEXT_MAX`] characters, nothing invisible in it.
///
/// # Errors
/// A sentence that says what to change.
pub fn free_text(text: &str, required: bool) -> Result<(), String> {
    if required && text.trim().is_empty() {
        return Err("Write a sentence: the other person reads it.".into());
    }
    let count = text.chars().count();
    if count > TEXT_MAX {
        return Err(format!("This is {count} characters long; at most {TEXT_MAX} fit."));
    }
    if text.chars().any(deceives) {
        return Err("Remove the invisible control characters; typing the text anew does that.".into());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn free_text_is_what_it_looks_like() {
        assert!(free_text("Why \u{1f680}?\n\tشكرا\r\n", true).is_ok());
        for bad in ["a\0b", "\u{1b}[31mred", "\u{202e}txt.exe", "\u{2066}x\u{2069}", "\u{85}"] {
            assert!(free_text(bad, false).unwrap_err().contains("invisible"), "{bad:?}");
        }
        assert!(free_text(" \n", true).is_err() && free_text(" \n", false).is_ok());
    }

    #[test]
    fn names_fit_for_dns_pass_and_others_say_why() {
        assert!(environment_name("shop-api-2").is_ok());
        for (bad, why) in [
            ("ab", "at least 3"),
            (&"a".repeat(41) as &str, "at most 40"),
            ("2shop", "Start with"),
            ("Shop", "Start with"),
            ("shop_api", "only lower-case"),
            ("shöp", "only lower-case"),
            ("shop-", "hyphen"),
            ("a--b", "hyphen"),
        ] {
            assert!(environment_name(bad).unwrap_err().contains(why), "{bad}");
        }
    }
}
