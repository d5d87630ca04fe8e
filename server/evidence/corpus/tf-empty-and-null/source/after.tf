resource "terraform_data" "service" {
  input = {
    name     = "shop"
    size     = "small"
    replicas = 2
    zones    = null
    labels   = null
    nested   = null
    tags     = { Owner = "payments", CostCenter = "4711" }
  }
}
