locals {
  namespace = kubernetes_namespace_v1.this.metadata[0].name
  # Labels of Kubernetes take letters, digits, dots, hyphens and underscores only; the annotations hold the exact values.
  labels = {
    environment         = {{ tier }}
    owner               = {{ owner_email|label_value }}
    cost_center         = {{ cost_centre|label_value }}
    data_classification = {{ data_classification }}
  }
}

resource "kubernetes_namespace_v1" "this" {
  metadata {
    name = {{ environment_name }}
    labels = merge(local.labels, {
      "pod-security.kubernetes.io/enforce" = {{ pod_security }}
    })
    annotations = {
      "causeway/owner"       = {{ owner_email }}
      "causeway/team"        = {{ team }}
      "causeway/cost-centre" = {{ cost_centre }}
    }
  }
{% if tier == "production" %}

  lifecycle {
    prevent_destroy = true
  }
{% endif %}
}

resource "kubernetes_resource_quota_v1" "this" {
  metadata {
    name      = "share"
    namespace = local.namespace
    labels    = local.labels
  }

  spec {
    hard = {
      "requests.cpu"                      = {{ (machines[size] * 2)|string }}
      "requests.memory"                   = {{ (machines[size] * 8)|string ~ "Gi" }}
      "limits.memory"                     = {{ (machines[size] * 8)|string ~ "Gi" }}
      "requests.storage"                  = {{ storage_gb|string ~ "Gi" }}
      "services.loadbalancers"            = "0"
      "services.nodeports"                = "0"
      "count/deployments.apps"            = {{ (machines[size] * 20)|string }}
      "count/persistentvolumeclaims"      = {{ "20" if storage_gb else "0" }}
      "count/secrets"                     = "200"
      "count/configmaps"                  = "200"
      "count/jobs.batch"                  = "100"
      "count/cronjobs.batch"              = "50"
      "count/ingresses.networking.k8s.io" = {{ "20" if ingress else "0" }}
    }
  }
}

resource "kubernetes_limit_range_v1" "this" {
  metadata {
    name      = "containers"
    namespace = local.namespace
    labels    = local.labels
  }

  spec {
    limit {
      type = "Container"

      default_request = {
        cpu    = "100m"
        memory = "128Mi"
      }

      default = {
        memory = "512Mi"
      }

      max = {
        cpu    = {{ (machines[size] * 2)|string }}
        memory = {{ (machines[size] * 8)|string ~ "Gi" }}
      }
    }
  }
}

resource "kubernetes_network_policy_v1" "ingress" {
  metadata {
    name      = "ingress"
    namespace = local.namespace
    labels    = local.labels
  }

  spec {
    policy_types = ["Ingress"]

    pod_selector {}

    ingress {
      from {
        pod_selector {}
      }
{% if ingress %}

      from {
        namespace_selector {
          match_labels = {
            "kubernetes.io/metadata.name" = "ingress"
          }
        }
      }
{% endif %}
    }
  }
}
{% if egress == "cluster" %}

resource "kubernetes_network_policy_v1" "egress" {
  metadata {
    name      = "egress"
    namespace = local.namespace
    labels    = local.labels
  }

  spec {
    policy_types = ["Egress"]

    pod_selector {}

    egress {
      to {
        namespace_selector {}
      }
    }

    egress {
      ports {
        port     = "53"
        protocol = "UDP"
      }
    }
  }
}
{% endif %}

resource "kubernetes_role_binding_v1" "team" {
  metadata {
    name      = "team"
    namespace = local.namespace
    labels    = local.labels
  }

  role_ref {
    api_group = "rbac.authorization.k8s.io"
    kind      = "ClusterRole"
    name      = {{ "view" if tier == "production" else "edit" }}
  }

  subject {
    api_group = "rbac.authorization.k8s.io"
    kind      = "Group"
    name      = {{ team_group }}
  }
}

output "namespace" {
  value = local.namespace
}

output "storage_class" {
  description = "Encrypted class to name in volume claims."
  value       = {{ volume_class[cloud] }}
}
