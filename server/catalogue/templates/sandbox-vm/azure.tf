{% if cloud == "azure" %}
locals {
  name = {{ environment_name }}
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

resource "azurerm_network_interface" "sandbox" {
  name                = local.name
  location            = azurerm_resource_group.this.location
  resource_group_name = azurerm_resource_group.this.name
  tags                = local.tags

  ip_configuration {
    name                          = "private"
    subnet_id                     = data.azurerm_subnet.private.id
    private_ip_address_allocation = "Dynamic"
  }
}

resource "azurerm_linux_virtual_machine" "sandbox" {
  name                  = local.name
  location              = azurerm_resource_group.this.location
  resource_group_name   = azurerm_resource_group.this.name
  size                  = {{ machine.azure[size] }}
  admin_username        = "platform"
  network_interface_ids = [azurerm_network_interface.sandbox.id]
  tags                  = local.tags

  encryption_at_host_enabled = true

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
    disk_size_gb         = {{ disk_gb }}
  }
}

resource "azurerm_virtual_machine_extension" "sign_in" {
  name                 = "sign-in"
  virtual_machine_id   = azurerm_linux_virtual_machine.sandbox.id
  publisher            = "Microsoft.Azure.ActiveDirectory"
  type                 = "AADSSHLoginForLinux"
  type_handler_version = "1.0"
  tags                 = local.tags
}

resource "azurerm_dev_test_global_vm_shutdown_schedule" "stop" {
  virtual_machine_id    = azurerm_linux_virtual_machine.sandbox.id
  location              = azurerm_resource_group.this.location
  enabled               = true
  daily_recurrence_time = {{ stop_hour ~ "00" }}
  timezone              = {{ zone[time_zone].azure }}
  tags                  = local.tags

  notification_settings {
    enabled         = true
    email           = {{ owner_email }}
    time_in_minutes = 30
  }
}
{% if start_again %}

# 8:00 in the zone is another moment in summer and in winter: the first morning is written with the offset of its day. Azure
# goes on by the zone's clock from there.
locals {
  first_day = timeadd(plantimestamp(), "48h")
{% if zone[time_zone].summer %}
  weekdays  = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
  year      = tonumber(formatdate("YYYY", local.first_day))
  day       = tonumber(formatdate("YYYYMMDD", local.first_day))
{% if zone[time_zone].rule == "europe" %}

  # From the last Sunday of March to the last of October.
  summer_from = local.year * 10000 + 331 - index(local.weekdays, formatdate("EEE", "${local.year}-03-31T00:00:00Z"))
  summer_to   = local.year * 10000 + 1031 - index(local.weekdays, formatdate("EEE", "${local.year}-10-31T00:00:00Z"))
{% else %}

  # From the second Sunday of March to the first of November.
  summer_from = local.year * 10000 + 308 + (7 - index(local.weekdays, formatdate("EEE", "${local.year}-03-01T00:00:00Z"))) % 7
  summer_to   = local.year * 10000 + 1101 + (7 - index(local.weekdays, formatdate("EEE", "${local.year}-11-01T00:00:00Z"))) % 7
{% endif %}

  offset = local.day >= local.summer_from && local.day < local.summer_to ? {{ zone[time_zone].summer }} : {{ zone[time_zone].winter }}
{% else %}
  offset    = {{ zone[time_zone].winter }}
{% endif %}
}

# An account's name has at least 6 characters.
resource "azurerm_automation_account" "hours" {
  name                = "${local.name}-hours"
  location            = azurerm_resource_group.this.location
  resource_group_name = azurerm_resource_group.this.name
  sku_name            = "Basic"
  tags                = local.tags

  identity {
    type = "SystemAssigned"
  }
}

resource "azurerm_role_assignment" "start" {
  scope                = azurerm_linux_virtual_machine.sandbox.id
  role_definition_name = "Virtual Machine Contributor"
  principal_id         = azurerm_automation_account.hours.identity[0].principal_id
}

resource "azurerm_automation_runbook" "start" {
  name                    = "start"
  location                = azurerm_resource_group.this.location
  resource_group_name     = azurerm_resource_group.this.name
  automation_account_name = azurerm_automation_account.hours.name
  runbook_type            = "PowerShell72"
  log_verbose             = false
  log_progress            = false
  content                 = "Connect-AzAccount -Identity; Start-AzVM -Id '${azurerm_linux_virtual_machine.sandbox.id}'"
  tags                    = local.tags
}

resource "azurerm_automation_schedule" "start" {
  name                    = "weekday-mornings"
  resource_group_name     = azurerm_resource_group.this.name
  automation_account_name = azurerm_automation_account.hours.name
  frequency               = "Week"
  interval                = 1
  timezone                = {{ zone[time_zone].name }}
  start_time              = "${formatdate("YYYY-MM-DD", local.first_day)}T08:00:00${local.offset}"
  week_days               = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday"]

  lifecycle {
    ignore_changes = [start_time]
  }
}

resource "azurerm_automation_job_schedule" "start" {
  resource_group_name     = azurerm_resource_group.this.name
  automation_account_name = azurerm_automation_account.hours.name
  schedule_name           = azurerm_automation_schedule.start.name
  runbook_name            = azurerm_automation_runbook.start.name
}
{% endif %}

output "sign_in" {
  description = "Command that signs in."
  value       = "az ssh vm --resource-group ${azurerm_resource_group.this.name} --name ${local.name}"
}
{% endif %}
