//! Pieces of pages: diffs, build statuses, states.

use crate::{
    bitbucket::{
        git::{Commit, FileDiff, LineKind},
        world::{BuildStatus, State},
    },
    clock, look,
};
use minijinja::{Value, context};

pub(super) fn tone(state: State) -> &'static str {
    match state {
        State::Open => "wait",
        State::Merged => "good",
        State::Declined => "bad",
    }
}

pub(super) fn build_tone(state: &str) -> (&'static str, &'static str) {
    match state {
        "SUCCESSFUL" => ("good", "Successful"),
        "FAILED" => ("bad", "Failed"),
        "INPROGRESS" => ("wait", "In progress"),
        "CANCELLED" => ("", "Cancelled"),
        _ => ("", "Unknown"),
    }
}

pub(super) fn builds(builds: &[&BuildStatus]) -> Value {
    let rows: Vec<Value> = builds
        .iter()
        .map(|b| {
            let (tone, state) = build_tone(&b.state);
            context! {
                tone, state, key => b.key, url => b.url, name => b.name.as_ref().unwrap_or(&b.key),
                description => b.description.as_deref().unwrap_or_default(), updated => clock::words(b.updated),
            }
        })
        .collect();
    look::fragment("builds.html", context! { builds => rows })
}

pub(super) fn diff(files: &[FileDiff]) -> Value {
    look::fragment("diff.html", context! { files => files.iter().map(file).collect::<Vec<_>>() })
}

fn file(file: &FileDiff) -> Value {
    let what = match (&file.old, &file.new) {
        (None, _) => "added",
        (_, None) => "deleted",
        (Some(old), Some(new)) if old != new => "renamed",
        _ => "changed",
    };
    let lines = || file.hunks.iter().flat_map(|h| &h.lines);
    let count = |kind| lines().filter(|l| l.kind == kind).count();
    let mut rows = Vec::new();
    for hunk in &file.hunks {
        let text =
            format!("Lines {}–{} {}", hunk.new_start, hunk.new_start + hunk.new_lines.saturating_sub(1), hunk.context);
        rows.push(context! { kind => "hunk", text => text.trim_end(), old => "", new => "" });
        for line in &hunk.lines {
            let (kind, old, new) = match line.kind {
                LineKind::Added => ("added", String::new(), line.new.to_string()),
                LineKind::Removed => ("removed", line.old.to_string(), String::new()),
                LineKind::Context => ("context", line.old.to_string(), line.new.to_string()),
            };
            rows.push(context! { kind, old, new, text => line.text });
        }
    }
    context! {
        path => file.new.as_ref().or(file.old.as_ref()), old => file.old.as_ref().filter(|_| what == "renamed"), what,
        added => count(LineKind::Added), removed => count(LineKind::Removed), binary => file.binary, rows,
    }
}

pub(super) fn commit(commit: &Commit) -> Value {
    context! {
        id => commit.id, subject => commit.subject(), message => commit.message, parents => commit.parents,
        author => commit.author, author_email => commit.author_email, authored => clock::words(commit.authored),
        committer => commit.committer, committer_email => commit.committer_email,
        committed => clock::words(commit.committed),
    }
}
