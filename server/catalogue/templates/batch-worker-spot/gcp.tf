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
data "google_compute_subnetwork" "private" {
  name   = {{ "private-" ~ region }}
  region = {{ region }}
}

resource "google_service_account" "worker" {
  account_id   = local.account
  display_name = {{ environment_name ~ " (" ~ team ~ ")" }}
}
{% for kind in (["spot", "ordinary"] if fallback else ["spot"]) %}

resource "google_compute_instance_template" {{ kind }} {
  name_prefix  = {{ environment_name[:24] ~ "-" ~ kind ~ "-" }}
  machine_type = {{ machine.gcp[size] }}
  region       = {{ region }}
  labels       = local.labels

  metadata = {
    enable-oslogin = "TRUE"
    user-data = join("\n", [
      "#cloud-config",
      "runcmd:",
      "- docker run --detach --restart always ${local.image}",
    ])
  }

  scheduling {
    provisioning_model          = {{ "SPOT" if kind == "spot" else "STANDARD" }}
    preemptible                 = {{ kind == "spot" }}
    automatic_restart           = {{ kind != "spot" }}
    instance_termination_action = {{ "STOP" if kind == "spot" else none }}
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
    email  = google_service_account.worker.email
    scopes = ["cloud-platform"]
  }

  shielded_instance_config {
    enable_secure_boot = true
  }

  lifecycle {
    create_before_destroy = true
  }
}

resource "google_compute_region_instance_group_manager" {{ kind }} {
  name               = {{ environment_name ~ "-" ~ kind }}
  base_instance_name = {{ environment_name ~ "-" ~ kind }}
  region             = {{ region }}
{% if kind == "ordinary" %}
  target_size        = 1
{% elif schedule == "always" %}
  target_size        = {{ workers }}
{% endif %}

  version {
{% if kind == "spot" %}
    instance_template = google_compute_instance_template.spot.id
{% else %}
    instance_template = google_compute_instance_template.ordinary.id
{% endif %}
  }

  # A new image reaches the machines that run; a regional group replaces one a zone at a time.
  update_policy {
    type                  = "PROACTIVE"
    minimal_action        = "REPLACE"
    max_surge_fixed       = 3
    max_unavailable_fixed = 0
  }
}
{% endfor %}
{% if schedule == "nights" %}

resource "google_compute_region_autoscaler" "nights" {
  name   = local.name
  region = {{ region }}
  target = google_compute_region_instance_group_manager.spot.id

  autoscaling_policy {
    min_replicas = 0
    max_replicas = {{ workers }}

    scaling_schedules {
      name                  = "nights"
      min_required_replicas = {{ workers }}
      schedule              = "0 20 * * *"
      time_zone             = "Etc/UTC"
      duration_sec          = 36000
    }
  }
}
{% endif %}
{% endif %}
