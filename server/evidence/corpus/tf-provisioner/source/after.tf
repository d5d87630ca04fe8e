resource "terraform_data" "service" {
  input = {
    name     = "shop"
    size     = "small"
    replicas = 2
    tags     = { Owner = "payments", CostCenter = "4711" }
  }

  provisioner "local-exec" {
    command = "echo something else"
  }
}
