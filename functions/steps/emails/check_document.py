"""Check an author's document before it is stored or published."""

from __future__ import annotations

from typing import Any

import msgspec

from functions.core.emails.document_fields import READ_ONLY
from functions.core.emails.email import Subcategory
from functions.core.emails.email_document import head_of
from functions.core.emails.merge_patch import DEPTH_MAX, JSON, too_deep
from functions.core.errors import FieldError, Rejected

RECIPIENT_FIELDS = ("contactIlsLists", "contactLists", "contactIds")  # of an email's `to`
DOCUMENT_MAX = 390_000  # bytes of JSON: DynamoDB's item holds 400 KB


def check_document(document: JSON) -> dict[str, Any]:
    """Returns the part of the document that is stored. Raises Rejected."""
    check_depth(document)
    stored = {name: value for name, value in document.items() if name not in READ_ONLY and value is not None}
    head_of(stored)
    if (size := len(msgspec.json.encode(stored))) > DOCUMENT_MAX:
        raise Rejected(
            [FieldError("body", f"the email takes {size:,} bytes as JSON; {DOCUMENT_MAX:,} can be stored", "TOO_LARGE")]
        )
    return stored


def check_depth(document: JSON) -> None:
    """Raises Rejected."""
    if too_deep(document):
        raise Rejected([FieldError("body", f"is nested deeper than {DEPTH_MAX} levels")])


def check_publishable(document: JSON) -> None:
    """Raises Rejected if publishing would send to no recipient."""
    is_batch = document.get("subcategory") == Subcategory.BATCH
    if is_batch and document.get("sendOnPublish") and not names_recipients(document):
        message = "names no list and no contact, to which sendOnPublish sends: choose some, or use false"
        raise Rejected([FieldError("to", message, "REQUIRED_FIELD")])


def names_recipients(document: JSON) -> bool:
    """Returns whether a document's `to` includes lists or contacts."""
    to = document.get("to")
    parts = (to.get(name) for name in RECIPIENT_FIELDS) if isinstance(to, dict) else ()
    return any(isinstance(part, dict) and part.get("include") for part in parts)
