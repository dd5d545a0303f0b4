"""The fields of a form whose session ended before it was sent. The answer keeps them in the page, and stores nothing."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

from functions.pages.security import SAME_ORIGIN

SIZE_MAX = 500_000  # octets of a body
_FORM = "application/x-www-form-urlencoded"
_SECRET = frozenset({"csrf", "password", "current", "again", "code", "secret", "token", "key"})


def fields_of(event: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Returns none if the form is not one of our own page, has a file, or is large. Passwords and secrets are not kept."""
    sent = event.get("headers") or {}
    is_form = sent.get("content-type", "").lower().startswith(_FORM)
    if event["requestContext"]["http"]["method"] != "POST" or not is_form or sent.get("sec-fetch-site") != SAME_ORIGIN:
        return []
    try:
        body = event.get("body") or ""
        text = base64.b64decode(body).decode("utf-8", "replace") if event.get("isBase64Encoded") else body
        fields = parse_qsl(text, keep_blank_values=True) if len(text) <= SIZE_MAX else []
    except (binascii.Error, ValueError):
        return []
    return [(name, value) for name, value in fields if name not in _SECRET]
