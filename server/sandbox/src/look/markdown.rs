//! The part of Markdown that pull request descriptions use: headings, paragraphs, lists, tables, code, bold, links.
//!
//! Everything is escaped first; only `http` and `https` addresses become links.

/// Text to HTML. Never fails and never lets markup through.
pub(crate) fn markdown(text: &str) -> String {
    let mut out = String::new();
    let lines: Vec<&str> = text.lines().collect();
    let mut i = 0;
    while i < lines.len() {
        let line = lines[i].trim_end();
        if line.trim_start().starts_with("```") {
            let end = (i + 1..lines.len()).find(|&j| lines[j].trim_start().starts_with("```")).unwrap_or(lines.len());
            let code: Vec<String> = lines[i + 1..end].iter().map(|l| escape(l)).collect();
            out.push_str(&format!("<pre tabindex=\"0\"><code>{}</code></pre>\n", code.join("\n")));
            i = end + 1;
        } else if let Some((level, title)) = heading(line) {
            // The page has its own first two levels, and no level may be skipped.
            let level = (level + 1).clamp(3, 6);
            out.push_str(&format!("<h{level}>{}</h{level}>\n", inline(title)));
            i += 1;
        } else if is_item(line) {
            let end = (i..lines.len()).find(|&j| !is_item(lines[j])).unwrap_or(lines.len());
            out.push_str("<ul>\n");
            for item in &lines[i..end] {
                out.push_str(&format!("<li>{}</li>\n", inline(item.trim_start()[2..].trim())));
            }
            out.push_str("</ul>\n");
            i = end;
        } else if line.trim_start().starts_with('|') {
            let end = (i..lines.len()).find(|&j| !lines[j].trim_start().starts_with('|')).unwrap_or(lines.len());
            table(&lines[i..end], &mut out);
            i = end;
        } else if line.trim().is_empty() {
            i += 1;
        } else {
            let end = (i + 1..lines.len()).find(|&j| starts_block(lines[j])).unwrap_or(lines.len());
            let text: Vec<String> = lines[i..end].iter().map(|l| inline(l.trim())).collect();
            out.push_str(&format!("<p>{}</p>\n", text.join("<br>\n")));
            i = end;
        }
    }
    out
}

fn heading(line: &str) -> Option<(usize, &str)> {
    let level = line.bytes().take_while(|b| *b == b'#').count();
    (1..=6).contains(&level).then(|| line[level..].strip_prefix(' ').map(|t| (level, t.trim()))).flatten()
}

fn is_item(line: &str) -> bool {
    let line = line.trim_start();
    line.starts_with("- ") || line.starts_with("* ")
}

fn starts_block(line: &str) -> bool {
    let start = line.trim_start();
    start.is_empty() || start.starts_with("```") || start.starts_with('|') || is_item(line) || heading(line).is_some()
}

fn table(rows: &[&str], out: &mut String) {
    let cells = |row: &str| -> Vec<String> {
        row.trim().trim_start_matches('|').trim_end_matches('|').split('|').map(|c| inline(c.trim())).collect()
    };
    let is_rule = |row: &str| row.chars().all(|c| "|-: ".contains(c)) && row.contains('-');
    let has_head = rows.get(1).is_some_and(|r| is_rule(r));
    out.push_str("<div class=\"scroll\" tabindex=\"0\"><table>\n");
    if has_head {
        let head: Vec<String> = cells(rows[0]).iter().map(|c| format!("<th scope=\"col\">{c}</th>")).collect();
        out.push_str(&format!("<thead><tr>{}</tr></thead>\n", head.concat()));
    }
    out.push_str("<tbody>\n");
    for row in rows.iter().skip(if has_head { 2 } else { 0 }) {
        let row: Vec<String> = cells(row).iter().map(|c| format!("<td>{c}</td>")).collect();
        out.push_str(&format!("<tr>{}</tr>\n", row.concat()));
    }
    out.push_str("</tbody></table></div>\n");
}

/// `code`, **bold**, `[text](address)` and bare addresses.
fn inline(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while !rest.is_empty() {
        if let Some((code, tail)) = rest.strip_prefix('`').and_then(|r| r.split_once('`')) {
            out.push_str(&format!("<code>{}</code>", escape(code)));
            rest = tail;
        } else if let Some((bold, tail)) = rest.strip_prefix("**").and_then(|r| r.split_once("**")) {
            out.push_str(&format!("<strong>{}</strong>", inline(bold)));
            rest = tail;
        } else if let Some((name, address, tail)) = link(rest) {
            out.push_str(&format!("<a href=\"{}\">{}</a>", escape(address), escape(name)));
            rest = tail;
        } else if let Some(address) = bare(rest) {
            out.push_str(&format!("<a href=\"{0}\">{0}</a>", escape(address)));
            rest = &rest[address.len()..];
        } else {
            let mut chars = rest.chars();
            // A backslash takes the meaning from the sign behind it.
            let mut next = chars.next().unwrap_or_default();
            if next == '\\' && chars.clone().next().is_some_and(|c| c.is_ascii_punctuation()) {
                next = chars.next().unwrap_or_default();
            }
            out.push_str(&escape(next.encode_utf8(&mut [0; 4])));
            rest = chars.as_str();
        }
    }
    out
}

fn link(text: &str) -> Option<(&str, &str, &str)> {
    let (name, rest) = text.strip_prefix('[')?.split_once("](")?;
    let (address, tail) = rest.split_once(')')?;
    let safe = is_http(address) && !name.contains('[') && !address.contains(char::is_whitespace);
    safe.then_some((name, address, tail))
}

fn bare(text: &str) -> Option<&str> {
    if !is_http(text) {
        return None;
    }
    let end = text.find(|c: char| c.is_whitespace() || "<>\"')|`".contains(c)).unwrap_or(text.len());
    Some(text[..end].trim_end_matches(['.', ',', ';']))
}

fn is_http(address: &str) -> bool {
    address.starts_with("http://") || address.starts_with("https://")
}

/// Text as HTML, inside elements and quoted attributes.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::markdown;

    #[test]
    fn renders_what_descriptions_use() {
        let html = markdown(
            "## What\n\n- one `x<y`\n- **two**\n\n| a | b |\n|---|---|\n| 1 | [p](http://x/y) |\n\n```\n<b>\n```",
        );
        assert!(html.contains("<h3>What</h3>"));
        assert!(html.contains("<li>one <code>x&lt;y</code></li>"));
        assert!(html.contains("<th scope=\"col\">a</th>"));
        assert!(html.contains("<a href=\"http://x/y\">p</a>"));
        assert!(html.contains("<code>&lt;b&gt;</code>"));
    }

    #[test]
    fn markup_does_not_pass() {
        for hostile in [
            "<script>1</script>",
            "[x](javascript:alert(1))",
            "`<img>`",
            "[a](http://x\"onclick=1)",
            "| <i> |",
            "# <b>",
        ] {
            let html = markdown(hostile);
            assert!(
                !html.contains("<script") && !html.contains("href=\"javascript") && !html.contains("<img"),
                "{html}"
            );
            assert!(!html.contains("x\"onclick") && !html.contains("<i>") && !html.contains("<b>"), "{html}");
        }
    }

    #[test]
    fn odd_text_does_not_hang_or_panic() {
        for text in ["```", "[", "**", "`", "\\", "|", "http://", "- ", "#", "ü**", "[](", "|-|"] {
            markdown(text);
        }
    }
}
