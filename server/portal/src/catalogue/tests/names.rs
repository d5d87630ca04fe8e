//! What the shipped templates call things in the clouds, for the shortest and the longest name that an environment can have:
//! each resource has rules of its own, and `terraform plan` does not know all of them.

use super::*;
use hcl::{
    Value,
    eval::{Context, Evaluate, FuncArgs, FuncDef, ParamType},
};
use sha2::{Digest, Sha256};

/// Resource, attribute, the rule as its cloud documents it.
const RULES: &[(&str, &str, &str)] = &[
    ("aws_db_instance", "identifier", "^[a-z](-?[a-z0-9]){0,62}$"),
    ("aws_iam_instance_profile", "name_prefix", "^[A-Za-z0-9_-]{1,38}$"),
    ("aws_iam_role", "name_prefix", "^[A-Za-z0-9_-]{1,38}$"),
    ("aws_lb", "name", "^[A-Za-z0-9]([A-Za-z0-9-]{0,30}[A-Za-z0-9])?$"),
    ("aws_lb_target_group", "name", "^[A-Za-z0-9]([A-Za-z0-9-]{0,30}[A-Za-z0-9])?$"),
    ("aws_s3_bucket", "bucket", "^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$"),
    ("aws_scheduler_schedule", "name", "^[A-Za-z0-9_.-]{1,64}$"),
    ("azurerm_automation_account", "name", "^[A-Za-z][A-Za-z0-9-]{4,48}[A-Za-z0-9]$"),
    ("azurerm_lb", "name", "^[A-Za-z0-9]([A-Za-z0-9_.-]{0,78}[A-Za-z0-9_])?$"),
    ("azurerm_linux_virtual_machine", "name", "^[A-Za-z0-9]([A-Za-z0-9-]{0,62}[A-Za-z0-9])?$"),
    ("azurerm_linux_virtual_machine_scale_set", "name", "^[A-Za-z0-9]([A-Za-z0-9-]{0,56}[A-Za-z0-9])?$"),
    ("azurerm_postgresql_flexible_server", "name", "^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$"),
    ("azurerm_resource_group", "name", "^[A-Za-z0-9_.()-]{0,89}[A-Za-z0-9_()-]$"),
    ("azurerm_storage_account", "name", "^[a-z0-9]{3,24}$"),
    ("azurerm_user_assigned_identity", "name", "^[A-Za-z0-9][A-Za-z0-9_-]{2,127}$"),
    ("google_compute_instance", "name", "^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$"),
    ("google_compute_instance_template", "name_prefix", "^[a-z][-a-z0-9]{0,36}$"),
    ("google_compute_region_autoscaler", "name", "^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$"),
    ("google_compute_region_backend_service", "name", "^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$"),
    ("google_compute_region_health_check", "name", "^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$"),
    ("google_compute_region_instance_group_manager", "base_instance_name", "^[a-z]([-a-z0-9]{0,56}[a-z0-9])?$"),
    ("google_compute_region_instance_group_manager", "name", "^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$"),
    ("google_compute_resource_policy", "name", "^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$"),
    ("google_service_account", "account_id", "^[a-z]([-a-z0-9]{4,28}[a-z0-9])$"),
    ("google_sql_database_instance", "name", "^[a-z]([-a-z0-9]{0,66}[a-z0-9])?$"),
    ("google_storage_bucket", "name", "^[a-z0-9][a-z0-9_-]{1,61}[a-z0-9]$"),
    ("kubernetes_namespace_v1", "metadata.name", "^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$"),
];

/// Hyphens where names are cut: at 23, 30 and 32 characters.
const LONGEST: &str = "abcdefghijklmnopqrstuv-xyz012-4-6789abcd";

fn text(value: &Value) -> String {
    value.as_str().expect("text").to_owned()
}

fn substr(args: FuncArgs) -> Result<Value, String> {
    let number = |i: usize| args[i].as_u64().expect("a number") as usize;
    Ok(Value::from(text(&args[0]).chars().skip(number(1)).take(number(2)).collect::<String>()))
}

fn sha256(args: FuncArgs) -> Result<Value, String> {
    Ok(Value::from(hex::encode(Sha256::digest(text(&args[0])))))
}

fn length(args: FuncArgs) -> Result<Value, String> {
    Ok(Value::from(text(&args[0]).chars().count() as u64))
}

fn trimsuffix(args: FuncArgs) -> Result<Value, String> {
    let (whole, end) = (text(&args[0]), text(&args[1]));
    Ok(Value::from(whole.strip_suffix(&end).unwrap_or(&whole).to_owned()))
}

