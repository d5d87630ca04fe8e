resource "terraform_data" "service" {
  input = {
    name     = "shop"
    size     = "small"
    replicas = 2
    zones    = []
    labels   = {}
    nested   = { list = [] }
    tags     = { Owner = "payments", CostCenter = "4711" }
  }
}
