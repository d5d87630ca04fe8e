resource "terraform_data" "topic" {
  for_each = toset(["orders", "a.b[0]"])
  input    = each.key
}
