//! File changes as a pull request shows them. The sign at the line says what the colour says.

use causeway_contract::diff::{DiffLine, FileChange, FileDiff, LineKind};
use leptos::prelude::*;

/// Longer files start folded.
const FOLD_ABOVE: usize = 300;

/// All files. `folded` starts them folded, where space is narrow.
pub fn diff(files: Vec<FileDiff>, folded: bool) -> AnyView {
    let (added, removed) = files.iter().fold((0, 0), |(a, r), f| (a + f.added, r + f.removed));
    let summary = match files.len() {
        0 => "No file changes.".to_owned(),
        1 => format!("1 file, {added} lines added, {removed} removed"),
        n => format!("{n} files, {added} lines added, {removed} removed"),
    };
    let files: Vec<_> = files.into_iter().map(|f| file(f, folded)).collect();
    view! { <div class="diff"><p class="muted">{summary}</p>{files}</div> }.into_any()
}

fn file(file: FileDiff, folded: bool) -> AnyView {
    let open = !folded && file.lines.len() <= FOLD_ABOVE;
    let change = match file.change {
        FileChange::Added => "added",
        FileChange::Changed => "changed",
        FileChange::Removed => "removed",
    };
    let label = format!("Changes of {}", file.path);
    let rows: Vec<_> = file.lines.into_iter().map(line).collect();
    view! {
        <details class="file" open=open>
            <summary class="file-head">
                <span class="file-path">{file.path}</span>
                <span class="muted">{change}</span>
                <span class="diff-count">
                    <span class="diff-plus">"+"{file.added}</span>
                    <span class="diff-minus">"\u{2212}"{file.removed}</span>
                </span>
            </summary>
            <div class="file-body" role="region" tabindex="0" aria-label=label>
                <table class="diff-lines">
                    <tbody>{rows}</tbody>
                </table>
            </div>
        </details>
    }
    .into_any()
}

fn line(line: DiffLine) -> AnyView {
    let (class, sign) = match line.kind {
        LineKind::Context => ("", " "),
        LineKind::Added => ("added", "+"),
        LineKind::Removed => ("removed", "\u{2212}"),
        LineKind::Hunk => ("hunk", ""),
    };
    view! {
        <tr class=class>
            <td class="diff-number">{line.old}</td>
            <td class="diff-number">{line.new}</td>
            <td class="diff-text"><span class="diff-sign">{sign}</span>{line.text}</td>
        </tr>
    }
    .into_any()
}
