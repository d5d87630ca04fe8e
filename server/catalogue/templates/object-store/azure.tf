{% if cloud == "azure" %}
locals {
  tags = {
    Environment        = {{ tier }}
    Owner              = {{ owner_email }}
    CostCenter         = {{ cost_centre }}
    DataClassification = {{ data_classification }}
  }
}

data "azurerm_client_config" "current" {}

resource "azurerm_resource_group" "this" {
  name     = {{ "rg-" ~ environment_name ~ "-" ~ tier }}
  location = {{ region }}
  tags     = local.tags
}

# Names of storage accounts are shared by everybody and short: a hash of subscription and name makes this one ours.
resource "azurerm_storage_account" "this" {
  name                     = "st${substr(sha256("${data.azurerm_client_config.current.subscription_id}/${azurerm_resource_group.this.name}"), 0, 20)}"
  resource_group_name      = azurerm_resource_group.this.name
  location                 = azurerm_resource_group.this.location
  account_kind             = "StorageV2"
  account_tier             = "Standard"
  account_replication_type = {{ "ZRS" if tier == "production" else "LRS" }}
  access_tier              = {{ "Cool" if access == "seldom" else "Hot" }}
  tags                     = local.tags

  https_traffic_only_enabled        = true
  infrastructure_encryption_enabled = true
  min_tls_version                   = "TLS1_2"
  allow_nested_items_to_be_public   = false
  shared_access_key_enabled         = false

  blob_properties {
    versioning_enabled = {{ versions or tier == "production" }}

    delete_retention_policy {
      days = 7
    }

    container_delete_retention_policy {
      days = 7
    }
  }
{% if lock %}

  # Azure creates a policy unlocked only. Locking it is for good, and somebody's own step after a look.
  immutability_policy {
    state                         = "Unlocked"
    allow_protected_append_writes = true
    period_since_creation_in_days = {{ lock_days }}
  }
{% endif %}
}

resource "azurerm_storage_container" "this" {
  name                  = "objects"
  storage_account_id    = azurerm_storage_account.this.id
  container_access_type = "private"
}

resource "azurerm_storage_management_policy" "this" {
  storage_account_id = azurerm_storage_account.this.id

  rule {
    name    = "clean-up"
    enabled = true

    filters {
      blob_types = ["blockBlob"]
    }

    actions {
      version {
        delete_after_days_since_creation = 30
      }
{% if expire %}

      base_blob {
        delete_after_days_since_modification_greater_than = {{ expire_days }}
      }
{% endif %}
    }
  }
}
{% if tier == "production" %}

resource "azurerm_management_lock" "this" {
  name       = "production"
  scope      = azurerm_storage_account.this.id
  lock_level = "CanNotDelete"
  notes      = "Production data: take the lock off by a reviewed change first."
}
{% endif %}

output "account" {
  value = azurerm_storage_account.this.name
}
{% endif %}
