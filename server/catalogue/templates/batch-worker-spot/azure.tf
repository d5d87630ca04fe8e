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

# The network of the tier belongs to the platform team.
data "azurerm_subnet" "private" {
  name                 = "private"
  virtual_network_name = {{ "platform-" ~ tier }}
  resource_group_name  = {{ "platform-" ~ tier ~ "-" ~ region }}
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
{% for kind in (["spot", "ordinary"] if fallback else ["spot"]) %}

resource "azurerm_linux_virtual_machine_scale_set" {{ kind }} {
  name                = {{ environment_name ~ "-" ~ kind }}
  location            = azurerm_resource_group.this.location
  resource_group_name = azurerm_resource_group.this.name
  sku                 = {{ machine.azure[size] }}
  instances           = {{ 1 if kind == "ordinary" else (0 if schedule == "nights" else workers) }}
  priority            = {{ "Spot" if kind == "spot" else "Regular" }}
  eviction_policy     = {{ "Delete" if kind == "spot" else none }}
  upgrade_mode        = "Automatic"
  admin_username      = "platform"
  tags                = local.tags

  encryption_at_host_enabled = true

  custom_data = base64encode(join("\n", [
    "#cloud-config",
    "packages: [docker.io]",
    "runcmd:",
    "- docker run --detach --restart always ${local.image}",
  ]))

  admin_ssh_key {
    username   = "platform"
    public_key = data.azurerm_ssh_public_key.platform.public_key
  }

  identity {
    type = "SystemAssigned"
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
      name      = "private"
      primary   = true
      subnet_id = data.azurerm_subnet.private.id
    }
  }
{% if kind == "spot" and schedule == "nights" %}

  # The profiles below say how many run.
  lifecycle {
    ignore_changes = [instances]
  }
{% endif %}
}
{% endfor %}
{% if schedule == "nights" %}

resource "azurerm_monitor_autoscale_setting" "nights" {
  name                = local.name
  location            = azurerm_resource_group.this.location
  resource_group_name = azurerm_resource_group.this.name
  target_resource_id  = azurerm_linux_virtual_machine_scale_set.spot.id
  tags                = local.tags

  profile {
    name = "days"

    capacity {
      default = 0
      minimum = 0
      maximum = 0
    }

    recurrence {
      timezone = "UTC"
      days     = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
      hours    = [6]
      minutes  = [0]
    }
  }

  profile {
    name = "nights"

    capacity {
      default = {{ workers }}
      minimum = {{ workers }}
      maximum = {{ workers }}
    }

    recurrence {
      timezone = "UTC"
      days     = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
      hours    = [20]
      minutes  = [0]
    }
  }
}
{% endif %}
{% endif %}