/// What names are made from, beside the files themselves. The longest that each can be.
fn outside() -> Context<'static> {
    let mut context = Context::new();
    let (string, number) = (ParamType::String, ParamType::Number);
    context.declare_func("substr", FuncDef::new(substr, [string.clone(), number.clone(), number]));
    context.declare_func("sha256", FuncDef::new(sha256, [string.clone()]));
    context.declare_func("length", FuncDef::new(length, [string.clone()]));
    context.declare_func("trimsuffix", FuncDef::new(trimsuffix, [string.clone(), string]));
    let data = serde_json::json!({
        "aws_caller_identity": { "current": { "account_id": "123456789012" } },
        "azurerm_client_config": { "current": { "subscription_id": "00000000-0000-0000-0000-000000000000" } },
        "google_client_config": { "current": { "project": "p".repeat(30) } },
    });
    for (name, value) in [
        ("data", data),
        ("count", serde_json::json!({ "index": 2 })),
        ("azurerm_resource_group", serde_json::json!({ "this": { "name": "rg-x" } })),
    ] {
        context.declare_var(name, hcl::value::to_value(value).expect("a value"));
    }
    context
}

/// Names that the files give, by `resource attribute`.
fn names(files: &Files) -> Vec<(String, String)> {
    let bodies: Vec<hcl::Body> =
        files.iter().filter(|(p, _)| p.ends_with(".tf")).map(|(_, t)| hcl::parse(t).expect("HCL")).collect();
    let blocks = || bodies.iter().flat_map(hcl::Body::blocks);
    let mut context = outside();
    let mut locals = hcl::Map::<String, Value>::new();
    // A local may use one that stands below it; those that need the cloud stay unknown.
    for _ in 0..4 {
        for attribute in blocks().filter(|b| b.identifier() == "locals").flat_map(|b| b.body().attributes()) {
            if let Ok(value) = attribute.expr().evaluate(&context) {
                locals.insert(attribute.key().to_owned(), value);
            }
        }
        context.declare_var("local", Value::Object(locals.clone()));
    }
    let mut found = Vec::new();
    for block in blocks().filter(|b| b.identifier() == "resource") {
        let kind = block.labels()[0].as_str();
        for (_, path, _) in RULES.iter().filter(|r| r.0 == kind) {
            for expression in structure::values(block.body(), path) {
                let value = expression.evaluate(&context).unwrap_or_else(|e| panic!("{kind} {path}: {e}"));
                found.push((format!("{kind} {path}"), text(&value)));
            }
        }
    }
    found
}

#[test]
fn every_name_fits_its_cloud_for_the_shortest_and_the_longest_environment() {
    assert_eq!(LONGEST.len(), 40);
    causeway_contract::names::environment_name(LONGEST).unwrap();
    let mut seen = std::collections::BTreeSet::new();
    for template in shipped_templates() {
        for name in ["abc", LONGEST] {
            for rule in &template.tiers {
                for region in &template.regions {
                    let wish = [
                        ("environment_name", name),
                        ("schedule", "nights"),
                        ("fallback", "true"),
                        ("read_replicas", "2"),
                        ("start_again", "true"),
                    ];
                    let sample = sampled(template, rule.tier, region, &wish);
                    for (what, made) in names(&render(template, &sample.facts, &sample.answers).unwrap()) {
                        let rule = RULES.iter().find(|r| format!("{} {}", r.0, r.1) == what).unwrap().2;
                        assert!(super::super::matches(rule, &made), "{}: {what} = {made:?} for {name}", template.name);
                        seen.insert(what);
                    }
                }
            }
        }
    }
    let idle: Vec<_> = RULES.iter().filter(|r| !seen.contains(&format!("{} {}", r.0, r.1))).collect();
    assert!(idle.is_empty(), "no template has: {idle:?}");
}

/// Two long names that begin alike are still two names.
#[test]
fn long_names_do_not_collide() {
    let other = format!("{}x", &LONGEST[..39]);
    for (template, region) in [("web-service-postgres", "us-east-1"), ("object-store", "us-central1")] {
        let template = shipped_template(template);
        let made = |name: &str| {
            let sample = sampled(&template, Tier::Production, region, &[("environment_name", name)]);
            names(&render(&template, &sample.facts, &sample.answers).unwrap())
        };
        for (one, two) in made(LONGEST).into_iter().zip(made(&other)) {
            assert_ne!(one, two);
        }
    }
}
