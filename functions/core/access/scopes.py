"""Scopes: what a key, or a person in the console, may do. `reports` only reads; every other scope also changes something."""

from __future__ import annotations

TRANSACTIONAL_EMAIL = "transactional-email"
MARKETING_EMAIL = "marketing-email"
CONTENT = "content"
CONTACT_DATA = "contacts"
ACCOUNT = "account"
REPORTS = "reports"
SCOPES = (TRANSACTIONAL_EMAIL, MARKETING_EMAIL, CONTENT, CONTACT_DATA, ACCOUNT, REPORTS)
