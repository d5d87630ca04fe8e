{% if cloud == "aws" %}
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

data "aws_iam_instance_profile" "sessions" {
  name = "platform-session-manager"
}

resource "aws_security_group" "sandbox" {
  name_prefix = "${local.name}-"
  description = "Nothing reaches the machine but the session service"
  vpc_id      = data.aws_vpc.platform.id
  tags        = local.tags

  egress {
    description = "Anywhere"
    from_port   = 0
    to_port     = 0
    protocol    = "-1"
    cidr_blocks = ["0.0.0.0/0"]
  }
}

resource "aws_instance" "sandbox" {
  ami                    = data.aws_ssm_parameter.machine_image.value
  instance_type          = {{ machine.aws[size] }}
  subnet_id              = data.aws_subnets.private.ids[0]
  vpc_security_group_ids = [aws_security_group.sandbox.id]
  iam_instance_profile   = data.aws_iam_instance_profile.sessions.name
  tags                   = merge(local.tags, { Name = local.name })
  volume_tags            = local.tags

  metadata_options {
    http_endpoint = "enabled"
    http_tokens   = "required"
  }

  root_block_device {
    volume_size = {{ disk_gb }}
    volume_type = "gp3"
    encrypted   = true
  }

  lifecycle {
    ignore_changes = [ami]
  }
}

resource "aws_iam_role" "schedule" {
  name_prefix = "${trimsuffix(substr(local.name, 0, 32), "-")}-"
  tags        = local.tags

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Action    = "sts:AssumeRole"
      Effect    = "Allow"
      Principal = { Service = "scheduler.amazonaws.com" }
    }]
  })
}

resource "aws_iam_role_policy" "schedule" {
  name = "start-and-stop"
  role = aws_iam_role.schedule.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Action   = ["ec2:StartInstances", "ec2:StopInstances"]
      Effect   = "Allow"
      Resource = aws_instance.sandbox.arn
    }]
  })
}

resource "aws_scheduler_schedule" "stop" {
  name                         = "${local.name}-stop"
  schedule_expression          = {{ "cron(0 " ~ stop_hour ~ " * * ? *)" }}
  schedule_expression_timezone = {{ zone[time_zone].name }}

  flexible_time_window {
    mode = "OFF"
  }

  target {
    arn      = "arn:aws:scheduler:::aws-sdk:ec2:stopInstances"
    role_arn = aws_iam_role.schedule.arn
    input    = jsonencode({ InstanceIds = [aws_instance.sandbox.id] })
  }
}
{% if start_again %}

resource "aws_scheduler_schedule" "start" {
  name                         = "${local.name}-start"
  schedule_expression          = "cron(0 8 ? * MON-FRI *)"
  schedule_expression_timezone = {{ zone[time_zone].name }}

  flexible_time_window {
    mode = "OFF"
  }

  target {
    arn      = "arn:aws:scheduler:::aws-sdk:ec2:startInstances"
    role_arn = aws_iam_role.schedule.arn
    input    = jsonencode({ InstanceIds = [aws_instance.sandbox.id] })
  }
}
{% endif %}

output "sign_in" {
  description = "Command that signs in."
  value       = "aws ssm start-session --target ${aws_instance.sandbox.id}"
}
{% endif %}
