//! Values that are written as text: durations and web addresses. Each knows its JSON Schema `format`, under which
//! [`super::check`] checks it along with everything else.

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};
use std::{borrow::Cow, fmt, str::FromStr, time::Duration};
use url::Url;

/// A length of time: `30s`, `15m`, `12h`, `7d`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span(pub Duration);

impl Span {
    pub const fn seconds(n: u64) -> Self {
        Self(Duration::from_secs(n))
    }

    pub const fn minutes(n: u64) -> Self {
        Self::seconds(n * 60)
    }

    pub const fn hours(n: u64) -> Self {
        Self::minutes(n * 60)
    }

    pub fn delta(self) -> chrono::TimeDelta {
        chrono::TimeDelta::from_std(self.0).unwrap_or(chrono::TimeDelta::MAX)
    }
}

impl FromStr for Span {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong =
            || format!("\"{text}\" is not a length of time; write a whole number and a unit: 30s, 15m, 12h or 7d");
        let unit = text.chars().last().ok_or_else(wrong)?;
        let seconds = match unit {
            's' => 1,
            'm' => 60,
            'h' => 3_600,
            'd' => 86_400,
            _ => return Err(wrong()),
        };
        let number: u64 = text[..text.len() - 1].parse().map_err(|_| wrong())?;
        if number == 0 || number.saturating_mul(seconds) > 3_650 * 86_400 {
            return Err(format!("\"{text}\" is out of range; write something between 1s and 3650d"));
        }
        Ok(Self::seconds(number * seconds))
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.0.as_secs();
        for (unit, length) in [("d", 86_400), ("h", 3_600), ("m", 60)] {
            if seconds >= length && seconds.is_multiple_of(length) {
                return write!(f, "{}{unit}", seconds / length);
            }
        }
        write!(f, "{seconds}s")
    }
}

/// An `http` or `https` address, without a final slash, user name, query or fragment. May be empty where it is optional.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WebUrl(Option<Url>);

impl WebUrl {
    pub fn url(&self) -> Option<&Url> {
        self.0.as_ref()
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    /// Without a final slash.
    pub fn as_text(&self) -> String {
        self.to_string()
    }

    pub fn is_https(&self) -> bool {
        self.0.as_ref().is_some_and(|u| u.scheme() == "https")
    }

    /// `https://portal.example.com`
    pub fn origin(&self) -> String {
        self.0.as_ref().map(|u| u.origin().ascii_serialization()).unwrap_or_default()
    }
}

impl FromStr for WebUrl {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text.is_empty() {
            return Ok(Self(None));
        }
        let wrong = |why: &str| {
            let text = without_password(text);
            format!("\"{text}\" is not a web address ({why}); write something like https://portal.example.com")
        };
        let url = Url::parse(text).map_err(|e| wrong(&e.to_string()))?;
        if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none() {
            return Err(wrong("it must begin with https:// or http://"));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(wrong("take the user name and password out"));
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(wrong("take the part after ? or # out"));
        }
        Ok(Self(Some(url)))
    }
}

impl fmt::Display for WebUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.as_ref().map_or("", |u| u.as_str().trim_end_matches('/')))
    }
}

/// What stands before the `@` of an address may be a password, and what is printed ends up in logs.
fn without_password(text: &str) -> String {
    let Some((before, after)) = text.rsplit_once('@') else { return text.to_owned() };
    let scheme = before.find("://").map_or("", |at| &before[..at + 3]);
    format!("{scheme}\u{2026}@{after}")
}

/// Serde and schema for a type that is text with a format.
macro_rules! text {
    ($type:ty, $format:literal) => {
        impl Serialize for $type {
            fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
                s.collect_str(self)
            }
        }
        impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                String::deserialize(d)?.parse().map_err(D::Error::custom)
            }
        }
        impl JsonSchema for $type {
            fn inline_schema() -> bool {
                true
            }
            fn schema_name() -> Cow<'static, str> {
                $format.into()
            }
            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!({ "type": "string", "format": $format })
            }
        }
    };
}
pub(super) use text;

text!(Span, "duration");
text!(WebUrl, "web-address");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_read_and_write() {
        for text in ["30s", "90s", "15m", "12h", "7d"] {
            assert_eq!(text.parse::<Span>().unwrap().to_string(), text);
        }
        for bad in ["", "5", "m", "-1s", "1.5h", "0s", "9999999999d", "1 h", "1é"] {
            assert!(bad.parse::<Span>().is_err(), "{bad}");
        }
    }

    #[test]
    fn addresses_lose_their_slash_and_refuse_secrets() {
        assert_eq!("https://a.example/".parse::<WebUrl>().unwrap().to_string(), "https://a.example");
        for bad in ["a.example", "ftp://a", "https://u:p@a.example", "https://a.example/?x=1", "javascript:alert(1)"] {
            assert!(bad.parse::<WebUrl>().is_err(), "{bad}");
        }
        for bad in ["https://u:hush@a.example", "https:/u:hush@a.example", "u:hush@a", "https://u:hu@sh@a/?x=1@y"] {
            let said = bad.parse::<WebUrl>().unwrap_err();
            assert!(!said.contains("hu") && said.contains('@'), "{said}");
        }
    }
}
