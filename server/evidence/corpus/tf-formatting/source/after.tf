resource "terraform_data" "untouched" {
  input = "as it was"
}

resource "terraform_data" "service" { input = { tags = { CostCenter = "4711", Owner = "payments" }, replicas = 2, size = "small", name = "shop" } }
