//! One sequence of bytes for all ways to write the same value.

use super::{Json, Limits, read};

/// The bytes that stand for a value: equal values, equal bytes, and only they. Key order, spacing and the way a number is
/// written do not count. A text that is itself a JSON object or list counts as that, because policies and container
/// definitions are kept so and come back from the clouds in another order and spacing.
pub fn canonical(value: &Json) -> Vec<u8> {
    let mut out = Vec::new();
    put(value, &mut out);
    out
}

fn put(value: &Json, out: &mut Vec<u8>) {
    match value {
        Json::Null => out.push(b'n'),
        Json::Bool(yes) => out.push(if *yes { b't' } else { b'f' }),
        Json::Number(text) => sized(b'#', number(text).as_bytes(), out),
        Json::Text(text) => match document(text) {
            Some(document) => sized(b'j', &canonical(&document), out),
            None => sized(b's', text.as_bytes(), out),
        },
        Json::List(elements) => {
            out.push(b'[');
            elements.iter().for_each(|element| put(element, out));
            out.push(b']');
        }
        Json::Object(members) => {
            out.push(b'{');
            for (key, value) in members {
                sized(b'k', key.as_bytes(), out);
                put(value, out);
            }
            out.push(b'}');
        }
    }
}

/// The length goes first, so that no content can pass for the end of its own value.
fn sized(tag: u8, bytes: &[u8], out: &mut Vec<u8>) {
    out.push(tag);
    out.extend_from_slice(&(bytes.len() as u64).to_be_bytes());
    out.extend_from_slice(bytes);
}

/// The object or list that a text consists of. One with a key twice is left a text: readers differ on what it means.
pub(crate) fn document(text: &str) -> Option<Json> {
    // A document inside a document has its escapes doubled: the size bounds how far this goes.
    let limits = Limits { bytes: 1 << 20, depth: 50, values: 100_000 };
    let start = text.trim_start().as_bytes().first().copied();
    matches!(start, Some(b'{' | b'[')).then(|| read(text.as_bytes(), limits, |_| true).ok()).flatten()
}

/// Digits and an exponent of ten: `1.50`, `15e-1` and `1.5` are `15e-1`.
fn number(text: &str) -> String {
    let (sign, text) = text.strip_prefix('-').map_or(("", text), |rest| ("-", rest));
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let all = format!("{whole}{fraction}");
    let digits = all.trim_start_matches('0').trim_end_matches('0');
    if digits.is_empty() {
        return "0".into();
    }
    let zeros = all.len() - all.trim_end_matches('0').len();
    // The reader takes no exponent of more than nine digits.
    let exponent = exponent.parse::<i64>().unwrap_or(0) + zeros as i64 - fraction.len() as i64;
    format!("{sign}{digits}e{exponent}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Vec<u8> {
        canonical(&read(text.as_bytes(), Limits::default(), |_| true).unwrap())
    }

    #[test]
    fn equal_values_are_equal_and_only_they() {
        for (a, b) in [
            ("1", "1.0"),
            ("100", "1e2"),
            ("-0", "0.00"),
            ("0.50", "5e-1"),
            (r#"{"a":1,"b":[true]}"#, r#" { "b" : [ true ] , "a" : 1 } "#),
            (r#""{\"a\":1, \"b\":2}""#, r#""{\"b\":2,\"a\":1}""#),
        ] {
            assert_eq!(of(a), of(b), "{a} and {b}");
        }
        let different = [
            "1",
            "10",
            "-1",
            "0.1",
            "100000000000000000001",
            "100000000000000000002",
            "\"1\"",
            "null",
            "\"\"",
            "\"null\"",
            "[]",
            "{}",
            "\"[]\"",
            "[null]",
            "[[]]",
            "[1,2]",
            "[2,1]",
            "[12]",
            r#"{"a":1}"#,
            r#"{"a":"1"}"#,
            r#"{"b":1}"#,
            r#""{\"a\":1}""#,
            r#""{\"a\":1,\"a\":1}""#,
            r#""{\"a\":1,\"a\":2}""#,
            r#"{"a":null}"#,
            "true",
            "false",
            "\"a\"",
            "\"a \"",
            "\"A\"",
        ];
        for (i, a) in different.iter().enumerate() {
            for b in &different[i + 1..] {
                assert_ne!(of(a), of(b), "{a} and {b}");
            }
        }
    }
}
