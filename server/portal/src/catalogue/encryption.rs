//! Databases and stores are encrypted: what each resource type must say for that.
//!
//! Google Cloud encrypts every disk, bucket and database at rest by itself, and Azure every managed disk and PostgreSQL
//! server; there the check is for encryption on the way. A type that is not in [`RULES`] is not checked: to add one, add
//! a line with the attribute that a reviewer would look for.

use super::structure::{Resource, values};
use hcl::{Expression, expr::TraversalOperator};

enum Want {
    /// Present, and literally `true`.
    True,
    /// Absent, or anything but `false`.
    NotFalse,
    /// Absent, or anything but `true`.
    NotTrue,
    /// Present, and one of these words.
    OneOf(&'static [&'static str]),
}

use Want::*;

const RULES: &[(&str, &str, Want)] = &[
    ("aws_db_instance", "storage_encrypted", True),
    ("aws_docdb_cluster", "storage_encrypted", True),
    ("aws_dynamodb_table", "server_side_encryption.enabled", True),
    ("aws_ebs_volume", "encrypted", True),
    ("aws_efs_file_system", "encrypted", True),
    ("aws_elasticache_replication_group", "at_rest_encryption_enabled", True),
    ("aws_elasticache_replication_group", "transit_encryption_enabled", True),
    ("aws_instance", "root_block_device.encrypted", True),
    ("aws_launch_template", "block_device_mappings.ebs.encrypted", True),
    ("aws_neptune_cluster", "storage_encrypted", True),
    ("aws_rds_cluster", "storage_encrypted", True),
    ("aws_redshift_cluster", "encrypted", True),
    ("azurerm_linux_virtual_machine", "encryption_at_host_enabled", True),
    ("azurerm_linux_virtual_machine_scale_set", "encryption_at_host_enabled", True),
    ("azurerm_mssql_database", "transparent_data_encryption_enabled", NotFalse),
    ("azurerm_redis_cache", "minimum_tls_version", OneOf(&["1.2"])),
    ("azurerm_redis_cache", "non_ssl_port_enabled", NotTrue),
    ("azurerm_storage_account", "https_traffic_only_enabled", True),
    ("azurerm_storage_account", "infrastructure_encryption_enabled", True),
    ("azurerm_storage_account", "min_tls_version", OneOf(&["TLS1_2", "TLS1_3"])),
    ("google_redis_instance", "transit_encryption_mode", OneOf(&["SERVER_AUTHENTICATION"])),
    (
        "google_sql_database_instance",
        "settings.ip_configuration.ssl_mode",
        OneOf(&["ENCRYPTED_ONLY", "TRUSTED_CLIENT_CERTIFICATE_REQUIRED"]),
    ),
    ("google_storage_bucket", "public_access_prevention", OneOf(&["enforced"])),
    ("google_storage_bucket", "uniform_bucket_level_access", True),
];

/// # Errors
/// The first resource that is not encrypted, and what to write.
pub(super) fn check(resources: &[Resource<'_>]) -> Result<(), String> {
    for resource in resources {
        for (_, path, want) in RULES.iter().filter(|r| r.0 == resource.kind) {
            let found = values(resource.body, path);
            let told = |words: &str| Err(format!("{} is not encrypted: {words}.", resource.place()));
            match want {
                True if found.is_empty() || found.iter().any(|e| **e != Expression::Bool(true)) => {
                    return told(&format!("write {path} = true"));
                }
                NotFalse if found.contains(&&Expression::Bool(false)) => {
                    return told(&format!("take out {path} = false"));
                }
                NotTrue if found.contains(&&Expression::Bool(true)) => return told(&format!("take out {path} = true")),
                OneOf(words) if found.is_empty() || !found.iter().all(|e| is_one_of(e, words)) => {
                    return told(&format!("write {path} = {:?}", words[0]));
                }
                _ => {}
            }
        }
        if resource.kind == "aws_s3_bucket" && !resources.iter().any(|r| encrypts_bucket(r, resource.name)) {
            return Err(format!(
                "{} is not encrypted: add an aws_s3_bucket_server_side_encryption_configuration with bucket = aws_s3_bucket.{}.id.",
                resource.place(),
                resource.name
            ));
        }
        if resource.kind == "aws_sqs_queue" {
            let managed = values(resource.body, "sqs_managed_sse_enabled").contains(&&Expression::Bool(true));
            if !managed && values(resource.body, "kms_master_key_id").is_empty() {
                return Err(format!("{} is not encrypted: write sqs_managed_sse_enabled = true.", resource.place()));
            }
        }
        if resource.kind == "azurerm_postgresql_flexible_server_configuration"
            && values(resource.body, "name").iter().any(|e| is_one_of(e, &["require_secure_transport"]))
            && !values(resource.body, "value").iter().any(|e| is_one_of(e, &["on"]))
        {
            return Err(format!("{} turns off encryption on the way: take it out.", resource.place()));
        }
    }
    Ok(())
}

fn is_one_of(expression: &Expression, words: &[&str]) -> bool {
    matches!(expression, Expression::String(text) if words.contains(&text.as_str()))
}

fn encrypts_bucket(resource: &Resource<'_>, bucket: &str) -> bool {
    resource.kind == "aws_s3_bucket_server_side_encryption_configuration"
        && !values(resource.body, "rule.apply_server_side_encryption_by_default.sse_algorithm").is_empty()
        && values(resource.body, "bucket").iter().any(|e| match e {
            Expression::Traversal(t) => {
                matches!(&t.expr, Expression::Variable(v) if v.as_str() == "aws_s3_bucket")
                    && matches!(t.operators.first(), Some(TraversalOperator::GetAttr(name)) if name.as_str() == bucket)
            }
            _ => false,
        })
}
