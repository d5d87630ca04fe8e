resource "terraform_data" "service" {
  triggers_replace = ["v2"]
  input = {
    name     = "shop"
    size     = "small"
    replicas = 2
    tags     = { Owner = "payments", CostCenter = "4711" }
  }
}
