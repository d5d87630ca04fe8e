{% if cloud == "azure" %}
locals {
  name  = {{ environment_name }}
  image = {{ image }}
  tags = {
    Environment        = {{ tier }}
    Owner              = {{ owner_email }}
    CostCenter         = {{ cost_centre }}
    DataClassification = {{ data_classification }}
  }
}

data "azurerm_client_config" "current" {}

# The network of the tier belongs to the platform team.
data "azurerm_subnet" "private" {
  name                 = "private"
  virtual_network_name = {{ "platform-" ~ tier }}
  resource_group_name  = {{ "platform-" ~ tier ~ "-" ~ region }}
}

data "azurerm_subnet" "database" {
  name                 = "postgres"
  virtual_network_name = {{ "platform-" ~ tier }}
  resource_group_name  = {{ "platform-" ~ tier ~ "-" ~ region }}
}

data "azurerm_private_dns_zone" "database" {
  name                = "platform.postgres.database.azure.com"
  resource_group_name = {{ "platform-" ~ tier ~ "-" ~ region }}
}

data "azurerm_ssh_public_key" "platform" {
  name                = "platform"
  resource_group_name = {{ "platform-" ~ tier ~ "-" ~ region }}
}

resource "azurerm_resource_group" "this" {
  name     = {{ "rg-" ~ environment_name ~ "-" ~ tier }}
  location = {{ region }}
  tags     = local.tags
}

resource "azurerm_user_assigned_identity" "service" {
  name                = local.name
  location            = azurerm_resource_group.this.location
  resource_group_name = azurerm_resource_group.this.name
  tags                = local.tags
}

resource "azurerm_lb" "service" {
  name                = local.name
  location            = azurerm_resource_group.this.location
  resource_group_name = azurerm_resource_group.this.name
  sku                 = "Standard"
  tags                = local.tags

  frontend_ip_configuration {
    name      = "private"
    subnet_id = data.azurerm_subnet.private.id
  }
}

resource "azurerm_lb_backend_address_pool" "service" {
  name            = "instances"
  loadbalancer_id = azurerm_lb.service.id
}

resource "azurerm_lb_probe" "service" {
  name            = "health"
  loadbalancer_id = azurerm_lb.service.id
  protocol        = "Http"
  port            = {{ port }}
  request_path    = {{ health_path or "/" }}
}

resource "azurerm_lb_rule" "service" {
  name                           = "service"
  loadbalancer_id                = azurerm_lb.service.id
  protocol                       = "Tcp"
  frontend_port                  = {{ port }}
  backend_port                   = {{ port }}
  frontend_ip_configuration_name = "private"
  backend_address_pool_ids       = [azurerm_lb_backend_address_pool.service.id]
  probe_id                       = azurerm_lb_probe.service.id
}

resource "azurerm_linux_virtual_machine_scale_set" "service" {
  name                = local.name
  location            = azurerm_resource_group.this.location
  resource_group_name = azurerm_resource_group.this.name
  sku                 = {{ machine.azure[size] }}
  instances           = {{ instances }}
  zones               = {{ ["1", "2"] if tier == "production" else none }}
  admin_username      = "platform"
  health_probe_id     = azurerm_lb_probe.service.id
  upgrade_mode        = "Rolling"
  tags                = local.tags

  encryption_at_host_enabled = true

  custom_data = base64encode(join("\n", [
    "#cloud-config",
    "packages: [docker.io]",
    "runcmd:",
    "- docker run --detach --restart always --publish {{ port }}:{{ port }} --env DATABASE_HOST=${azurerm_postgresql_flexible_server.database.fqdn} ${local.image}",
  ]))

  admin_ssh_key {
    username   = "platform"
    public_key = data.azurerm_ssh_public_key.platform.public_key
  }

  identity {
    type         = "UserAssigned"
    identity_ids = [azurerm_user_assigned_identity.service.id]
  }

  source_image_reference {
    publisher = "Canonical"
    offer     = "ubuntu-24_04-lts"
    sku       = "server"
    version   = "latest"
  }

  os_disk {
    storage_account_type = "StandardSSD_LRS"
    caching              = "ReadWrite"
    disk_size_gb         = 32
  }

  network_interface {
    name    = "private"
    primary = true

    ip_configuration {
      name                                   = "private"
      primary                                = true
      subnet_id                              = data.azurerm_subnet.private.id
      load_balancer_backend_address_pool_ids = [azurerm_lb_backend_address_pool.service.id]
    }
  }

  rolling_upgrade_policy {
    max_batch_instance_percent              = 50
    max_unhealthy_instance_percent          = 50
    max_unhealthy_upgraded_instance_percent = 50
    pause_time_between_batches              = "PT1M"
  }
}

# Azure encrypts the disks of flexible servers at rest by itself, and refuses connections without TLS.
resource "azurerm_postgresql_flexible_server" "database" {
  name                = local.name
  location            = azurerm_resource_group.this.location
  resource_group_name = azurerm_resource_group.this.name
  version             = {{ db_version }}
  sku_name            = {{ database.azure[db_size] }}
  storage_mb          = {{ azure_steps|select("ge", db_storage_gb)|first * 1024 }}
  tags                = local.tags

  backup_retention_days         = {{ backup_days or 7 }}
  delegated_subnet_id           = data.azurerm_subnet.database.id
  private_dns_zone_id           = data.azurerm_private_dns_zone.database.id
  public_network_access_enabled = false

  authentication {
    active_directory_auth_enabled = true
    password_auth_enabled         = false
    tenant_id                     = data.azurerm_client_config.current.tenant_id
  }
{% if high_availability %}

  high_availability {
    mode = "ZoneRedundant"
  }
{% endif %}
{% if maintenance_window %}

  maintenance_window {
    day_of_week  = {{ window[maintenance_window].azure_day }}
    start_hour   = {{ window[maintenance_window].hour }}
    start_minute = 0
  }
{% endif %}
}
{% if tier == "production" %}

resource "azurerm_management_lock" "database" {
  name       = "production"
  scope      = azurerm_postgresql_flexible_server.database.id
  lock_level = "CanNotDelete"
  notes      = "Production database: take the lock off by a reviewed change first."
}
{% endif %}

resource "azurerm_postgresql_flexible_server_database" "app" {
  name      = "app"
  server_id = azurerm_postgresql_flexible_server.database.id
}

resource "azurerm_postgresql_flexible_server_active_directory_administrator" "service" {
  server_name         = azurerm_postgresql_flexible_server.database.name
  resource_group_name = azurerm_resource_group.this.name
  tenant_id           = data.azurerm_client_config.current.tenant_id
  object_id           = azurerm_user_assigned_identity.service.principal_id
  principal_name      = azurerm_user_assigned_identity.service.name
  principal_type      = "ServicePrincipal"
}
{% if read_replicas %}

resource "azurerm_postgresql_flexible_server" "replica" {
  count = {{ read_replicas }}

  name                = "${local.name}-replica-${count.index + 1}"
  location            = azurerm_resource_group.this.location
  resource_group_name = azurerm_resource_group.this.name
  create_mode         = "Replica"
  source_server_id    = azurerm_postgresql_flexible_server.database.id
  delegated_subnet_id = data.azurerm_subnet.database.id
  private_dns_zone_id = data.azurerm_private_dns_zone.database.id
  tags                = local.tags

  public_network_access_enabled = false
}
{% endif %}

output "address" {
  description = "Where the service answers inside the network."
  value       = azurerm_lb.service.private_ip_address
}
{% if hostname %}

output "hostname" {
  description = "The host name to point there."
  value       = {{ hostname }}
}
{% endif %}
{% endif %}
