"""Whom we mail, and whether they want it."""
