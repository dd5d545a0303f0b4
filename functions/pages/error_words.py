"""Errors as a person reads them: a field by its label on the page, and a message in their language, with its numbers and times.

Steps report errors in English, with the names of the API. `make texts` collects their messages for the catalogues.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache

from functions.i18n.catalogs import error_messages
from functions.i18n.marks import N_
from functions.pages import formats
from functions.pages.message_pattern import VALUE, MessagePattern, read_pattern

_LABELS = {
    "name": N_("Name"),
    "subject": N_("Subject"),
    "content": N_("Content"),
    "content.html": N_("Body"),
    "content.mjml": N_("Body"),
    "content.plainTextVersion": N_("Text part"),
    "content.previewText": N_("Preview text"),
    "content.sample": N_("Sample data"),
    "from": N_("From address"),
    "from.replyTo": N_("From address"),
    "from.fromName": N_("From name"),
    "from.customReplyTo": N_("Reply-to address"),
    "from_name": N_("From name"),
    "reply_to": N_("Reply-to address"),
    "subscription": N_("Subscription type"),
    "subscriptionDetails.subscriptionId": N_("Subscription type"),
    "subscriptionId": N_("Subscription type"),
    "language": N_("Language"),
    "new_language": N_("Another language"),
    "campaign": N_("Campaign"),
    "email": N_("Email"),
    "emailId": N_("Email"),
    "emailAddress": N_("Email address"),
    "subscriberIdString": N_("Email address"),
    "properties.email": N_("Email address"),
    "password": N_("Password"),
    "current": N_("Current password"),
    "again": N_("The same again"),
    "code": N_("Code"),
    "zone": N_("Time zone"),
    "timeZone": N_("Time zone"),
    "role": N_("Role"),
    "scopes": N_("Scopes"),
    "columnMappings": N_("Columns"),
    "file": N_("File"),
    "files": N_("File"),
    "to.file": N_("File"),
    "list": N_("List"),
    "listId": N_("List"),
    "lists": N_("Lists"),
    "newList": N_("New list"),
    "emails": N_("Addresses"),
    "contact": N_("Contact"),
    "contacts": N_("Addresses"),
    "to": N_("To"),
    "send_at": N_("Day and time"),
    "sendAt": N_("Day and time"),
    "when": N_("When"),
    "url": N_("Address"),
    "eventTypes": N_("Events"),
    "description": N_("Description"),
    "purpose": N_("Purpose"),
    "label": N_("Label"),
    "groupName": N_("Group"),
    "kind": N_("Kind"),
    "fieldType": N_("Kind"),
    "options": N_("Options"),
    "defaultValue": N_("Value of a new contact"),
    "definition": N_("Definition"),
    "reason": N_("Reason"),
    "domain": N_("Domain"),
    "existing": N_("Domain that SES has already"),
    "mailFrom": N_("Return path"),
    "reports": N_("Address for DMARC reports"),
    "alt": N_("What the image shows"),
    "altText": N_("What the image shows"),
    "basis": N_("Legal basis"),
    "explanation": N_("Explanation"),
    "text": N_("Text"),
    "custom": N_("Data"),
    "own_data": N_("Data"),
    "key": N_("API key"),
    "token": N_("SMTP token"),
    "since": N_("From the day"),
    "until": N_("To the day"),
    "filterBranch": N_("Conditions"),
    "confirmed": N_("Confirmation"),
    "properties": N_("Properties"),
    "customProperties": N_("Data"),
    "after": N_("Page"),
    "trigger": N_("What starts it"),
    "enrollment": N_("How often"),
    "goal": N_("When it ends early"),
    "steps": N_("Steps"),
    "step": N_("Step"),
    "event": N_("Name of the event"),
    "property": N_("Property"),
    "value": N_("Value"),
    "was": N_("What happens to it"),
    "time": N_("Time"),
    "within": N_("Not opened within"),
    "at_most": N_("At most"),
    "offset": N_("When"),
    "weekdays": N_("On these days"),
    "percent": N_("Percent of the contacts"),
    "then": N_("Then it goes to"),
    "condition": N_("Condition"),
    "endpoint": N_("Webhook"),
    "automation": N_("Automation"),
    "source": N_("Source"),
    "detail_type": N_("Detail type"),
}
_TRANSLATION = re.compile(r"content\.translations\.([^.]+)\.(.+)")
_PROPERTY = re.compile(r"properties\.(\w+)")
_CONDITION_VALUE = re.compile(r"value-\d+-\d+")  # of a row: functions/pages/contacts/condition_rows.py
_DATA_CELL = re.compile(r"(?:contact|custom)Properties-\d+-\d+-\d+")  # functions/pages/emails/data_form.py
# Of an automation, as `s2-1-when-0` or `trigger-list_joined-list`: functions/core/automations/form.py.
_CONDITION = re.compile(r"(?:s\d+-\d+-|goal-)?when(?:-\d+)?")
_STEP_FIELD = re.compile(r"(?:s\d+|trigger-[a-z_]+|goal)-(?:\d+-)?([a-z_]+)(?:-count)?")
_STEP = re.compile(r"s\d+")
_STEP_OF_MAIL = re.compile(r"s\d+-step")  # the form chooses it by its email
_PATTERNS = (
    (_CONDITION_VALUE, N_("Value")),
    (_DATA_CELL, N_("Data")),
    (_STEP, N_("Step")),
    (_CONDITION, N_("Condition")),
    (_STEP_OF_MAIL, N_("Email")),
    (_STEP_FIELD, N_("Step")),
)
LENGTH_MAX = 1_000  # characters of a message that is matched: it may hold what a caller wrote
Gettext = Callable[[str], str]


def label_of(field: str, gettext: Gettext) -> str:
    """'content.translations.de.mjml' → 'Body (de)'. An unknown field has its own name."""
    if translation := _TRANSLATION.fullmatch(field):
        own = translation[2] if translation[2] == "subject" else f"content.{translation[2]}"
        return f"{label_of(own, gettext)} ({translation[1]})"
    if field in _LABELS:
        return gettext(_LABELS[field])
    for pattern, label in _PATTERNS:
        if match := pattern.fullmatch(field):
            return gettext(_LABELS.get(match[1], label) if match.groups() else label)
    contact = _PROPERTY.fullmatch(field)
    return contact[1] if contact else field


def message_of(message: str, language: str, zone: str) -> str:
    """Returns the message in the person's language, with its own values. A value may be a message itself, and so may each part at a colon."""
    if len(message) > LENGTH_MAX:
        return message
    for pattern, translated in _patterns(language):
        if (values := pattern.values(message)) is not None:
            return translated % {name: message_of(value, language, zone) for name, value in values.items()}
    beginning, colon, rest = message.partition(": ")
    if colon:
        return f"{message_of(beginning, language, zone)}: {message_of(rest, language, zone)}"
    return formats.in_message(message, language, zone)


@cache
def _patterns(language: str) -> list[tuple[MessagePattern, str]]:
    """Those with the most words of their own first: one with few may also match another's message."""
    by_words = sorted(error_messages(language), key=lambda pair: -len(VALUE.sub("", pair[0])))
    return [(read_pattern(text), translated) for text, translated in by_words]
