//! JSON as plans need it: numbers exactly as written, no key twice, and limits of size and depth.
//!
//! `serde_json` reads a number of more than 17 digits as the nearest float, so that two different numbers come out the
//! same; Terraform writes such numbers. It also takes the last of two equal keys, where other readers take the first.

mod canonical;
mod read;

use std::collections::BTreeMap;
use std::fmt;

pub use canonical::canonical;
pub(crate) use canonical::document;
pub use read::read;

/// What stands for everything that is not there.
pub(crate) static NULL: Json = Json::Null;

/// A JSON value. Keys are sorted; a number is its text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Json {
    #[default]
    Null,
    Bool(bool),
    /// As written in the source, e.g. `1.50`. [`canonical()`] makes equal numbers equal.
    Number(String),
    Text(String),
    List(Vec<Json>),
    Object(BTreeMap<String, Json>),
}

/// How much is read at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Size of the text.
    pub bytes: usize,
    /// Lists and objects inside each other.
    pub depth: usize,
    /// Values that are kept; those of sections that nobody reads do not count.
    pub values: usize,
}

impl Default for Limits {
    /// A plan of some ten thousand resources fits.
    fn default() -> Self {
        Self { bytes: 64 << 20, depth: 100, values: 2_000_000 }
    }
}

/// Why a text was not read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum JsonError {
    /// More bytes than the limit, which is given.
    TooLarge(usize),
    /// Deeper than the limit, which is given.
    TooDeep(usize),
    /// More values than the limit, which is given.
    TooMany(usize),
    /// Where, in bytes from the start, and what is wrong there.
    Syntax { at: usize, what: &'static str },
    /// There is more after the value: where.
    Trailing { at: usize },
}

impl fmt::Display for JsonError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLarge(limit) => write!(f, "it has more than {limit} bytes"),
            Self::TooDeep(limit) => write!(f, "its values are nested more than {limit} deep"),
            Self::TooMany(limit) => write!(f, "it has more than {limit} values"),
            Self::Syntax { at, what } => write!(f, "byte {at}: {what}"),
            Self::Trailing { at } => write!(f, "byte {at}: text after the end of the value"),
        }
    }
}

impl std::error::Error for JsonError {}

impl Json {
    /// A member of an object; `Null` for everything that is not there.
    pub fn get(&self, key: &str) -> &Json {
        self.object().and_then(|o| o.get(key)).unwrap_or(&NULL)
    }

    pub fn object(&self) -> Option<&BTreeMap<String, Json>> {
        if let Self::Object(members) = self { Some(members) } else { None }
    }

    pub fn list(&self) -> Option<&[Json]> {
        if let Self::List(elements) = self { Some(elements) } else { None }
    }

    pub fn text(&self) -> Option<&str> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }

    /// Whether it is literally `true`.
    pub fn is_true(&self) -> bool {
        *self == Self::Bool(true)
    }

    pub fn is_null(&self) -> bool {
        *self == Self::Null
    }

    /// Compact JSON.
    pub fn to_json(&self) -> String {
        let mut out = String::new();
        self.write(&mut out);
        out
    }

    fn write(&self, out: &mut String) {
        match self {
            Self::Null => out.push_str("null"),
            Self::Bool(yes) => out.push_str(if *yes { "true" } else { "false" }),
            Self::Number(text) => out.push_str(text),
            Self::Text(text) => out.push_str(&quoted(text)),
            Self::List(elements) => {
                out.push('[');
                for (i, element) in elements.iter().enumerate() {
                    if i > 0 {
                        out.push(',');
                    }
                    element.write(out);
                }
                out.push(']');
            }
            Self::Object(members) => {
                out.push('{');
                for (i, (key, value)) in members.iter().enumerate() {
                    if i > 0 {
                        out.push(',');
                    }
                    out.push_str(&quoted(key));
                    out.push(':');
                    value.write(out);
                }
                out.push('}');
            }
        }
    }
}

/// A text in quotation marks, escaped as in JSON.
pub(crate) fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
