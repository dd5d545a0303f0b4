"""SES's SMTP endpoint."""
