resource "terraform_data" "service" {
  input = {
    name     = "shop"
    size     = "{ \"Version\": \"2012-10-17\",  \"Statement\": [ { \"Action\": [\"s3:GetObject\"], \"Effect\": \"Allow\" } ] }"
    replicas = 2
    tags     = { Owner = "payments", CostCenter = "4711" }
  }
}
