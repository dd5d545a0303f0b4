"""What SES tells of a mail, and what it means."""
