"""A send: its states, its mail, and the rate at which SES gets it."""
