{% if cloud == "aws" %}
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
data "aws_vpc" "platform" {
  tags = {
    Name = {{ "platform-" ~ tier }}
  }
}

data "aws_subnets" "private" {
  filter {
    name   = "vpc-id"
    values = [data.aws_vpc.platform.id]
  }

  tags = {
    Reach = "private"
  }
}

data "aws_ssm_parameter" "machine_image" {
  name = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"
}

resource "aws_security_group" "worker" {
  name_prefix = "${local.name}-"
  description = "Workers take work; nothing reaches them"
  vpc_id      = data.aws_vpc.platform.id
  tags        = local.tags

  egress {
    description = "Images and work"
    from_port   = 0
    to_port     = 0
    protocol    = "-1"
    cidr_blocks = ["0.0.0.0/0"]
  }
}

resource "aws_launch_template" "worker" {
  name_prefix            = "${local.name}-"
  image_id               = data.aws_ssm_parameter.machine_image.value
  instance_type          = {{ machine.aws[size] }}
  vpc_security_group_ids = [aws_security_group.worker.id]
  tags                   = local.tags

  user_data = base64encode(join("\n", [
    "#!/bin/bash",
    "set -eu",
    "dnf install -y docker",
    "systemctl enable --now docker",
    "docker run --detach --restart always ${local.image}",
  ]))

  metadata_options {
    http_endpoint = "enabled"
    http_tokens   = "required"
  }

  block_device_mappings {
    device_name = "/dev/xvda"

    ebs {
      volume_size = 30
      volume_type = "gp3"
      encrypted   = true
    }
  }

  tag_specifications {
    resource_type = "instance"
    tags          = local.tags
  }

  tag_specifications {
    resource_type = "volume"
    tags          = local.tags
  }
}

resource "aws_autoscaling_group" "worker" {
  name_prefix         = "${local.name}-"
  min_size            = 0
  max_size            = {{ workers + (1 if fallback else 0) }}
  desired_capacity    = {{ (0 if schedule == "nights" else workers) + (1 if fallback else 0) }}
  vpc_zone_identifier = data.aws_subnets.private.ids
  capacity_rebalance  = true

  mixed_instances_policy {
    instances_distribution {
      on_demand_base_capacity                  = {{ 1 if fallback else 0 }}
      on_demand_percentage_above_base_capacity = 0
      spot_allocation_strategy                 = "price-capacity-optimized"
    }

    launch_template {
      launch_template_specification {
        launch_template_id = aws_launch_template.worker.id
        version            = aws_launch_template.worker.latest_version
      }
    }
  }

  # A new image reaches the machines that run.
  instance_refresh {
    strategy = "Rolling"
  }

  dynamic "tag" {
    for_each = local.tags

    content {
      key                 = tag.key
      value               = tag.value
      propagate_at_launch = true
    }
  }
{% if schedule == "nights" %}

  # The schedules below say how many run.
  lifecycle {
    ignore_changes = [desired_capacity]
  }
{% endif %}
}
{% if schedule == "nights" %}

resource "aws_autoscaling_schedule" "start" {
  scheduled_action_name  = "start"
  autoscaling_group_name = aws_autoscaling_group.worker.name
  recurrence             = "0 20 * * *"
  time_zone              = "Etc/UTC"
  min_size               = 0
  max_size               = {{ workers + (1 if fallback else 0) }}
  desired_capacity       = {{ workers + (1 if fallback else 0) }}
}

resource "aws_autoscaling_schedule" "stop" {
  scheduled_action_name  = "stop"
  autoscaling_group_name = aws_autoscaling_group.worker.name
  recurrence             = "0 6 * * *"
  time_zone              = "Etc/UTC"
  min_size               = 0
  max_size               = {{ workers + (1 if fallback else 0) }}
  desired_capacity       = {{ 1 if fallback else 0 }}
}
{% endif %}
{% endif %}
