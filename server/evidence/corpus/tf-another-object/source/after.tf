resource "terraform_data" "before" {}

resource "terraform_data" "service" {
  input = {
    name     = "shop"
    size     = "medium"
    replicas = 2
    tags     = { Owner = "payments", CostCenter = "4711" }
  }
}
