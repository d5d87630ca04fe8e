//! Build statuses and reports.

use crate::bitbucket::world::{BuildStatus, Report};
use serde_json::{Map, Value, json};

/// Properties that were not given are left out.
pub(crate) fn build(build: &BuildStatus) -> Value {
    let mut map = Map::new();
    let mut put = |key: &str, value: Value| {
        if !value.is_null() {
            map.insert(key.into(), value);
        }
    };
    put("key", json!(build.key));
    put("state", json!(build.state));
    put("url", json!(build.url));
    put("name", json!(build.name));
    put("parent", json!(build.parent));
    put("ref", json!(build.reference));
    put("buildNumber", json!(build.build_number));
    put("description", json!(build.description));
    put("duration", json!(build.duration));
    put("testResults", build.tests.map_or(Value::Null, |t| json!(t)));
    put("createdDate", json!(build.created));
    put("updatedDate", json!(build.updated));
    // The older resource still sends it under its first name.
    put("dateAdded", json!(build.created));
    Value::Object(map)
}

pub(crate) fn report(report: &Report) -> Value {
    let mut map = report.body.clone();
    map.insert("key".into(), json!(report.key));
    map.insert("createdDate".into(), json!(report.created));
    Value::Object(map)
}
