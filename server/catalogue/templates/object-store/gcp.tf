{% if cloud == "gcp" %}
locals {
  name = {{ environment_name ~ "-" ~ tier }}
  # With a project's id of at most 30 characters it makes the 63 that a bucket's name may have.
  short = length(local.name) <= 32 ? local.name : "${trimsuffix(substr(local.name, 0, 23), "-")}-${substr(sha256(local.name), 0, 8)}"
  # Labels of Google Cloud take lower-case letters, digits, hyphens and underscores only.
  labels = {
    environment         = {{ tier }}
    owner               = {{ owner_email|label_value }}
    cost_center         = {{ cost_centre|label_value }}
    data_classification = {{ data_classification }}
  }
}

data "google_client_config" "current" {}

# Names of buckets are shared by everybody: the project makes this one ours. Google encrypts objects at rest by itself.
resource "google_storage_bucket" "this" {
  name          = "${local.short}-${data.google_client_config.current.project}"
  location      = {{ region|upper }}
  storage_class = {{ gcs_class[access] }}
  force_destroy = {{ tier == "development" }}
  labels        = local.labels

  uniform_bucket_level_access = true
  public_access_prevention    = "enforced"

  versioning {
    enabled = {{ versions or tier == "production" }}
  }

  soft_delete_policy {
    retention_duration_seconds = 604800
  }

  lifecycle_rule {
    condition {
      num_newer_versions = 3
      with_state         = "ARCHIVED"
    }

    action {
      type = "Delete"
    }
  }
{% if expire %}

  lifecycle_rule {
    condition {
      age = {{ expire_days }}
    }

    action {
      type = "Delete"
    }
  }
{% endif %}
{% if lock %}

  retention_policy {
    retention_period = {{ lock_days * 86400 }}
    is_locked        = true
  }
{% endif %}
{% if tier == "production" %}

  lifecycle {
    prevent_destroy = true
  }
{% endif %}
}

output "bucket" {
  value = google_storage_bucket.this.name
}
{% endif %}
