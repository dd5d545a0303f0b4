"""A mail's HTML as a document of its own: in a sandboxed frame of the console, or in a browser by the link in the mail.

It is untrusted: its author wrote it, and its values come from anywhere. So it has no scripts, no forms and not our origin, only its inline
style, its images and its fonts.
"""

from __future__ import annotations

from functions.http.responses import HtmlPage

_HEADERS = {
    "content-type": "text/html;charset=utf-8",
    "cache-control": "no-store",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=()",
    "referrer-policy": "no-referrer",  # its address may be a secret: the link in the mail is
    "x-content-type-options": "nosniff",
    "x-frame-options": "SAMEORIGIN",
    "x-robots-tag": "noindex",
}


def mail_document(html: str, images_url: str) -> HtmlPage:
    """`images_url`: the stage's images. Those of the local stack have no TLS."""
    images = f"{images_url} " if images_url.startswith("http:") else ""
    policy = (
        "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; "
        f"img-src https: {images}data:; font-src https: data:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
    )
    return HtmlPage(html, _HEADERS | {"content-security-policy": policy}, 200)
