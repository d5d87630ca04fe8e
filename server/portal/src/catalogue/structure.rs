//! What rendered Terraform must hold: tags on what has tags (here), encryption ([`super::encryption`]).
//!
//! To add a resource type that must carry tags: a line in [`TAGGED`].

use super::{Checks, Files, encryption};
use hcl::{Block, Body, Expression, ObjectKey, expr::TraversalOperator};
use std::collections::{BTreeMap, BTreeSet};

/// Resource types that must carry the tags, and where. A type that is not here must carry them once it has `tags` or
/// `labels` at all. Google Cloud and Kubernetes take lower case only there: `cost_center` for `CostCenter`.
const TAGGED: &[(&str, &[&str])] = &[
    (
        "tags",
        &[
            "aws_batch_compute_environment",
            "aws_batch_job_definition",
            "aws_batch_job_queue",
            "aws_cloudwatch_log_group",
            "aws_db_instance",
            "aws_docdb_cluster",
            "aws_dynamodb_table",
            "aws_ebs_volume",
            "aws_ecs_cluster",
            "aws_ecs_service",
            "aws_efs_file_system",
            "aws_eks_cluster",
            "aws_elasticache_replication_group",
            "aws_iam_role",
            "aws_instance",
            "aws_kms_key",
            "aws_launch_template",
            "aws_lb",
            "aws_rds_cluster",
            "aws_redshift_cluster",
            "aws_s3_bucket",
            "aws_security_group",
            "aws_sqs_queue",
            "azurerm_container_app",
            "azurerm_kubernetes_cluster",
            "azurerm_linux_virtual_machine",
            "azurerm_linux_virtual_machine_scale_set",
            "azurerm_linux_web_app",
            "azurerm_managed_disk",
            "azurerm_mssql_database",
            "azurerm_mssql_server",
            "azurerm_network_interface",
            "azurerm_postgresql_flexible_server",
            "azurerm_redis_cache",
            "azurerm_resource_group",
            "azurerm_service_plan",
            "azurerm_storage_account",
            "azurerm_virtual_network",
        ],
    ),
    (
        "labels",
        &[
            "google_cloud_run_v2_service",
            "google_compute_disk",
            "google_compute_instance",
            "google_compute_instance_template",
            "google_pubsub_topic",
            "google_redis_instance",
            "google_storage_bucket",
        ],
    ),
    ("resource_labels", &["google_container_cluster"]),
    ("settings.user_labels", &["google_sql_database_instance"]),
    ("metadata.labels", &["kubernetes_namespace", "kubernetes_namespace_v1"]),
];

/// One `resource "type" "name" { … }`.
pub(super) struct Resource<'a> {
    pub kind: &'a str,
    pub name: &'a str,
    pub body: &'a Body,
    file: &'a str,
}

impl Resource<'_> {
    /// `aws_s3_bucket.this in environments/…/main.tf`, with the file's own name only.
    pub(super) fn place(&self) -> String {
        let file = self.file.rsplit('/').next().unwrap_or(self.file);
        format!("{file}: {}.{}", self.kind, self.name)
    }
}

/// Checks rendered files together: a local in one file may be used in another.
///
/// # Errors
/// The first thing missing, with file and resource.
pub(super) fn check(files: &Files, checks: &Checks) -> Result<(), String> {
    let mut bodies = Vec::new();
    for (path, text) in files.iter().filter(|(path, _)| path.ends_with(".tf")) {
        bodies.push((path.as_str(), hcl::parse(text).map_err(|e| format!("{path}: {e}"))?));
    }
    let blocks = || bodies.iter().flat_map(|(path, body)| body.blocks().map(move |b| (*path, b)));
    let resources: Vec<Resource<'_>> = blocks()
        .filter(|(_, b)| b.identifier() == "resource" && b.labels().len() == 2)
        .map(|(file, b)| Resource { kind: b.labels()[0].as_str(), name: b.labels()[1].as_str(), body: b.body(), file })
        .collect();
    let locals = Locals(
        blocks()
            .filter(|(_, b)| b.identifier() == "locals")
            .flat_map(|(_, b)| b.body().attributes())
            .map(|a| (a.key(), a.expr()))
            .collect(),
    );
    tags(&resources, &blocks().map(|(_, b)| b).collect::<Vec<_>>(), &locals, checks)?;
    if checks.encryption {
        encryption::check(&resources)?;
    }
    Ok(())
}

