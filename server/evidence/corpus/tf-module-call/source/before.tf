module "shop" {
  source = "./modules/service"
  size   = "medium"
}
