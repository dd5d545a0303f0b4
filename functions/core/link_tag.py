"""The tag of a link whose address differs by recipient: `ses:tags` in the mail, `linkTags` in SES's clicks. It has the link as the template
wrote it, so that all recipients' clicks count as one link.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from typing import Any

NAME = "staffetta_link"
_OCTETS_MAX = 189  # 252 characters in base64: SES's tags have at most 255, of letters, digits, "-" and "_"


def encoded(pattern: str) -> str:
    """Returns the tag's value. The end of a long pattern is cut off."""
    octets = pattern.encode()[:_OCTETS_MAX].decode(errors="ignore").encode()
    return base64.urlsafe_b64encode(octets).decode().rstrip("=")


def pattern_of(link_tags: Any) -> str:
    """Returns the pattern from a click's tags, or nothing if it has none of ours."""
    values = link_tags.get(NAME) if isinstance(link_tags, Mapping) else None
    if not isinstance(values, list) or not values:
        return ""
    text = str(values[0])
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True).decode()
    except (binascii.Error, ValueError):
        return ""
