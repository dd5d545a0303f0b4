"""Check an author's document before it is stored or published."""

from __future__ import annotations

from typing import Any

import msgspec

from functions.core.emails.document_fields import READ_ONLY
from functions.core.emails.email import Subcategory
from functions.core.emails.email_document import head_of
from functions.core.emails.merge_patch import DEPTH_MAX, JSON, too_deep
from functions.core.errors import FieldError, Rejected

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
    """Raises Rejected if publishing would send to lists."""
    if document.get("subcategory") == Subcategory.BATCH and document.get("sendOnPublish"):
        message = "cannot be true: sending to lists is not supported. Use false, or make it a single_send_api email"
        raise Rejected([FieldError("sendOnPublish", message, "UNSUPPORTED")])
