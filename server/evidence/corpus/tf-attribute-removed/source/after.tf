resource "terraform_data" "service" {
  input = {
    name     = "shop"
    size     = "medium"
    tags     = { Owner = "payments", CostCenter = "4711" }
  }
}
