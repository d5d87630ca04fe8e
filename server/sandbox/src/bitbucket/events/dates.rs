//! Bitbucket 10 sends dates in webhooks as text.

use crate::clock;
use serde_json::Value;

const DATES: [&str; 5] = ["createdDate", "updatedDate", "closedDate", "authorTimestamp", "committerTimestamp"];

/// Turns milliseconds into `2026-05-24T14:11:04.000Z` wherever a date stands.
pub(crate) fn to_iso(value: &mut Value) {
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                match value.as_i64().filter(|_| DATES.contains(&key.as_str())) {
                    Some(millis) => *value = Value::String(clock::iso(millis)),
                    None => to_iso(value),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(to_iso),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn only_dates_change() {
        let mut value = serde_json::json!({ "pullRequest": { "createdDate": 1779631864000_i64, "id": 3, "x": [{ "closedDate": null }] } });
        super::to_iso(&mut value);
        assert_eq!(value["pullRequest"]["createdDate"], "2026-05-24T14:11:04.000Z");
        assert_eq!(value["pullRequest"]["id"], 3);
        assert!(value["pullRequest"]["x"][0]["closedDate"].is_null());
    }
}
