resource "terraform_data" "untouched" {
  input = "as it was"
}
