//! Differences between two sets of files, as a pull request shows them.

use crate::catalogue::Files;
use causeway_contract::diff::{DiffLine, FileChange, FileDiff, LineKind};
use similar::{ChangeTag, TextDiff, udiff::UnifiedHunkHeader};
use std::collections::BTreeSet;

/// Unchanged lines shown around a change.
const CONTEXT: usize = 3;
const NO_NEWLINE: &str = "\\ No newline at end of file";

/// What turns `before` into `after`, sorted by path. Files that stay the same are left out.
pub fn diff_files(before: &Files, after: &Files) -> Vec<FileDiff> {
    let paths: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    paths.into_iter().filter_map(|path| file(path, before.get(path), after.get(path))).collect()
}

fn file(path: &str, before: Option<&String>, after: Option<&String>) -> Option<FileDiff> {
    let change = match (before, after) {
        (None, None) => return None,
        (None, Some(_)) => FileChange::Added,
        (Some(_), None) => FileChange::Removed,
        (Some(old), Some(new)) if old == new => return None,
        (Some(_), Some(_)) => FileChange::Changed,
    };
    let (old, new) = (before.map_or("", String::as_str), after.map_or("", String::as_str));
    let mut diff = FileDiff { path: path.to_owned(), change, lines: Vec::new(), added: 0, removed: 0 };
    if old.contains('\0') || new.contains('\0') {
        diff.lines.push(note("The file is not text; its content is not shown."));
        return Some(diff);
    }
    let lines = TextDiff::from_lines(old, new);
    for group in lines.grouped_ops(CONTEXT) {
        diff.lines.push(DiffLine { kind: LineKind::Hunk, ..note(&UnifiedHunkHeader::new(&group).to_string()) });
        for change in group.iter().flat_map(|op| lines.iter_changes(op)) {
            let kind = match change.tag() {
                ChangeTag::Equal => LineKind::Context,
                ChangeTag::Insert => LineKind::Added,
                ChangeTag::Delete => LineKind::Removed,
            };
            diff.added += u32::from(kind == LineKind::Added);
            diff.removed += u32::from(kind == LineKind::Removed);
            let number = |index: Option<usize>| index.map(|i| i as u32 + 1);
            let text = change.value();
            diff.lines.push(DiffLine {
                kind,
                old: number(change.old_index()),
                new: number(change.new_index()),
                text: text.strip_suffix('\n').unwrap_or(text).to_owned(),
            });
            if !text.ends_with('\n') {
                diff.lines.push(note(NO_NEWLINE));
            }
        }
    }
    Some(diff)
}

/// A line that is in neither file.
fn note(text: &str) -> DiffLine {
    DiffLine { kind: LineKind::Context, old: None, new: None, text: text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(pairs: &[(&str, &str)]) -> Files {
        pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect()
    }

    fn shown(diffs: &[FileDiff]) -> String {
        let mut out = String::new();
        for diff in diffs {
            out += &format!("{:?} {} +{} -{}\n", diff.change, diff.path, diff.added, diff.removed);
            for line in &diff.lines {
                let sign = match line.kind {
                    LineKind::Added => '+',
                    LineKind::Removed => '-',
                    LineKind::Context => ' ',
                    LineKind::Hunk => '@',
                };
                let number = |n: Option<u32>| n.map_or("-".to_owned(), |n| n.to_string());
                out += &format!("{sign}{}|{}|{}\n", number(line.old), number(line.new), line.text);
            }
        }
        out
    }

    #[test]
    fn added_removed_and_changed_files_come_sorted_and_equal_ones_not_at_all() {
        let before = files(&[("same", "x\n"), ("gone", "a\n"), ("b/changed", "1\n2\n")]);
        let after = files(&[("same", "x\n"), ("a-new", "n\n"), ("b/changed", "1\n3\n")]);
        insta::assert_snapshot!(shown(&diff_files(&before, &after)), @r"
        Added a-new +1 -0
        @-|-|@@ -0,0 +1 @@
        +-|1|n
        Changed b/changed +1 -1
        @-|-|@@ -1,2 +1,2 @@
         1|1|1
        -2|-|2
        +-|2|3
        Removed gone +0 -1
        @-|-|@@ -1 +0,0 @@
        -1|-|a
        ");
    }

    #[test]
    fn far_changes_are_two_hunks_and_a_missing_newline_is_said() {
        let old: String = (1..=20).map(|i| format!("l{i}\n")).collect();
        let new = old.replace("l1\n", "L1\n").replace("l20\n", "l20");
        let diff = diff_files(&files(&[("f", &old)]), &files(&[("f", &new)]));
        let text = shown(&diff);
        assert!(text.contains("@@ -1,4 +1,4 @@") && text.contains("@@ -17,4 +17,4 @@"), "{text}");
        assert!(text.ends_with("-20|-|l20\n+-|20|l20\n -|-|\\ No newline at end of file\n"), "{text}");
    }

    #[test]
    fn an_empty_file_and_a_binary_one_are_shown_as_what_they_are() {
        let diff = diff_files(&Files::new(), &files(&[("empty", ""), ("bin", "\0\u{1}")]));
        assert_eq!(
            shown(&diff),
            "Added bin +0 -0\n -|-|The file is not text; its content is not shown.\nAdded empty +0 -0\n"
        );
    }

    /// Applying the lines to the old text gives the new text, whatever the texts are.
    #[test]
    fn the_lines_say_all_of_the_change() {
        let texts =
            ["", "a", "a\n", "a\nb\n", "b\na", "\n\n", "a\r\nb\r\n", "x\ny\nz\na\nb\nc\nd\ne\nf\n", "\u{202e}🦀\n"];
        for old in texts {
            for new in texts {
                let diff = diff_files(&files(&[("f", old)]), &files(&[("f", new)]));
                let Some(diff) = diff.first() else {
                    assert_eq!(old, new);
                    continue;
                };
                let mut rebuilt: Vec<&str> = Vec::new();
                let mut next = 1;
                let olds: Vec<&str> = old.split_inclusive('\n').map(|l| l.strip_suffix('\n').unwrap_or(l)).collect();
                for line in diff.lines.iter().filter(|l| l.old.is_some() || l.new.is_some()) {
                    if let Some(old) = line.old {
                        while next < old {
                            rebuilt.push(olds[next as usize - 1]);
                            next += 1;
                        }
                        assert_eq!(olds[old as usize - 1], line.text);
                        next += 1;
                    }
                    if line.kind != LineKind::Removed {
                        rebuilt.push(&line.text);
                    }
                }
                rebuilt.extend(&olds[(next as usize - 1).min(olds.len())..]);
                let news: Vec<&str> = new.split_inclusive('\n').map(|l| l.strip_suffix('\n').unwrap_or(l)).collect();
                assert_eq!(rebuilt, news, "{old:?} {new:?}");
            }
        }
    }
}
