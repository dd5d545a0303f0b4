"""Who may be mailed what: subscription types, statuses, and the links by which a person chooses."""
