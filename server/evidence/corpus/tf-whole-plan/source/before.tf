resource "terraform_data" "service" {
  input = {
    name     = "shop"
    size     = "medium"
    replicas = 2
    tags     = { Owner = "payments", CostCenter = "4711" }
  }
}

check "named" {
  assert {
    condition     = terraform_data.service.input.name != ""
    error_message = "A service has a name."
  }
}
