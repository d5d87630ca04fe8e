{% if cloud == "aws" %}
locals {
  name = {{ environment_name }}
  # Names of load balancers and target groups have at most 32 characters and end with a letter or digit.
  short = length(local.name) <= 32 ? local.name : "${trimsuffix(substr(local.name, 0, 23), "-")}-${substr(sha256(local.name), 0, 8)}"
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

resource "aws_security_group" "balancer" {
  name_prefix = "${local.name}-balancer-"
  description = "People to the load balancer"
  vpc_id      = data.aws_vpc.platform.id
  tags        = local.tags

  ingress {
    description = "From inside the company's network"
    from_port   = {{ 80 if tier == "development" else 443 }}
    to_port     = {{ 80 if tier == "development" else 443 }}
    protocol    = "tcp"
    cidr_blocks = [data.aws_vpc.platform.cidr_block]
  }

  egress {
    description = "To the instances"
    from_port   = {{ port }}
    to_port     = {{ port }}
    protocol    = "tcp"
    cidr_blocks = [data.aws_vpc.platform.cidr_block]
  }
}

resource "aws_security_group" "service" {
  name_prefix = "${local.name}-service-"
  description = "Load balancer to the instances"
  vpc_id      = data.aws_vpc.platform.id
  tags        = local.tags

  ingress {
    description     = "From the load balancer"
    from_port       = {{ port }}
    to_port         = {{ port }}
    protocol        = "tcp"
    security_groups = [aws_security_group.balancer.id]
  }

  egress {
    description = "Images, secrets and the database"
    from_port   = 0
    to_port     = 0
    protocol    = "-1"
    cidr_blocks = ["0.0.0.0/0"]
  }
}

resource "aws_security_group" "database" {
  name_prefix = "${local.name}-database-"
  description = "Instances to the database"
  vpc_id      = data.aws_vpc.platform.id
  tags        = local.tags

  ingress {
    description     = "From the instances"
    from_port       = 5432
    to_port         = 5432
    protocol        = "tcp"
    security_groups = [aws_security_group.service.id]
  }
}

resource "aws_lb" "service" {
  name               = local.short
  internal           = true
  load_balancer_type = "application"
  security_groups    = [aws_security_group.balancer.id]
  subnets            = data.aws_subnets.private.ids
  tags               = local.tags

  drop_invalid_header_fields = true
  enable_deletion_protection = {{ tier == "production" }}
}

resource "aws_lb_target_group" "service" {
  name     = local.short
  port     = {{ port }}
  protocol = "HTTP"
  vpc_id   = data.aws_vpc.platform.id
  tags     = local.tags

  health_check {
    path    = {{ health_path or "/" }}
    matcher = "200"
  }
}

{% if hostname %}
data "aws_acm_certificate" "service" {
  domain      = {{ hostname }}
  statuses    = ["ISSUED"]
  most_recent = true
}

resource "aws_lb_listener" "service" {
  load_balancer_arn = aws_lb.service.arn
  port              = 443
  protocol          = "HTTPS"
  ssl_policy        = "ELBSecurityPolicy-TLS13-1-2-2021-06"
  certificate_arn   = data.aws_acm_certificate.service.arn
  tags              = local.tags

  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.service.arn
  }
}
{% else %}
resource "aws_lb_listener" "service" {
  load_balancer_arn = aws_lb.service.arn
  port              = 80
  protocol          = "HTTP"
  tags              = local.tags

  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.service.arn
  }
}
{% endif %}

resource "aws_iam_role" "service" {
  name_prefix = "${local.short}-"
  tags        = local.tags

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Action    = "sts:AssumeRole"
      Effect    = "Allow"
      Principal = { Service = "ec2.amazonaws.com" }
    }]
  })
}

resource "aws_iam_role_policy" "secret" {
  name = "read-database-secret"
  role = aws_iam_role.service.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Action   = "secretsmanager:GetSecretValue"
      Effect   = "Allow"
      Resource = aws_secretsmanager_secret.database.arn
    }]
  })
}

