"""A send and its way to SES: what it is, its life, its mail, and how fast it may go."""
