"""Our own links in a rendered mail. Each delivery reads them, so this module imports no compiler."""

from __future__ import annotations

import re
from collections.abc import Collection

from functions.core.templates.markup import LINK, MarkupSpan, attribute_list

NO_TRACK = "ses:no-track"  # SES's attribute of a link that it does not track


def untracked(html: str, secrets: Collection[str]) -> str:
    """Returns HTML where SES does not track a link that has a secret: SES would report the secret back with each click."""
    if not any(secret in html for secret in secrets):
        return html

    def opted_out(link: re.Match[str]) -> str:
        tag = link[0]
        return tag if not any(secret in tag for secret in secrets) or _opts_out(tag) else f"<a {NO_TRACK}{tag[2:]}"

    return LINK.sub(opted_out, html)


def _opts_out(tag: str) -> bool:
    return any(one.name == NO_TRACK for one in attribute_list(tag, MarkupSpan("open", 0, len(tag), "a")))
