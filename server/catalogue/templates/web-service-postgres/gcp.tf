{% if cloud == "gcp" %}
locals {
  name  = {{ environment_name }}
  image = {{ image }}
  # Ids of service accounts have 6 to 30 characters and end with a letter or digit; names of environments have 3 to 40.
  account = "svc-${substr(sha256(local.name), 0, 16)}"
  # Labels of Google Cloud take lower-case letters, digits, hyphens and underscores only.
  labels = {
    environment         = {{ tier }}
    owner               = {{ owner_email|label_value }}
    cost_center         = {{ cost_centre|label_value }}
    data_classification = {{ data_classification }}
  }
}

# The network of the tier belongs to the platform team.
data "google_compute_network" "platform" {
  name = {{ "platform-" ~ tier }}
}

data "google_compute_subnetwork" "private" {
  name   = {{ "private-" ~ region }}
  region = {{ region }}
}

resource "google_service_account" "service" {
  account_id   = local.account
  display_name = {{ environment_name ~ " (" ~ team ~ ")" }}
}

resource "google_compute_instance_template" "service" {
  name_prefix  = "${substr(local.name, 0, 30)}-"
  machine_type = {{ machine.gcp[size] }}
  region       = {{ region }}
  labels       = local.labels
  tags         = [local.name]

  metadata = {
    enable-oslogin = "TRUE"
    user-data = join("\n", [
      "#cloud-config",
      "runcmd:",
      "- docker run --detach --restart always --publish {{ port }}:{{ port }} --env DATABASE_HOST=${google_sql_database_instance.database.private_ip_address} ${local.image}",
    ])
  }

  disk {
    source_image = "cos-cloud/cos-stable"
    disk_type    = "pd-balanced"
    disk_size_gb = 30
    labels       = local.labels
  }

  network_interface {
    subnetwork = data.google_compute_subnetwork.private.id
  }

  service_account {
    email  = google_service_account.service.email
    scopes = ["cloud-platform"]
  }

  shielded_instance_config {
    enable_secure_boot = true
  }

  lifecycle {
    create_before_destroy = true
  }
}

resource "google_compute_region_health_check" "service" {
  name   = local.name
  region = {{ region }}

  http_health_check {
    port         = {{ port }}
    request_path = {{ health_path or "/" }}
  }
}

resource "google_compute_region_instance_group_manager" "service" {
  name               = local.name
  base_instance_name = local.name
  region             = {{ region }}
  target_size        = {{ instances }}

  version {
    instance_template = google_compute_instance_template.service.id
  }

  named_port {
    name = "http"
    port = {{ port }}
  }

  auto_healing_policies {
    health_check      = google_compute_region_health_check.service.id
    initial_delay_sec = 120
  }

  # A new image reaches the instances that run; a regional group replaces one a zone at a time.
  update_policy {
    type                  = "PROACTIVE"
    minimal_action        = "REPLACE"
    max_surge_fixed       = 3
    max_unavailable_fixed = 0
  }
}

resource "google_compute_region_backend_service" "service" {
  name                  = local.name
  region                = {{ region }}
  protocol              = "TCP"
  load_balancing_scheme = "INTERNAL"
  health_checks         = [google_compute_region_health_check.service.id]

  backend {
    group          = google_compute_region_instance_group_manager.service.instance_group
    balancing_mode = "CONNECTION"
  }
}

resource "google_compute_forwarding_rule" "service" {
  name                  = local.name
  region                = {{ region }}
  load_balancing_scheme = "INTERNAL"
  backend_service       = google_compute_region_backend_service.service.id
  ports                 = [{{ port|string }}]
  network               = data.google_compute_network.platform.id
  subnetwork            = data.google_compute_subnetwork.private.id
  labels                = local.labels
}
{% if hostname %}

data "google_dns_managed_zone" "company" {
  name = "company"
}

resource "google_dns_record_set" "service" {
  name         = {{ hostname ~ "." }}
  type         = "A"
  ttl          = 300
  managed_zone = data.google_dns_managed_zone.company.name
  rrdatas      = [google_compute_forwarding_rule.service.ip_address]
}
{% endif %}

# Google encrypts the disks at rest by itself; ssl_mode asks the same of connections.
resource "google_sql_database_instance" "database" {
  name                = local.name
  region              = {{ region }}
  database_version    = {{ "POSTGRES_" ~ db_version }}
  deletion_protection = {{ tier == "production" }}

  settings {
    edition           = "ENTERPRISE"
    tier              = {{ database.gcp[db_size] }}
    availability_type = {{ "REGIONAL" if high_availability else "ZONAL" }}
    disk_type         = "PD_SSD"
    disk_size         = {{ db_storage_gb }}
    disk_autoresize   = false
    user_labels       = local.labels

    deletion_protection_enabled = {{ tier == "production" }}

    ip_configuration {
      ipv4_enabled    = false
      private_network = data.google_compute_network.platform.id
      ssl_mode        = "ENCRYPTED_ONLY"
    }

    backup_configuration {
      enabled                        = true
      point_in_time_recovery_enabled = {{ tier == "production" }}

      backup_retention_settings {
        retained_backups = {{ backup_days or 7 }}
      }
    }
{% if maintenance_window %}

    maintenance_window {
      day          = {{ window[maintenance_window].day }}
      hour         = {{ window[maintenance_window].hour }}
      update_track = "stable"
    }
{% endif %}

    database_flags {
      name  = "cloudsql.iam_authentication"
      value = "on"
    }
  }
}

resource "google_sql_database" "app" {
  name     = "app"
  instance = google_sql_database_instance.database.name
}

resource "google_sql_user" "service" {
  name     = trimsuffix(google_service_account.service.email, ".gserviceaccount.com")
  instance = google_sql_database_instance.database.name
  type     = "CLOUD_IAM_SERVICE_ACCOUNT"
}
{% if read_replicas %}

resource "google_sql_database_instance" "replica" {
  count = {{ read_replicas }}

  name                 = "${local.name}-replica-${count.index + 1}"
  region               = {{ region }}
  database_version     = {{ "POSTGRES_" ~ db_version }}
  master_instance_name = google_sql_database_instance.database.name
  deletion_protection  = false

  settings {
    edition     = "ENTERPRISE"
    tier        = {{ database.gcp[db_size] }}
    disk_type   = "PD_SSD"
    disk_size   = {{ db_storage_gb }}
    user_labels = local.labels

    ip_configuration {
      ipv4_enabled    = false
      private_network = data.google_compute_network.platform.id
      ssl_mode        = "ENCRYPTED_ONLY"
    }
  }
}
{% endif %}

output "address" {
  description = "Where the service answers inside the network."
  value       = google_compute_forwarding_rule.service.ip_address
}
{% endif %}
