resource "terraform_data" "service" {
  input = {
    name     = "shop"
    size     = "small"
    replicas = 2
    tags     = { Owner = "payments", CostCenter = "4711" }
  }
}
resource "terraform_data" "worker" {
  input = "00000000-0000-4000-8000-000000000099"
}
