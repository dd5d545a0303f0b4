"""Errors as a person reads them: a field by its label on the page, and a message in their language.

Steps report errors in English, with the names of the API. A message that is not listed stays in English.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from functions.i18n.marks import N_
from functions.i18n.sentences import Sentences

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
    "emailAddress": N_("Email address"),
    "subscriberIdString": N_("Email address"),
    "properties.email": N_("Email address"),
    "password": N_("Password"),
    "current": N_("Current password"),
    "again": N_("The same again"),
    "code": N_("Code"),
    "zone": N_("Time zone"),
    "role": N_("Role"),
    "scopes": N_("Scopes"),
    "columnMappings": N_("Columns"),
    "file": N_("File"),
    "files": N_("File"),
    "to.file": N_("File"),
    "list": N_("List"),
    "listId": N_("List"),
    "lists": N_("Lists"),
    "emails": N_("Addresses"),
    "contact": N_("Contact"),
    "contacts": N_("Addresses"),
    "to": N_("To"),
    "send_at": N_("Day and time"),
    "sendAt": N_("Day and time"),
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
}
_MESSAGES = (
    N_("must be one line of at most %(most)s characters"),
    N_("must be text of %(least)s to %(most)s characters"),
    N_("must be 1 to %(most)s printable characters"),
    N_("must be 1 to %(most)s printable characters, for example the purpose of the key"),
    N_("must have 1 to %(most)s printable characters: what the token is for"),
    N_("must be a text of at most %(most)s printable characters"),
    N_("must have at most %(most)s characters"),
    N_("must be one line"),
    N_("must have 1 to %(most)s lower-case letters, digits and underscores"),
    N_("must be at most %(most)s options"),
    N_("must be one of %(options)s, not %(text)s"),
    N_("an enumeration needs at least one option"),
    N_("a %(type)s has no options"),
    N_("the value %(value)s is there twice"),
    N_("a value must not contain a semicolon, which separates the options of a checkbox"),
    N_("there is a contact property %(name)s already"),
    N_("there are %(most)s contact properties already, which is the most: delete one of them"),
    N_("the filters of the list %(lists)s use %(name)s: change them first"),
    N_("%(name)s is built in: it cannot be changed"),
    N_("must not contain line breaks or other control characters"),
    N_("must be an <address>"),
    N_("must be an address without a name"),
    N_("is required: a contact's key is its address"),
    N_("is missing: the address that the email comes from"),
    N_("is empty: an email needs a subject"),
    N_("is not a language: use a code such as de, it or pt-br"),
    N_("is a language of this email already"),
    N_("is no time zone"),
    N_("needs %(least)s to %(most)s characters, without space around them"),
    N_("or email address is wrong"),
    N_("too many attempts: wait %(minutes)s minutes, or reset your password"),
    N_("is wrong: enter the one that your app shows now"),
    N_("came too late: sign in again"),
    N_("is right, and you have a second factor already: remove it first"),
    N_("must be a CSV file"),
    N_("must be a CSV file of at most 4 MB; JavaScript uploads a larger one"),
    N_("is not stored any more: choose it again"),
    N_("the file has no readable first line"),
    N_("one column must be the email"),
    N_("%(count)s columns are the property %(property)s: leave all but one out, with a mapping of each"),
    N_("there is no contact %(contact)s: import it first"),
    N_("must be 1 to %(most)s addresses"),
    N_("choose at least one list or a file, or enter addresses"),
    N_("names no recipient: choose lists, contacts or a file"),
    N_("enter a day and a time"),
    N_("is more than a year ahead"),
    N_("must be a number like 12 or 3.5, not %(text)s"),
    N_("must be a date like 2026-01-31, not %(text)s"),
    N_("must be a time like 2026-01-31T09:00:00Z, not %(text)s"),
    N_("must be true or false, not %(text)s"),
    N_("needs at least one condition: without one, every contact would be in the list"),
    N_("must be the number of an email: its page has it"),
    N_("must be the user name of an SMTP token"),
    N_("must be a subdomain of %(domain)s"),
    N_("must be one of the choices"),
    N_("there is no partial %(partial)s"),
    N_("is not HubL: this tag has no end"),
    N_("has an address that is not https: %(address)s"),
    N_("has images, and %(count)s characters of text: spam filters expect at least %(least)s"),
    N_("prints %(property)s, which a contact may lack: %(advice)s"),
    N_("takes %(size)s bytes; %(most)s can be stored"),
)
_CATALOGUE = Sentences(_MESSAGES)
_TRANSLATION = re.compile(r"content\.translations\.([^.]+)\.(.+)")
_PROPERTY = re.compile(r"properties\.(\w+)")
Gettext = Callable[[str], str]


def label_of(field: str, gettext: Gettext) -> str:
    """'content.translations.de.mjml' → 'Body (de)'. An unknown field has its own name."""
    if translation := _TRANSLATION.fullmatch(field):
        own = translation[2] if translation[2] == "subject" else f"content.{translation[2]}"
        return f"{label_of(own, gettext)} ({translation[1]})"
    if field in _LABELS:
        return gettext(_LABELS[field])
    contact = _PROPERTY.fullmatch(field)
    return contact[1] if contact else field


def message_of(message: str, gettext: Gettext) -> str:
    """Returns the message in the person's language, with its own values."""
    match = _CATALOGUE.find(message)
    if match is None:
        return message
    text, values = match
    return gettext(text) % values if values else gettext(text)
