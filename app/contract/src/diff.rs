//! File changes as a pull request shows them.

use serde::{Deserialize, Serialize};

/// What happens to one file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FileChange {
    Added,
    Changed,
    Removed,
}

/// One line of a diff.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LineKind {
    Context,
    Added,
    Removed,
    /// `@@ -1,3 +1,4 @@`
    Hunk,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DiffLine {
    pub kind: LineKind,
    /// Line number before, where the line was there.
    pub old: Option<u32>,
    /// Line number after, where the line is there.
    pub new: Option<u32>,
    /// Without the newline and without the `+`, `-` or space in front.
    pub text: String,
}

/// One file of the pull request, as a unified diff.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileDiff {
    /// From the root of the repository.
    pub path: String,
    pub change: FileChange,
    pub lines: Vec<DiffLine>,
    pub added: u32,
    pub removed: u32,
}
