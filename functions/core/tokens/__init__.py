"""SMTP tokens: credentials, and what they may do."""
