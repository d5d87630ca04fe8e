resource "terraform_data" "service" {
  input = {
    name     = "shop"
    size     = "medium"
    replicas = 2
    tags     = { Owner = "payments", CostCenter = "4711" }
  }
}

data "terraform_remote_state" "network" {
  backend = "local"
  config  = { path = terraform_data.service.output.name }
}
