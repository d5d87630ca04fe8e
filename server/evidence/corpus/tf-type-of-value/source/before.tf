resource "terraform_data" "service" {
  input = {
    name     = "shop"
    size     = "medium"
    replicas = 3
    tags     = { Owner = "payments", CostCenter = "4711" }
  }
}
