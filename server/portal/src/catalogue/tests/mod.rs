//! The catalogue as a whole: the shipped templates, broken ones, hostile values, answers.

mod answers;
mod broken;
mod hostile;
mod names;
mod shipped;

use super::{source::Snapshot, *};
use causeway_contract::{Answers, places::Tier};

fn snapshot(files: &[(&str, &str)]) -> Snapshot {
    let files = files.iter().map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec())).collect();
    Snapshot { commit: "c0ffee".into(), files }
}

/// Loaded once for all tests: trying five templates takes its time without optimisation.
fn load_shipped() -> &'static [Loaded] {
    static ALL: std::sync::OnceLock<Vec<Loaded>> = std::sync::OnceLock::new();
    ALL.get_or_init(|| {
        let files = super::shipped().into_iter().map(|(path, bytes)| (path, bytes.to_vec())).collect();
        load(&Snapshot { commit: "c0ffee".into(), files }, &Checks::default())
    })
}

fn shipped_templates() -> impl Iterator<Item = &'static Template> {
    load_shipped().iter().map(|l| l.result.as_ref().expect("it is whole"))
}

fn shipped_template(name: &str) -> Template {
    shipped_templates().find(|t| t.name == name).expect("it is shipped").clone()
}

const GOOD: &str = r#"
title: Good
summary: A template that is fine.
description: Nothing to add.
owner: platform
standard: true
tiers: {development: , production: }
clouds: [aws]
parameters:
  - title: One
    required: [note]
    properties:
      note:
        title: Note
        type: string
        maxLength: 20000
        x-multiline: true
        default: hello
      many:
        title: Many
        type: boolean
        default: false
      count:
        title: Count
        type: integer
        minimum: 1
        maximum: 9
        default: 2
        x-when: {many: true}
prices:
  - {label: Machine, service: vm, sku: t3.micro, unit: hour, quantity: hours_a_month}
"#;

const GOOD_TF: &str = r#"locals {
  tags = {
    Environment        = {{ tier }}
    Owner              = {{ owner_email }}
    CostCenter         = {{ cost_centre }}
    DataClassification = {{ data_classification }}
  }
}

resource "aws_sqs_queue" "this" {
  name                    = {{ environment_name }}
  sqs_managed_sse_enabled = true
  tags                    = local.tags
}

output "note" {
  value = {{ note }}
}
"#;

fn load_one(manifest: &str, tf: &str) -> Result<Template, String> {
    let loaded = load(
        &snapshot(&[("templates/good/template.yaml", manifest), ("templates/good/main.tf", tf)]),
        &Checks::default(),
    );
    assert_eq!(loaded.len(), 1);
    loaded.into_iter().next().expect("one was loaded").result
}

fn answers(pairs: &[(&str, &str)]) -> Answers {
    pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect()
}

fn sampled(template: &Template, tier: Tier, region: &str, wish: &[(&str, &str)]) -> Sample {
    sample(template, tier, region, &answers(wish)).expect("a sample can be made")
}
