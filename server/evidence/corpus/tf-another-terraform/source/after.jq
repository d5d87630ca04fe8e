.terraform_version = "1.14.2" | .format_version = "1.3" | .news = {"from": "a later version", "list": [1, 2]}
