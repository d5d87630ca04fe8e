variable "password" {
  default   = "made-up-0"
  sensitive = true
}

resource "terraform_data" "service" {
  input = {
    name     = "shop"
    size     = var.password
    replicas = 2
    tags     = { Owner = "payments", CostCenter = "4711" }
  }
}
