resource "terraform_data" "topic" {
  for_each = toset(["refunds", "a.b[0]"])
  input    = each.key
}
