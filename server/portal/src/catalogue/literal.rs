//! Writes values into files so that no value can end the literal it stands in.
//!
//! HCL's escapes: a `$` or `%` before `{` starts an expression, and is doubled to mean itself. In a run of several the
//! doubling is ambiguous between parsers, so there each is written as `\u0024` or `\u0025`, which no parser looks into.

use std::fmt::Write;

/// The text as an HCL string literal with its quotes.
pub(super) fn hcl_string(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    let chars: Vec<char> = text.chars().collect();
    let mut i = 0;
    while i < chars.len() {
        let c = chars[i];
        if c == '$' || c == '%' {
            let run = chars[i..].iter().take_while(|x| **x == '$' || **x == '%').count();
            if chars.get(i + run) != Some(&'{') {
                out.extend(&chars[i..i + run]);
            } else if run == 1 {
                out.extend([c, c]);
            } else {
                chars[i..i + run].iter().for_each(|c| escape(&mut out, *c));
            }
            i += run;
            continue;
        }
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if deceives(c) => escape(&mut out, c),
            c => out.push(c),
        }
        i += 1;
    }
    out.push('"');
    out
}

/// The text as a JSON string, which is a YAML double-quoted scalar too.
pub(super) fn yaml_string(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            c if deceives(c) => escape(&mut out, c),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// The text as one line of Markdown that means nothing but itself.
pub(super) fn markdown(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            // An address would become a link by itself.
            ':' if chars.peek() != Some(&'/') => out.push(c),
            '-' | '.' | ',' | '@' | '/' | ' ' => out.push(c),
            c if c.is_ascii_punctuation() => out.extend(['\\', c]),
            c if c.is_whitespace() || deceives(c) => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

/// Characters that a reader of the diff does not see, or sees in another place than where they are.
pub(super) fn deceives(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

fn escape(out: &mut String, c: char) {
    let code = u32::from(c);
    let _ = if code > 0xffff { write!(out, "\\U{code:08x}") } else { write!(out, "\\u{code:04x}") };
}
