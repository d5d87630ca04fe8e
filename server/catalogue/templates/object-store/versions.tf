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
  }
}

{% if cloud == "aws" %}
provider "aws" {
  region = {{ region }}
}
{% elif cloud == "gcp" %}
provider "google" {
  region = {{ region }}
}
{% else %}
provider "azurerm" {
  storage_use_azuread = true

  features {}
}
{% endif %}
