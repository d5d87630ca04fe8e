resource "terraform_data" "service" {
  input = {
    name     = "shop"
    size     = "medium"
    replicas = 2
    tags     = { Owner = "payments", CostCenter = "4711" }
  }
}

output "name" {
  value = terraform_data.service.input.name
}

output "id" {
  value = terraform_data.service.id
}
