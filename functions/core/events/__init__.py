"""SES's events of a mail, and what they mean."""
