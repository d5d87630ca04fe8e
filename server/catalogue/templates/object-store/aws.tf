{% if cloud == "aws" %}
locals {
  tags = {
    Environment        = {{ tier }}
    Owner              = {{ owner_email }}
    CostCenter         = {{ cost_centre }}
    DataClassification = {{ data_classification }}
  }
}

data "aws_caller_identity" "current" {}

# Names of buckets are shared by everybody: the account number makes this one ours.
resource "aws_s3_bucket" "this" {
  bucket              = "${substr({{ environment_name ~ "-" ~ tier }}, 0, 50)}-${data.aws_caller_identity.current.account_id}"
  force_destroy       = {{ tier == "development" }}
  object_lock_enabled = {{ lock }}
  tags                = local.tags
{% if tier == "production" %}

  lifecycle {
    prevent_destroy = true
  }
{% endif %}
}

resource "aws_s3_bucket_server_side_encryption_configuration" "this" {
  bucket = aws_s3_bucket.this.id

  rule {
    bucket_key_enabled = true

    apply_server_side_encryption_by_default {
      sse_algorithm = "aws:kms"
    }
  }
}

resource "aws_s3_bucket_public_access_block" "this" {
  bucket                  = aws_s3_bucket.this.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_ownership_controls" "this" {
  bucket = aws_s3_bucket.this.id

  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

resource "aws_s3_bucket_policy" "tls" {
  bucket = aws_s3_bucket.this.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "OnlyEncryptedConnections"
      Effect    = "Deny"
      Principal = "*"
      Action    = "s3:*"
      Resource  = [aws_s3_bucket.this.arn, "${aws_s3_bucket.this.arn}/*"]
      Condition = { Bool = { "aws:SecureTransport" = "false" } }
    }]
  })
}

resource "aws_s3_bucket_versioning" "this" {
  bucket = aws_s3_bucket.this.id

  versioning_configuration {
    status = {{ "Enabled" if versions or tier == "production" else "Suspended" }}
  }
}

resource "aws_s3_bucket_lifecycle_configuration" "this" {
  bucket = aws_s3_bucket.this.id

  rule {
    id     = "clean-up"
    status = "Enabled"

    filter {}

    abort_incomplete_multipart_upload {
      days_after_initiation = 7
    }

    noncurrent_version_expiration {
      noncurrent_days = 30
    }
{% if access == "seldom" and not (expire and expire_days <= 30) %}

    transition {
      days          = 30
      storage_class = "STANDARD_IA"
    }
{% endif %}
{% if expire %}

    expiration {
      days = {{ expire_days }}
    }
{% endif %}
  }
}
{% if lock %}

resource "aws_s3_bucket_object_lock_configuration" "this" {
  bucket = aws_s3_bucket.this.id

  rule {
    default_retention {
      mode = "COMPLIANCE"
      days = {{ lock_days }}
    }
  }
}
{% endif %}

output "bucket" {
  value = aws_s3_bucket.this.bucket
}
{% endif %}
