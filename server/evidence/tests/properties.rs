//! What holds for every plan, tried on plans made at random: the same ones each time, from a number.

use causeway_evidence::fingerprint::Key;
use causeway_evidence::{Fingerprint, plan};
use serde_json::{Map, Value, json};

/// xorshift64*: good enough to vary, and the same everywhere.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) as usize % sides
    }

    fn chance(&mut self, percent: usize) -> bool {
        self.roll(100) < percent
    }

    fn shuffle<T>(&mut self, list: &mut [T]) {
        for i in (1..list.len()).rev() {
            list.swap(i, self.roll(i + 1));
        }
    }

    fn leaf(&mut self) -> Value {
        match self.roll(6) {
            0 => json!(self.roll(1000)),
            1 => json!(self.chance(50)),
            2 => json!(format!("{{\"a\": {}, \"b\": [1]}}", self.roll(100))),
            3 => json!(self.roll(1000) as f64 / 8.0),
            _ => json!(format!("text {}", self.roll(1000))),
        }
    }

    /// A value and the places in it that are unknown.
    fn value(&mut self, depth: usize) -> (Value, Value) {
        if self.chance(8) {
            return (Value::Null, json!(true));
        }
        match self.roll(if depth == 0 { 3 } else { 6 }) {
            3 => {
                let (values, marks): (Vec<_>, Vec<_>) = (0..self.roll(4)).map(|_| self.value(depth - 1)).unzip();
                (json!(values), json!(marks))
            }
            4 | 5 => {
                let names = ["name", "size", "tags", "a.b", "list", "password"];
                let (mut values, mut marks) = (Map::new(), Map::new());
                for _ in 0..self.roll(5) {
                    let name = names[self.roll(names.len())];
                    let (value, mark) = self.value(depth - 1);
                    values.insert(name.into(), value);
                    marks.insert(name.into(), mark);
                }
                (Value::Object(values), Value::Object(marks))
            }
            _ => (self.leaf(), json!(false)),
        }
    }

    fn object(&mut self) -> (Value, Value) {
        let (mut values, mut marks) = (Map::new(), Map::new());
        for i in 0..1 + self.roll(5) {
            let (value, mark) = self.value(3);
            values.insert(format!("attribute_{i}"), value);
            marks.insert(format!("attribute_{i}"), mark);
        }
        (Value::Object(values), Value::Object(marks))
    }

    fn change(&mut self, number: usize) -> Value {
        let (after, unknown) = self.object();
        let (before, _) = self.object();
        let (actions, before) = match self.roll(4) {
            0 => (json!(["update"]), before),
            1 => (json!(["delete", "create"]), before),
            2 => (json!(["create", "delete"]), before),
            _ => (json!(["create"]), Value::Null),
        };
        let sensitive = if self.chance(20) { json!({ "attribute_0": true }) } else { json!({}) };
        json!({
            "address": format!("module.m[{number}].example_thing.x"), "module_address": format!("module.m[{number}]"),
            "mode": "managed", "type": "example_thing", "name": "x", "provider_name": "example.org/made/up",
            "change": { "actions": actions, "before": before, "after": after, "after_unknown": unknown,
                        "before_sensitive": {}, "after_sensitive": sensitive },
        })
    }

    fn plan(&mut self) -> Value {
        let changes: Vec<Value> = (0..1 + self.roll(6)).map(|i| self.change(i)).collect();
        json!({
            "format_version": "1.2", "terraform_version": "1.11.4", "timestamp": "2026-03-02T08:00:00Z",
            "resource_changes": changes, "complete": true, "errored": false,
            "configuration": {
                "provider_config": { "made": { "expressions": { "region": { "constant_value": "here" }, "zone": {} } } },
                "root_module": { "module_calls": { "m": { "module": { "resources": [
                    { "address": "example_thing.x", "provider_config_key": "made" } ] } } } },
            },
        })
    }
}

/// JSON text with the members of every object in an order that the dice give.
fn written(value: &Value, dice: &mut Dice) -> String {
    let space = [" ", "", "\n\t"][dice.roll(3)];
    match value {
        Value::Object(members) => {
            let mut members: Vec<_> = members.iter().collect();
            dice.shuffle(&mut members);
            let parts: Vec<String> =
                members.into_iter().map(|(k, v)| format!("{}:{space}{}", json!(k), written(v, dice))).collect();
            format!("{{{space}{}}}", parts.join(","))
        }
        Value::Array(elements) => {
            let parts: Vec<String> = elements.iter().map(|v| written(v, dice)).collect();
            format!("[{}{space}]", parts.join(&format!(",{space}")))
        }
        leaf => leaf.to_string(),
    }
}

fn digest(text: &str) -> String {
    let plan = plan::read(text.as_bytes()).unwrap_or_else(|e| panic!("{e}: {text}"));
    Fingerprint::of(&plan, &Key::new(b"a key for properties").unwrap()).digest
}

