//! Changes and differences.

use crate::bitbucket::git::{Change, FileDiff, Hunk, LineKind};
use serde_json::{Value, json};

pub(crate) fn path(path: &str) -> Value {
    let (parent, name) = path.rsplit_once('/').unwrap_or(("", path));
    let mut value = json!({
        "components": path.split('/').collect::<Vec<_>>(), "parent": parent, "name": name, "toString": path,
    });
    if let Some((_, extension)) = name.rsplit_once('.') {
        value["extension"] = json!(extension);
    }
    value
}

pub(crate) fn change(change: &Change) -> Value {
    let git_type = if change.kind == "MOVE" { "RENAME" } else { change.kind };
    let mut value = json!({
        "contentId": change.new_object, "fromContentId": change.old_object, "path": path(&change.path),
        "executable": change.executable, "percentUnchanged": change.similarity.unwrap_or(-1), "type": change.kind,
        "nodeType": "FILE", "srcExecutable": change.old_executable, "properties": { "gitChangeType": git_type },
    });
    if let Some(from) = &change.from {
        value["srcPath"] = path(from);
    }
    value
}

/// The whole answer of a diff resource.
pub(crate) fn diffs(base: &str, head: &str, context: u32, files: &[FileDiff]) -> Value {
    json!({
        "fromHash": base, "toHash": head, "contextLines": context, "whitespace": "SHOW", "truncated": false,
        "diffs": files.iter().map(file).collect::<Vec<_>>(),
    })
}

fn file(file: &FileDiff) -> Value {
    let side = |name: &Option<String>| name.as_deref().map_or(Value::Null, path);
    let mut value = json!({ "source": side(&file.old), "destination": side(&file.new), "truncated": false });
    if file.binary {
        value["binary"] = json!(true);
    } else {
        value["hunks"] = file.hunks.iter().map(hunk).collect();
    }
    value
}

fn hunk(hunk: &Hunk) -> Value {
    let mut segments: Vec<(LineKind, Vec<Value>)> = Vec::new();
    for line in &hunk.lines {
        let value = json!({ "source": line.old, "destination": line.new, "line": line.text, "truncated": false });
        match segments.last_mut().filter(|(kind, _)| *kind == line.kind) {
            Some((_, lines)) => lines.push(value),
            None => segments.push((line.kind, vec![value])),
        }
    }
    let segment = |(kind, lines): &(LineKind, Vec<Value>)| {
        let kind = match kind {
            LineKind::Context => "CONTEXT",
            LineKind::Added => "ADDED",
            LineKind::Removed => "REMOVED",
        };
        json!({ "type": kind, "lines": lines, "truncated": false })
    };
    json!({
        "context": hunk.context, "sourceLine": hunk.old_start, "sourceSpan": hunk.old_lines,
        "destinationLine": hunk.new_start, "destinationSpan": hunk.new_lines,
        "segments": segments.iter().map(segment).collect::<Vec<_>>(), "truncated": false,
    })
}
