"""A starter: an automation that is ready to publish, with its emails and the properties of contacts that it reads."""

from __future__ import annotations

from msgspec import Struct

from functions.core.contacts.property_definitions import PropertyDefinition
from functions.core.emails.email import EmailDraft


class AutomationStarter(Struct, frozen=True, kw_only=True):
    name: str
    title: str  # for people
    description: str
    text: str  # the definition
    emails: tuple[EmailDraft, ...]
    properties: tuple[PropertyDefinition, ...] = ()
