"""The HTML of a mail as a response of its own. Mail content is never trusted."""

from __future__ import annotations

import re

from aiohttp import web

from infra.local.mailbox.store import StoredMail

# The mail's own HTML: pictures and styles from anywhere, so that it looks and is tracked as in a mail client;
# no script, no form, an opaque origin. Its links may open in new tabs.
BODY_POLICY = (
    "default-src 'none'; img-src http: https: data:; media-src http: https:; style-src 'unsafe-inline' http: https:; "
    "font-src http: https: data:; form-action 'none'; base-uri 'none'; frame-ancestors 'self'; "
    "sandbox allow-popups allow-popups-to-escape-sandbox"
)
QUIET = {"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer"}
_HEAD = re.compile(r"(?i)<head(?:\s[^>]*)?>|<html(?:\s[^>]*)?>|<!doctype[^>]*>")


def html_response(mail: StoredMail, *, new_tabs: bool) -> web.Response:
    """Returns the HTML part as sent, except that `cid:` pictures come from this server. `new_tabs`: links open in a new tab."""
    html = mail.reading.html
    for part in mail.reading.parts:
        if part.content_id:
            html = html.replace(f"cid:{part.content_id}", f"/mail/{mail.id}/part/{part.id}")
    return web.Response(
        text=_with_new_tabs(html) if new_tabs else html,
        content_type="text/html",
        headers={"Content-Security-Policy": BODY_POLICY, **QUIET},
    )


def _with_new_tabs(html: str) -> str:
    heads = list(_HEAD.finditer(html[:4096]))
    place = heads[-1].end() if heads else 0
    return html[:place] + '<base target="_blank">' + html[place:]
