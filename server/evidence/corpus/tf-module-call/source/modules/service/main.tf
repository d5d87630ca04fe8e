variable "size" {}

resource "terraform_data" "service" {
  input = { size = var.size }
}