resource "aws_iam_instance_profile" "service" {
  name_prefix = "${local.short}-"
  role        = aws_iam_role.service.name
  tags        = local.tags
}

resource "aws_launch_template" "service" {
  name_prefix            = "${local.name}-"
  image_id               = data.aws_ssm_parameter.machine_image.value
  instance_type          = {{ machine.aws[size] }}
  vpc_security_group_ids = [aws_security_group.service.id]
  tags                   = local.tags

  user_data = base64encode(join("\n", [
    "#!/bin/bash",
    "set -eu",
    "dnf install -y docker",
    "systemctl enable --now docker",
    "docker run --detach --restart always --publish {{ port }}:{{ port }} --env DATABASE_HOST=${aws_db_instance.database.address} --env DATABASE_SECRET=${aws_secretsmanager_secret.database.arn} ${local.image}",
  ]))

  iam_instance_profile {
    arn = aws_iam_instance_profile.service.arn
  }

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

locals {
  image = {{ image }}
}

resource "aws_autoscaling_group" "service" {
  name_prefix         = "${local.name}-"
  min_size            = {{ instances }}
  max_size            = {{ instances + 1 }}
  desired_capacity    = {{ instances }}
  vpc_zone_identifier = data.aws_subnets.private.ids
  target_group_arns   = [aws_lb_target_group.service.arn]
  health_check_type   = "ELB"

  launch_template {
    id      = aws_launch_template.service.id
    version = aws_launch_template.service.latest_version
  }

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
}

resource "aws_db_subnet_group" "database" {
  name_prefix = "${local.name}-"
  subnet_ids  = data.aws_subnets.private.ids
  tags        = local.tags
}

# Written to the secret and to the database, and kept in no state file. Raise both versions to change it.
ephemeral "random_password" "database" {
  length  = 40
  special = false
}

resource "aws_secretsmanager_secret" "database" {
  name_prefix = "${local.name}-database-"
  description = "Password of the user app"
  tags        = local.tags
}

resource "aws_secretsmanager_secret_version" "database" {
  secret_id                = aws_secretsmanager_secret.database.id
  secret_string_wo         = ephemeral.random_password.database.result
  secret_string_wo_version = 1
}

resource "aws_db_instance" "database" {
  identifier     = local.name
  engine         = "postgres"
  engine_version = {{ db_version }}
  instance_class = {{ database.aws[db_size] }}
  tags           = local.tags

  allocated_storage = {{ db_storage_gb }}
  storage_type      = "gp3"
  storage_encrypted = true

  db_name             = "app"
  username            = "app"
  password_wo         = ephemeral.random_password.database.result
  password_wo_version = 1

  db_subnet_group_name   = aws_db_subnet_group.database.name
  vpc_security_group_ids = [aws_security_group.database.id]
  publicly_accessible    = false

  multi_az                  = {{ high_availability }}
  backup_retention_period   = {{ backup_days or 7 }}
  copy_tags_to_snapshot     = true
  deletion_protection       = {{ tier == "production" }}
  skip_final_snapshot       = {{ tier != "production" }}
  final_snapshot_identifier = {{ environment_name ~ "-final" if tier == "production" else none }}
{% if maintenance_window %}

  maintenance_window = {{ window[maintenance_window].aws }}
{% endif %}
}
{% if read_replicas %}

resource "aws_db_instance" "replica" {
  count = {{ read_replicas }}

  identifier          = "${local.name}-replica-${count.index + 1}"
  replicate_source_db = aws_db_instance.database.identifier
  instance_class      = {{ database.aws[db_size] }}
  storage_encrypted   = true
  publicly_accessible = false
  skip_final_snapshot = true
  tags                = local.tags

  vpc_security_group_ids = [aws_security_group.database.id]
}
{% endif %}

output "address" {
  description = "Where the service answers inside the network."
  value       = {{ "https://" ~ hostname if hostname else none }}
}

output "load_balancer" {
  description = "Name to point the host name at."
  value       = aws_lb.service.dns_name
}
{% endif %}
