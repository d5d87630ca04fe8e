resource "terraform_data" "firewall" {
  input = { allow = ["192.168.0.0/16", "10.0.0.0/8"] }
}
