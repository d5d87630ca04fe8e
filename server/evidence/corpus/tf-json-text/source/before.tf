resource "terraform_data" "service" {
  input = {
    name     = "shop"
    size     = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = ["s3:GetObject"] }] })
    replicas = 2
    tags     = { Owner = "payments", CostCenter = "4711" }
  }
}
