"""SMTP tokens: their credentials and their permissions."""
