output "id" {
  description = "Names the service."
  value       = terraform_data.service.id
}

output "size" {
  value = terraform_data.service.output.size
}

output "name" {
  value = upper(terraform_data.service.input.name)
}

resource "terraform_data" "service" {
  input = {
    name     = "shop"
    size     = "medium"
    replicas = 2
    tags     = { Owner = "payments", CostCenter = "4711" }
  }
}
