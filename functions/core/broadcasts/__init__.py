"""A broadcast: one email, sent once to many."""
