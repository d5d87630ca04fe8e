//! The reader: one pass, no copies of what is skipped.

use super::{Json, JsonError, Limits};
use std::collections::BTreeMap;

/// Reads one JSON value. Of an outermost object, the members for which `wanted` says no are checked and skipped: they are
/// there as `Null`.
///
/// # Errors
/// What is wrong and where; also what goes beyond the limits, and a key that an object has twice.
pub fn read(bytes: &[u8], limits: Limits, wanted: impl Fn(&str) -> bool) -> Result<Json, JsonError> {
    if bytes.len() > limits.bytes {
        return Err(JsonError::TooLarge(limits.bytes));
    }
    let text = std::str::from_utf8(bytes)
        .map_err(|e| JsonError::Syntax { at: e.valid_up_to(), what: "not text in UTF-8" })?
        .trim_start_matches('\u{feff}');
    let mut reader = Reader { text, at: 0, limits, values: 0, keep: true };
    reader.space();
    let value = if reader.peek() == Some(b'{') { reader.outermost(&wanted)? } else { reader.value(0)? };
    reader.space();
    if reader.at < text.len() { Err(JsonError::Trailing { at: reader.at }) } else { Ok(value) }
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    limits: Limits,
    values: usize,
    keep: bool,
}

impl Reader<'_> {
    fn outermost(&mut self, wanted: &dyn Fn(&str) -> bool) -> Result<Json, JsonError> {
        self.members(|reader, key| {
            reader.keep = wanted(key);
            let value = reader.value(1);
            let kept = std::mem::replace(&mut reader.keep, true);
            value.map(|value| if kept { value } else { Json::Null })
        })
    }

    fn value(&mut self, depth: usize) -> Result<Json, JsonError> {
        if depth > self.limits.depth {
            return Err(JsonError::TooDeep(self.limits.depth));
        }
        if self.keep {
            self.values += 1;
            if self.values > self.limits.values {
                return Err(JsonError::TooMany(self.limits.values));
            }
        }
        match self.peek() {
            Some(b'{') => self.members(|reader, _| reader.value(depth + 1)),
            Some(b'[') => self.elements(depth),
            Some(b'"') => Ok(Json::Text(self.string()?)),
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(b't') => self.word("true", Json::Bool(true)),
            Some(b'f') => self.word("false", Json::Bool(false)),
            Some(b'n') => self.word("null", Json::Null),
            Some(_) => Err(self.wrong("not the start of a value")),
            None => Err(self.wrong("the text ends too early")),
        }
    }

    fn members(
        &mut self,
        mut value: impl FnMut(&mut Self, &str) -> Result<Json, JsonError>,
    ) -> Result<Json, JsonError> {
        let mut members = BTreeMap::new();
        self.at += 1;
        self.space();
        if self.take(b'}') {
            return Ok(Json::Object(members));
        }
        loop {
            if self.peek() != Some(b'"') {
                return Err(self.wrong("a key in quotation marks is missing"));
            }
            let start = self.at;
            let key = self.string()?;
            self.space();
            if !self.take(b':') {
                return Err(self.wrong("a colon is missing"));
            }
            self.space();
            let member = value(self, &key)?;
            if self.keep && members.insert(key, member).is_some() {
                return Err(JsonError::Syntax { at: start, what: "this key is there twice" });
            }
            self.space();
            if self.take(b'}') {
                return Ok(Json::Object(members));
            }
            if !self.take(b',') {
                return Err(self.wrong("a comma or } is missing"));
            }
            self.space();
        }
    }

    fn elements(&mut self, depth: usize) -> Result<Json, JsonError> {
        let mut elements = Vec::new();
        self.at += 1;
        self.space();
        if self.take(b']') {
            return Ok(Json::List(elements));
        }
        loop {
            let element = self.value(depth + 1)?;
            if self.keep {
                elements.push(element);
            }
            self.space();
            if self.take(b']') {
                return Ok(Json::List(elements));
            }
            if !self.take(b',') {
                return Err(self.wrong("a comma or ] is missing"));
            }
            self.space();
        }
    }

    /// A string; empty when it is skipped.
    fn string(&mut self) -> Result<String, JsonError> {
        let start = self.at;
        let mut escaped = false;
        let mut end = start + 1;
        loop {
            match self.text.as_bytes().get(end) {
                Some(b'"') => break,
                Some(b'\\') => {
                    escaped = true;
                    end += 2;
                }
                Some(byte) if *byte >= 0x20 => end += 1,
                Some(_) => return Err(JsonError::Syntax { at: end, what: "a control character in a string" }),
                None => return Err(JsonError::Syntax { at: start, what: "this string has no end" }),
            }
        }
        self.at = end + 1;
        if !self.keep {
            return Ok(String::new());
        }
        if !escaped {
            return Ok(self.text[start + 1..end].to_owned());
        }
        serde_json::from_str(&self.text[start..=end])
            .map_err(|_| JsonError::Syntax { at: start, what: "a wrong escape in this string" })
    }

    fn number(&mut self) -> Result<Json, JsonError> {
        let start = self.at;
        self.take(b'-');
        let whole = self.digits();
        let leading_zero = whole > 1 && self.text.as_bytes()[self.at - whole] == b'0';
        let fraction = !self.take(b'.') || self.digits() > 0;
        let mut exponent = 1;
        if self.take(b'e') || self.take(b'E') {
            if !self.take(b'+') {
                self.take(b'-');
            }
            exponent = self.digits();
        }
        // An exponent of more digits is no number of this world, and would not fit where it is counted with.
        if whole == 0 || leading_zero || !fraction || exponent == 0 || exponent > 9 {
            return Err(JsonError::Syntax { at: start, what: "not a number" });
        }
        Ok(if self.keep { Json::Number(self.text[start..self.at].to_owned()) } else { Json::Null })
    }

    fn digits(&mut self) -> usize {
        let rest = &self.text.as_bytes()[self.at..];
        let count = rest.iter().take_while(|b| b.is_ascii_digit()).count();
        self.at += count;
        count
    }

    fn word(&mut self, word: &str, value: Json) -> Result<Json, JsonError> {
        if self.text[self.at..].starts_with(word) {
            self.at += word.len();
            Ok(value)
        } else {
            Err(self.wrong("not the start of a value"))
        }
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn take(&mut self, byte: u8) -> bool {
        let there = self.peek() == Some(byte);
        self.at += usize::from(there);
        there
    }

    fn space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\n' | b'\r' | b'\t')) {
            self.at += 1;
        }
    }

    fn wrong(&self, what: &'static str) -> JsonError {
        JsonError::Syntax { at: self.at, what }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(text: &str) -> Result<Json, JsonError> {
        read(text.as_bytes(), Limits::default(), |_| true)
    }

    #[test]
    fn reads_what_serde_json_reads() {
        for text in [
            r#"{"a": [1, -2.5e+3, true, false, null, "x\né\"\\ \ud83d\ude00"], "b": {}, "c": [], "é": {"d": 0}}"#,
            r#""text""#,
            " [ ] ",
            "0",
        ] {
            let ours: serde_json::Value = serde_json::from_str(&all(text).unwrap().to_json()).unwrap();
            assert_eq!(ours, serde_json::from_str::<serde_json::Value>(text).unwrap(), "{text}");
        }
    }

    #[test]
    fn refuses_what_serde_json_refuses_and_a_key_that_is_there_twice() {
        for text in [
            "",
            "{",
            "[1,]",
            "{\"a\"}",
            "{\"a\":1,}",
            "01",
            "1.",
            "-",
            "1e",
            "+1",
            "nul",
            "\"a",
            "\"\\x\"",
            "\"\\",
            "[1 2]",
            "\"a\u{1}\"",
            "{} {}",
            "tru",
            "{a:1}",
            "\"\\ud800\"",
        ] {
            assert!(all(text).is_err(), "{text}");
            assert!(serde_json::from_str::<serde_json::Value>(text).is_err(), "{text}");
        }
        assert!(matches!(all(r#"{"a":1,"b":{"c":1,"c":2}}"#), Err(JsonError::Syntax { at: 18, .. })));
        assert!(all("1e9999999999").is_err());
    }

    #[test]
    fn holds_to_its_limits() {
        let limits = Limits { bytes: 40, depth: 3, values: 5 };
        let within = |text: &str| read(text.as_bytes(), limits, |key| key != "skipped");
        assert_eq!(within(&" ".repeat(41)), Err(JsonError::TooLarge(40)));
        assert!(within("[[[1]]]").is_ok());
        assert_eq!(within("[[[[1]]]]"), Err(JsonError::TooDeep(3)));
        assert_eq!(within("[1,2,3,4,5]"), Err(JsonError::TooMany(5)));
        assert_eq!(within(r#"{"skipped":[1,2,3,4,5,6,7],"a":1}"#).unwrap().get("a"), &Json::Number("1".into()));
        assert_eq!(within(r#"{"skipped":[[[[1]]]]}"#), Err(JsonError::TooDeep(3)));
        let deep = "[".repeat(1_000_000);
        assert_eq!(all(&deep), Err(JsonError::TooDeep(100)));
    }
}
