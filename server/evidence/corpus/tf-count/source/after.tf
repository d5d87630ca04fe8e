resource "terraform_data" "node" {
  count = 3
  input = "node ${count.index}"
}
