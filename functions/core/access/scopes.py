"""Scopes: what a key, or a person in the console, may do."""

from __future__ import annotations

TRANSACTIONAL_EMAIL = "transactional-email"
MARKETING_EMAIL = "marketing-email"
CONTENT = "content"
CONTACT_DATA = "contacts"
ACCOUNT = "account"
SCOPES = (TRANSACTIONAL_EMAIL, MARKETING_EMAIL, CONTENT, CONTACT_DATA, ACCOUNT)
