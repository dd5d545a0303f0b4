"""Moves the time of a local stack through everything that is due, and answers for it over HTTP."""
