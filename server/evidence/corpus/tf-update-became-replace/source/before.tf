resource "terraform_data" "service" {
  triggers_replace = ["v1"]
  input = {
    name     = "shop"
    size     = "medium"
    replicas = 2
    tags     = { Owner = "payments", CostCenter = "4711" }
  }
}
