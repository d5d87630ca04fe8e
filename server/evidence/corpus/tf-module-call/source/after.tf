module "shop" {
  source = "./modules/service"
  size   = "large"
}
module "second" {
  source = "./modules/service"
  size   = "medium"
}
