"""Pages for people: whole HTML documents without scripts, images or other resources."""

from __future__ import annotations

import base64
import hashlib
from html import escape

from functions.routes.http.responses import HtmlPage

_STYLE = (
    "body{font:1rem/1.5 system-ui,sans-serif;max-width:32rem;margin:4rem auto;padding:0 1rem;color:#1f2933;background:#fff}"
    "label{display:block;margin:.5rem 0}"
    "button{font:inherit;margin-top:1rem;padding:.6rem 1.2rem;border:0;border-radius:.4rem;background:#1a56db;color:#fff;cursor:pointer}"
    "@media(prefers-color-scheme:dark){body{color:#e5e7eb;background:#111827}}"
)
_STYLE_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
_HEADERS = {
    "content-type": "text/html;charset=utf-8",
    "content-security-policy": f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'",
    "cache-control": "no-store",
    "referrer-policy": "no-referrer",  # the address of a page may be a secret: an unsubscribe link is
    "x-content-type-options": "nosniff",
    "x-robots-tag": "noindex",
}


def page(title: str, body: str, status: int = 200) -> HtmlPage:
    """`title` is plain text, `body` is HTML."""
    escaped = escape(title)
    head = f'<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{escaped}</title>'
    return HtmlPage(
        f'<!doctype html><html lang="en"><head>{head}<style>{_STYLE}</style></head>'
        f"<body><main><h1>{escaped}</h1>{body}</main></body></html>",
        _HEADERS,
        status,
    )
