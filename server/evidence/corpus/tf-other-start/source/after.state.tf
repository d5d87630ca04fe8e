resource "terraform_data" "service" {
  input = {
    name     = "shop"
    size     = "small"
    replicas = 8
    tags     = { Owner = "payments", CostCenter = "4711" }
  }
}
