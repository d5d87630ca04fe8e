{% if cloud == "gcp" %}
locals {
  name = {{ environment_name }}
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

data "google_compute_zones" "here" {
  region = {{ region }}
}

resource "google_compute_resource_policy" "hours" {
  name   = local.name
  region = {{ region }}

  instance_schedule_policy {
    time_zone = {{ zone[time_zone].name }}

    vm_stop_schedule {
      schedule = {{ "0 " ~ stop_hour ~ " * * *" }}
    }
{% if start_again %}

    vm_start_schedule {
      schedule = "0 8 * * 1-5"
    }
{% endif %}
  }
}

# Google encrypts the disk at rest by itself.
resource "google_compute_instance" "sandbox" {
  name              = local.name
  machine_type      = {{ machine.gcp[size] }}
  zone              = data.google_compute_zones.here.names[0]
  labels            = local.labels
  resource_policies = [google_compute_resource_policy.hours.id]

  allow_stopping_for_update = true

  metadata = {
    enable-oslogin = "TRUE"
  }

  boot_disk {
    initialize_params {
      image  = "debian-cloud/debian-12"
      size   = {{ disk_gb }}
      type   = "pd-balanced"
      labels = local.labels
    }
  }

  network_interface {
    subnetwork = data.google_compute_subnetwork.private.id
  }

  shielded_instance_config {
    enable_secure_boot = true
  }
}

output "sign_in" {
  description = "Command that signs in."
  value       = "gcloud compute ssh ${local.name} --tunnel-through-iap --zone ${google_compute_instance.sandbox.zone}"
}
{% endif %}