fn tags(resources: &[Resource<'_>], blocks: &[&Block], locals: &Locals<'_>, checks: &Checks) -> Result<(), String> {
    let carries = |expression: &Expression| -> Vec<&str> {
        let keys = locals.keys(expression, 0);
        let missing = |tag: &&String| !keys.contains(*tag) && !keys.contains(&snake(tag));
        checks.tags.iter().filter(missing).map(String::as_str).collect()
    };
    let by_provider = blocks
        .iter()
        .filter(|b| b.identifier() == "provider" && b.labels().first().is_some_and(|l| l.as_str() == "aws"))
        .any(|b| values(b.body(), "default_tags.tags").iter().any(|e| carries(e).is_empty()));
    let mut carriers = 0;
    for resource in resources {
        let required = TAGGED.iter().find(|(_, kinds)| kinds.contains(&resource.kind)).map(|(path, _)| *path);
        if by_provider && resource.kind.starts_with("aws_") {
            carriers += 1;
            continue;
        }
        let paths = required.map_or_else(|| vec!["tags", "labels"], |path| vec![path]);
        let found: Vec<&Expression> = paths.iter().flat_map(|path| values(resource.body, path)).collect();
        if let (Some(path), true) = (required, found.is_empty()) {
            return Err(format!("{} has no {path}; give it {}.", resource.place(), checks.tags.join(", ")));
        }
        for expression in found {
            let missing = carries(expression);
            if !missing.is_empty() {
                return Err(format!(
                    "{} lacks {} among its tags; add what is missing.",
                    resource.place(),
                    missing.join(", ")
                ));
            }
            carriers += 1;
        }
    }
    carriers += blocks
        .iter()
        .filter(|b| b.identifier() == "module")
        .filter(|b| ["tags", "labels"].iter().any(|p| values(b.body(), p).iter().any(|e| carries(e).is_empty())))
        .count();
    if carriers == 0 && !checks.tags.is_empty() {
        return Err(format!("No resource carries the tags {}; add them.", checks.tags.join(", ")));
    }
    Ok(())
}

/// `CostCenter` as `cost_center`.
fn snake(tag: &str) -> String {
    let mut out = String::new();
    for c in tag.chars() {
        if c.is_ascii_uppercase() && !out.is_empty() {
            out.push('_');
        }
        out.push(c.to_ascii_lowercase());
    }
    out
}

/// Values of `a.b.c` through nested blocks (`a`, `b`) to the attribute `c`: one for every block on the way.
pub(super) fn values<'a>(body: &'a Body, path: &str) -> Vec<&'a Expression> {
    match path.split_once('.') {
        None => body.attributes().filter(|a| a.key() == path).map(hcl::Attribute::expr).collect(),
        Some((block, rest)) => {
            body.blocks().filter(|b| b.identifier() == block).flat_map(|b| values(b.body(), rest)).collect()
        }
    }
}

struct Locals<'a>(BTreeMap<&'a str, &'a Expression>);

impl Locals<'_> {
    /// Keys of an object, of a local that is one, of a `merge` of them.
    fn keys(&self, expression: &Expression, depth: u32) -> BTreeSet<String> {
        if depth > 8 {
            return BTreeSet::new();
        }
        match expression {
            Expression::Object(object) => object.keys().filter_map(key).collect(),
            Expression::Parenthesis(inner) => self.keys(inner, depth + 1),
            Expression::FuncCall(call) if call.name.name.as_str() == "merge" => {
                call.args.iter().flat_map(|e| self.keys(e, depth + 1)).collect()
            }
            Expression::Traversal(traversal) => match (&traversal.expr, traversal.operators.as_slice()) {
                (Expression::Variable(root), [TraversalOperator::GetAttr(name)]) if root.as_str() == "local" => {
                    self.0.get(name.as_str()).map(|e| self.keys(e, depth + 1)).unwrap_or_default()
                }
                _ => BTreeSet::new(),
            },
            _ => BTreeSet::new(),
        }
    }
}

fn key(key: &ObjectKey) -> Option<String> {
    match key {
        ObjectKey::Identifier(name) => Some(name.as_str().to_owned()),
        ObjectKey::Expression(Expression::String(text)) => Some(text.clone()),
        _ => None,
    }
}
