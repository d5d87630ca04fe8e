//! The text of differences.

use super::{Git, GitError};

#[derive(Clone, Debug)]
pub(crate) struct FileDiff {
    /// `None`: the file is new.
    pub old: Option<String>,
    /// `None`: the file is gone.
    pub new: Option<String>,
    pub binary: bool,
    pub hunks: Vec<Hunk>,
}

#[derive(Clone, Debug)]
pub(crate) struct Hunk {
    pub old_start: u32,
    pub old_lines: u32,
    pub new_start: u32,
    pub new_lines: u32,
    /// What git prints behind the second `@@`.
    pub context: String,
    pub lines: Vec<Line>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LineKind {
    Context,
    Added,
    Removed,
}

#[derive(Clone, Debug)]
pub(crate) struct Line {
    pub kind: LineKind,
    pub old: u32,
    pub new: u32,
    pub text: String,
}

impl Git {
    /// The diff as git prints it.
    pub(crate) async fn diff_text(
        &self,
        base: &str,
        head: &str,
        context: u32,
        ignore_space: bool,
        path: Option<&str>,
    ) -> Result<Vec<u8>, GitError> {
        let unified = format!("-U{context}");
        let mut arguments =
            vec!["diff-tree", "-r", "-p", "-M", "--full-index", "--no-color", "--no-ext-diff", &unified];
        if ignore_space {
            arguments.push("-w");
        }
        arguments.extend([base, head, "--"]);
        arguments.extend(path);
        Ok(self.must(&arguments).await?.stdout)
    }

    pub(crate) async fn diff(
        &self,
        base: &str,
        head: &str,
        context: u32,
        ignore_space: bool,
        path: Option<&str>,
    ) -> Result<Vec<FileDiff>, GitError> {
        let text = self.diff_text(base, head, context, ignore_space, path).await?;
        Ok(parse(&String::from_utf8_lossy(&text)))
    }
}

fn parse(text: &str) -> Vec<FileDiff> {
    let mut files: Vec<FileDiff> = Vec::new();
    let (mut old, mut new) = (0, 0);
    let (mut old_left, mut new_left) = (0, 0);
    for line in text.split('\n') {
        // Inside a hunk a line is content, whatever it looks like.
        if old_left > 0 || new_left > 0 {
            let Some(hunk) = files.last_mut().and_then(|f| f.hunks.last_mut()) else { continue };
            let (kind, text) = match line.as_bytes().first() {
                Some(b'+') => (LineKind::Added, &line[1..]),
                Some(b'-') => (LineKind::Removed, &line[1..]),
                Some(b'\\') => continue,
                Some(b' ') => (LineKind::Context, &line[1..]),
                _ => (LineKind::Context, line),
            };
            hunk.lines.push(Line { kind, old, new, text: text.into() });
            if kind != LineKind::Added {
                old += 1;
                old_left -= 1;
            }
            if kind != LineKind::Removed {
                new += 1;
                new_left -= 1;
            }
            continue;
        }
        if let Some(names) = line.strip_prefix("diff --git ") {
            // Both names are the same here; what differs is said by the lines below.
            let name = unquote(names.split_at(names.len() / 2).1.trim_start());
            let name = name.strip_prefix("b/").unwrap_or(&name).to_owned();
            files.push(FileDiff { old: Some(name.clone()), new: Some(name), binary: false, hunks: Vec::new() });
            continue;
        }
        let Some(file) = files.last_mut() else { continue };
        if line.starts_with("new file mode") {
            file.old = None;
        } else if line.starts_with("deleted file mode") {
            file.new = None;
        } else if let Some(name) = line.strip_prefix("rename from ").or_else(|| line.strip_prefix("copy from ")) {
            file.old = Some(unquote(name));
        } else if let Some(name) = line.strip_prefix("rename to ").or_else(|| line.strip_prefix("copy to ")) {
            file.new = Some(unquote(name));
        } else if line.starts_with("Binary files ") {
            file.binary = true;
        } else if let Some(hunk) = line.strip_prefix("@@ -").and_then(header) {
            (old, old_left, new, new_left) = (hunk.old_start, hunk.old_lines, hunk.new_start, hunk.new_lines);
            file.hunks.push(hunk);
        }
    }
    files
}

/// `1,3 +1,4 @@ fn main() {`
fn header(text: &str) -> Option<Hunk> {
    let (ranges, context) = text.split_once(" @@")?;
    let (old, new) = ranges.split_once(" +")?;
    let range = |text: &str| -> Option<(u32, u32)> {
        match text.split_once(',') {
            Some((start, count)) => Some((start.parse().ok()?, count.parse().ok()?)),
            None => Some((text.parse().ok()?, 1)),
        }
    };
    let ((old_start, old_lines), (new_start, new_lines)) = (range(old)?, range(new)?);
    Some(Hunk { old_start, old_lines, new_start, new_lines, context: context.trim_start().into(), lines: Vec::new() })
}

/// git quotes names with unusual bytes as C does.
fn unquote(name: &str) -> String {
    let Some(inner) = name.strip_prefix('"').and_then(|n| n.strip_suffix('"')) else { return name.into() };
    let mut bytes = Vec::new();
    let mut rest = inner.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'\\' {
            bytes.push(byte);
            continue;
        }
        match rest.next() {
            Some(b'n') => bytes.push(b'\n'),
            Some(b't') => bytes.push(b'\t'),
            Some(digit @ b'0'..=b'7') => {
                let octal = [Some(digit), rest.next(), rest.next()].into_iter().flatten();
                bytes.push(octal.fold(0u8, |n, d| n.wrapping_mul(8).wrapping_add(d.wrapping_sub(b'0'))));
            }
            Some(other) => bytes.push(other),
            None => {}
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_git_prints() {
        let text = "diff --git a/x.tf b/x.tf\nindex 1..2 100644\n--- a/x.tf\n+++ b/x.tf\n@@ -1,2 +1,3 @@ top\n a\n--- b\n+++ c\n+d\n\
                    diff --git a/new b/new\nnew file mode 100644\n--- /dev/null\n+++ b/new\n@@ -0,0 +1 @@\n+x\n\\ No newline at end of file\n";
        let files = parse(text);
        assert_eq!(files.len(), 2);
        let hunk = &files[0].hunks[0];
        assert_eq!(hunk.context, "top");
        let kinds: Vec<_> = hunk.lines.iter().map(|l| (l.kind, l.old, l.new, l.text.as_str())).collect();
        assert_eq!(
            kinds,
            [
                (LineKind::Context, 1, 1, "a"),
                (LineKind::Removed, 2, 2, "-- b"),
                (LineKind::Added, 3, 2, "++ c"),
                (LineKind::Added, 3, 3, "d"),
            ]
        );
        assert_eq!((files[1].old.as_deref(), files[1].new.as_deref()), (None, Some("new")));
        assert_eq!(unquote("\"\\303\\274.tf\""), "ü.tf");
    }
}