/// JSON pointers of all leaves below `at` that count: those that are known, in attributes that change.
fn leaves(after: &Value, unknown: &Value, at: &str, out: &mut Vec<String>) {
    if *unknown == json!(true) {
        return;
    }
    match after {
        Value::Object(members) => {
            for (key, value) in members {
                leaves(value, &unknown[key], &format!("{at}/{}", key.replace('~', "~0").replace('/', "~1")), out);
            }
        }
        Value::Array(elements) => {
            for (i, value) in elements.iter().enumerate() {
                leaves(value, &unknown[i], &format!("{at}/{i}"), out);
            }
        }
        Value::Null => {}
        _ => out.push(at.to_owned()),
    }
}

fn another(leaf: &Value) -> Value {
    match leaf {
        Value::Bool(yes) => json!(!yes),
        Value::Number(n) => json!(n.as_f64().unwrap() + 0.5),
        Value::String(text) => match text.strip_suffix('}') {
            Some(start) => json!(format!("{start}, \"c\": null}}")),
            None => json!(format!("{text} ")),
        },
        _ => panic!("not a leaf"),
    }
}

#[test]
fn order_and_spacing_never_count() {
    let mut dice = Dice(1);
    for round in 0..300 {
        let mut plan = dice.plan();
        let as_it_was = digest(&plan.to_string());
        dice.shuffle(plan["resource_changes"].as_array_mut().unwrap());
        plan["timestamp"] = json!("2026-03-09T08:00:00Z");
        plan["terraform_version"] = json!("1.12.0");
        plan["planned_values"] = json!({ "root_module": { "resources": [dice.leaf()] } });
        let text = written(&plan, &mut dice);
        assert_eq!(as_it_was, digest(&text), "round {round}: {text}");
    }
}

#[test]
fn one_leaf_of_what_changes_always_counts() {
    let mut dice = Dice(2);
    let mut tried = 0;
    for round in 0..300 {
        let plan = dice.plan();
        let as_it_was = digest(&plan.to_string());
        for (i, change) in plan["resource_changes"].as_array().unwrap().iter().enumerate() {
            let mut paths = Vec::new();
            let change = &change["change"];
            leaves(
                &change["after"],
                &change["after_unknown"],
                &format!("/resource_changes/{i}/change/after"),
                &mut paths,
            );
            for path in paths {
                let mut other = plan.clone();
                let leaf = other.pointer_mut(&path).unwrap();
                // In an update, a value that comes to be as it was before no longer changes, and that counts too; one that
                // was as before starts to.
                *leaf = another(leaf);
                assert_ne!(as_it_was, digest(&other.to_string()), "round {round}: {path} of {plan}");
                tried += 1;
            }
        }
    }
    assert!(tried > 3_000, "{tried}");
}

#[test]
fn actions_addresses_and_unknowns_always_count() {
    let mut dice = Dice(3);
    for round in 0..300 {
        let plan = dice.plan();
        let as_it_was = digest(&plan.to_string());
        let at = dice.roll(plan["resource_changes"].as_array().unwrap().len());
        let with = |edit: &dyn Fn(&mut Value)| {
            let mut other = plan.clone();
            edit(&mut other["resource_changes"][at]);
            assert_ne!(as_it_was, digest(&other.to_string()), "round {round}: {other}");
        };
        with(&|c| c["address"] = json!("module.m[99].example_thing.x"));
        with(&|c| c["change"]["actions"] = json!(["delete"]));
        with(&|c| c["change"]["actions"] = json!(["no-op"]));
        with(&|c| c["deposed"] = json!("00000001"));
        with(&|c| c["previous_address"] = json!("example_thing.y"));
        with(&|c| c["change"]["importing"] = json!({ "id": "x" }));
        with(&|c| c["provider_name"] = json!("example.org/another/one"));
        with(&|c| c["change"]["after"]["new"] = json!("value"));
        with(&|c| c["change"]["after_unknown"]["new"] = json!(true));
        let mut fewer = plan.clone();
        fewer["resource_changes"].as_array_mut().unwrap().remove(at);
        assert_ne!(as_it_was, digest(&fewer.to_string()), "round {round}");
        for region in [json!({ "constant_value": "there" }), json!({ "references": ["local.x"] })] {
            let mut other = plan.clone();
            other["configuration"]["provider_config"]["made"]["expressions"]["region"] = region;
            assert_ne!(as_it_was, digest(&other.to_string()), "round {round}");
        }
    }
}

#[test]
fn null_absent_and_empty_never_count_as_members() {
    let mut dice = Dice(4);
    for round in 0..300 {
        let plan = dice.plan();
        let as_it_was = digest(&plan.to_string());
        for nothing in [json!(null), json!([]), json!({}), json!({ "a": null, "b": [] })] {
            let mut other = plan.clone();
            for change in other["resource_changes"].as_array_mut().unwrap() {
                for side in ["before", "after"] {
                    if let Some(members) = change["change"][side].as_object_mut() {
                        members.insert("nothing".into(), nothing.clone());
                    }
                }
            }
            assert_eq!(as_it_was, digest(&other.to_string()), "round {round}: {nothing}");
        }
    }
}
