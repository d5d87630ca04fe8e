terraform {
  required_version = ">= 1.9"

  required_providers {
{% if cloud == "aws" %}
    aws = {
      source  = "hashicorp/aws"
      version = "~> 6.0"
    }
{% elif cloud == "gcp" %}
    google = {
      source  = "hashicorp/google"
      version = "~> 7.0"
    }
{% else %}
    azurerm = {
      source  = "hashicorp/azurerm"
      version = "~> 4.0"
    }
{% endif %}
    kubernetes = {
      source  = "hashicorp/kubernetes"
      version = "~> 2.38"
    }
  }
}

# The cluster of the tier belongs to the platform team.
{% if cloud == "aws" %}
provider "aws" {
  region = {{ region }}
}

data "aws_eks_cluster" "platform" {
  name = {{ "platform-" ~ tier }}
}

data "aws_eks_cluster_auth" "platform" {
  name = data.aws_eks_cluster.platform.name
}

provider "kubernetes" {
  host                   = data.aws_eks_cluster.platform.endpoint
  cluster_ca_certificate = base64decode(data.aws_eks_cluster.platform.certificate_authority[0].data)
  token                  = data.aws_eks_cluster_auth.platform.token
}
{% elif cloud == "gcp" %}
provider "google" {
  region = {{ region }}
}

data "google_client_config" "current" {}

data "google_container_cluster" "platform" {
  name     = {{ "platform-" ~ tier }}
  location = {{ region }}
}

provider "kubernetes" {
  host                   = "https://${data.google_container_cluster.platform.endpoint}"
  cluster_ca_certificate = base64decode(data.google_container_cluster.platform.master_auth[0].cluster_ca_certificate)
  token                  = data.google_client_config.current.access_token
}
{% else %}
provider "azurerm" {
  features {}
}

data "azurerm_kubernetes_cluster" "platform" {
  name                = {{ "platform-" ~ tier }}
  resource_group_name = {{ "platform-" ~ tier ~ "-" ~ region }}
}

provider "kubernetes" {
  host                   = data.azurerm_kubernetes_cluster.platform.kube_config[0].host
  client_certificate     = base64decode(data.azurerm_kubernetes_cluster.platform.kube_config[0].client_certificate)
  client_key             = base64decode(data.azurerm_kubernetes_cluster.platform.kube_config[0].client_key)
  cluster_ca_certificate = base64decode(data.azurerm_kubernetes_cluster.platform.kube_config[0].cluster_ca_certificate)
}
{% endif %}
