//! Which resource types hold data. To add one: put it in the line of what it is.

/// What a resource of this type is, if its deletion loses something that no configuration brings back.
pub fn holds_data(kind: &str) -> Option<&'static str> {
    TYPES.iter().find(|(_, kinds)| kinds.split_whitespace().any(|k| k == kind)).map(|(what, _)| *what)
}

/// What it is, and the types, apart by spaces.
const TYPES: &[(&str, &str)] = &[
    (
        "database",
        "aws_db_instance aws_rds_cluster aws_rds_cluster_instance aws_rds_global_cluster aws_docdb_cluster \
         aws_neptune_cluster aws_dynamodb_table aws_keyspaces_table aws_timestreamwrite_table \
         aws_redshift_cluster aws_redshiftserverless_namespace google_sql_database_instance \
         google_sql_database google_spanner_instance google_spanner_database google_bigtable_instance \
         google_bigtable_table google_firestore_database google_alloydb_cluster google_bigquery_dataset \
         google_bigquery_table azurerm_mssql_server azurerm_mssql_database azurerm_mssql_managed_instance \
         azurerm_mssql_managed_database azurerm_postgresql_server azurerm_postgresql_database \
         azurerm_postgresql_flexible_server azurerm_postgresql_flexible_server_database azurerm_mysql_server \
         azurerm_mysql_flexible_server azurerm_mysql_flexible_database azurerm_mariadb_server \
         azurerm_cosmosdb_account azurerm_cosmosdb_sql_database azurerm_cosmosdb_sql_container \
         azurerm_cosmosdb_mongo_database azurerm_kusto_database",
    ),
    (
        "object store",
        "aws_s3_bucket aws_s3_directory_bucket google_storage_bucket azurerm_storage_account \
         azurerm_storage_container azurerm_storage_data_lake_gen2_filesystem",
    ),
    ("disk", "aws_ebs_volume google_compute_disk google_compute_region_disk azurerm_managed_disk"),
    (
        "file system",
        "aws_efs_file_system aws_fsx_lustre_file_system aws_fsx_ontap_file_system aws_fsx_openzfs_file_system \
         aws_fsx_windows_file_system google_filestore_instance azurerm_storage_share azurerm_netapp_volume",
    ),
    (
        "cache",
        "aws_elasticache_cluster aws_elasticache_replication_group aws_memorydb_cluster google_redis_instance \
         google_redis_cluster google_memcache_instance azurerm_redis_cache azurerm_redis_enterprise_database",
    ),
    (
        "search index",
        "aws_opensearch_domain aws_elasticsearch_domain aws_opensearchserverless_collection \
         azurerm_search_service",
    ),
    (
        "queue or stream",
        "aws_sqs_queue aws_kinesis_stream aws_msk_cluster aws_mq_broker google_pubsub_subscription \
         google_pubsub_lite_topic azurerm_eventhub azurerm_eventhub_namespace azurerm_servicebus_namespace \
         azurerm_servicebus_queue",
    ),
    (
        "backups",
        "aws_backup_vault aws_db_snapshot aws_db_cluster_snapshot aws_ebs_snapshot google_compute_snapshot \
         google_backup_dr_backup_vault azurerm_recovery_services_vault azurerm_data_protection_backup_vault \
         azurerm_snapshot",
    ),
    // What a lost key encrypted is lost.
    (
        "key",
        "aws_kms_key google_kms_crypto_key google_kms_crypto_key_version azurerm_key_vault \
         azurerm_key_vault_key azurerm_key_vault_managed_hardware_security_module",
    ),
    (
        "secret",
        "aws_secretsmanager_secret aws_ssm_parameter google_secret_manager_secret \
         google_secret_manager_secret_version azurerm_key_vault_secret azurerm_key_vault_certificate",
    ),
    ("registry", "aws_ecr_repository google_artifact_registry_repository azurerm_container_registry"),
    ("logs", "aws_cloudwatch_log_group google_logging_project_bucket_config azurerm_log_analytics_workspace"),
    ("user directory", "aws_cognito_user_pool google_identity_platform_tenant"),
    (
        "volume",
        "kubernetes_persistent_volume kubernetes_persistent_volume_v1 kubernetes_persistent_volume_claim \
         kubernetes_persistent_volume_claim_v1",
    ),
    // Deleting one of these deletes what others put into it.
    (
        "group with all that is in it",
        "azurerm_resource_group google_project kubernetes_namespace kubernetes_namespace_v1",
    ),
];

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn each_type_is_there_once() {
        let all: Vec<&str> = TYPES.iter().flat_map(|(_, kinds)| kinds.split_whitespace()).collect();
        assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), all.len());
        assert_eq!(holds_data("aws_db_instance"), Some("database"));
        assert_eq!(holds_data("aws_security_group"), None);
        assert_eq!(holds_data(""), None);
    }
}
