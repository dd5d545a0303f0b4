"""The parts of a mail over HTTP, so that no browser runs one."""

from __future__ import annotations

from urllib.parse import quote

from aiohttp import web

from infra.local.mailbox.store import StoredMail

# Types that a browser would run, or use to style a page: served as a download only.
ACTIVE_TYPES = {
    "application/xhtml+xml", "application/xml", "image/svg+xml", "text/html", "text/xml", "text/xsl", "application/javascript",
    "text/javascript", "application/pdf",
}  # fmt: skip
SAFE = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "cross-origin",
}
"""Headers of content from a mail: browsers must not sniff or run it."""


def part_response(mail: StoredMail, part_id: str) -> web.Response:
    """Returns an attachment or inline image. Content that a browser could run is a download of unknown type."""
    part = mail.reading.part(part_id)
    if part is None:
        raise web.HTTPNotFound(text="Part not found")
    active = part.content_type in ACTIVE_TYPES
    disposition = "attachment" if active or not part.inline else "inline"
    return web.Response(
        body=part.content,
        content_type="application/octet-stream" if active else part.content_type,
        headers={"Content-Disposition": f"{disposition}; filename*=UTF-8''{quote(part.file_name, safe='')}", **SAFE},
    )
