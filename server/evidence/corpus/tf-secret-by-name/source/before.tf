resource "terraform_data" "service" {
  input = {
    name     = "shop"
    password = "medium"
    replicas = 2
    tags     = { Owner = "payments", CostCenter = "4711" }
  }
}
