"""Contacts, and their consent."""
