resource "terraform_data" "service" {
  input = {
    name     = "shop"
    size     = "small"
    replicas = 2
    tags     = { Owner = "payments", CostCenter = "4711" }
  }
}
resource "terraform_data" "worker" {
  input = terraform_data.service.id
}
