resource "terraform_data" "service" {
  input = {
    name     = "shop"
    size     = "medium"
    replicas = 4
    tags     = { Owner = "payments", CostCenter = "4711" }
  }
}
