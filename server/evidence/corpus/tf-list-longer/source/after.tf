resource "terraform_data" "firewall" {
  input = { allow = ["10.0.0.0/8", "192.168.0.0/16", "0.0.0.0/0"] }
}
