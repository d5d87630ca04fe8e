variable "size" {
  default = "medium"
}

locals {
  tags = { CostCenter = "4711", Owner = "payments" }
}

resource "terraform_data" "service" {
  input = {
    name     = "shop"
    size     = var.size
    replicas = 1 + 1
    tags     = local.tags
  }
}
