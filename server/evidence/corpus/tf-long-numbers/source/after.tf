resource "terraform_data" "service" {
  input = {
    name     = "shop"
    size     = "medium"
    replicas = 123456789012345678902
    tags     = { Owner = "payments", CostCenter = "4711" }
  }
}
