"""SES's v2 API."""
