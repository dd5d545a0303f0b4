"""The part of Mailpit's HTTP API v1 that test suites use, in Mailpit's shapes."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, tzinfo
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from aiohttp import web

from infra.local.mailbox import search
from infra.local.mailbox.reading import Address, Attachment
from infra.local.mailbox.store import Mail, Mailbox

JSON = dict[str, Any]

DEFAULT_LIMIT = 50
# Types a browser would run or style a page with: given out as a download only.
ACTIVE_TYPES = {
    "application/xhtml+xml", "application/xml", "image/svg+xml", "text/html", "text/xml", "text/xsl", "application/javascript",
    "text/javascript", "application/pdf",
}  # fmt: skip


class MailpitApi:
    def __init__(self, mailbox: Mailbox) -> None:
        self._mailbox = mailbox

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/api/v1/info", self.info),
            web.get("/api/v1/messages", self.messages),
            web.put("/api/v1/messages", self.set_read),
            web.delete("/api/v1/messages", self.delete),
            web.get("/api/v1/search", self.search),
            web.delete("/api/v1/search", self.delete_found),
            web.get("/api/v1/message/{id}", self.message),
            web.get("/api/v1/message/{id}/headers", self.headers),
            web.get("/api/v1/message/{id}/raw", self.raw),
            web.get("/api/v1/message/{id}/part/{part}", self.part),
        ]

    async def info(self, _request: web.Request) -> web.Response:
        mails = self._mailbox.all()
        return web.json_response(
            {
                "Version": "staffetta-local",
                "LatestVersion": "",
                "Database": "memory",
                "DatabaseSize": sum(len(mail.raw) for mail in mails),
                "Messages": len(mails),
                "Unread": sum(not mail.seen for mail in mails),
                "Tags": _tags(mails),
            }
        )

    async def messages(self, request: web.Request) -> web.Response:
        mails = self._mailbox.all()
        return _page(request, mails, mails)

    async def search(self, request: web.Request) -> web.Response:
        return _page(request, self._mailbox.all(), self._found(request))

    async def message(self, request: web.Request) -> web.Response:
        """One mail whole; to look at it is to have read it."""
        mail = self._mail(request)
        self._mailbox.mark([mail.id], seen=True)
        return web.json_response(_whole(mail))

    async def headers(self, request: web.Request) -> web.Response:
        named: dict[str, list[str]] = {}
        for name, value in self._mail(request).reading.headers:
            named.setdefault(name.title(), []).append(value)
        return web.json_response(dict(sorted(named.items())))

    async def raw(self, request: web.Request) -> web.Response:
        mail = self._mail(request)
        disposition = f'attachment; filename="{mail.id}.eml"' if request.query.get("dl") == "1" else "inline"
        return web.Response(
            body=mail.raw,
            content_type="text/plain",
            charset="utf-8",
            headers={"Content-Disposition": disposition, **SAFE},
        )

    async def part(self, request: web.Request) -> web.Response:
        return part_response(self._mail(request), request.match_info["part"])

    async def set_read(self, request: web.Request) -> web.Response:
        body = await _json_body(request)
        self._mailbox.mark(self._chosen(body), seen=bool(body.get("read")))
        return web.Response(text="ok")

    async def delete(self, request: web.Request) -> web.Response:
        self._mailbox.delete(self._chosen(await _json_body(request)))
        return web.Response(text="ok")

    async def delete_found(self, request: web.Request) -> web.Response:
        self._mailbox.delete([mail.id for mail in self._found(request)])
        return web.Response(text="ok")

    def _mail(self, request: web.Request) -> Mail:
        wanted = request.match_info["id"]
        mail = next(iter(self._mailbox.all()), None) if wanted == "latest" else self._mailbox.get(wanted)
        if mail is None:
            raise web.HTTPNotFound(text="Message not found")
        return mail

    def _found(self, request: web.Request) -> list[Mail]:
        query = request.query.get("query", "").strip()
        if not query:
            raise web.HTTPBadRequest(text="Error: no search query")
        try:
            holds = search.parse(query, _zone(request))
        except ValueError as fault:
            raise web.HTTPBadRequest(text=f"Error: {fault}") from None
        return [mail for mail in self._mailbox.all() if holds(mail)]

    def _chosen(self, body: JSON) -> list[str]:
        """The ids a request names, or all mails when it names none."""
        return body.get("ids") or [mail.id for mail in self._mailbox.all()]


SAFE = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "cross-origin",
}
"""Headers of content that came by mail: never sniffed, never run."""


def part_response(mail: Mail, part_id: str) -> web.Response:
    """An attachment or inline image. What a browser could run is a download of unknown type."""
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


def _page(request: web.Request, mails: Sequence[Mail], found: Sequence[Mail]) -> web.Response:
    start = _number(request, "start", 0)
    shown = found[start : start + _number(request, "limit", DEFAULT_LIMIT)]
    return web.json_response(
        {
            "total": len(mails),
            "unread": sum(not mail.seen for mail in mails),
            "count": len(shown),
            "messages_count": len(found),
            "messages_unread": sum(not mail.seen for mail in found),
            "start": start,
            "tags": sorted(_tags(mails)),
            "messages": [_summary(mail) for mail in shown],
        }
    )


def _summary(mail: Mail) -> JSON:
    reading = mail.reading
    return {
        **_people(mail),
        "ID": mail.id,
        "MessageID": reading.message_id,
        "Read": mail.seen,
        "Subject": reading.subject,
        "Created": _time(mail.received),
        "Username": "",
        "Tags": list(mail.tags),
        "Size": len(mail.raw),
        "Attachments": len(reading.attachments),
        "Snippet": reading.snippet,
    }


def _whole(mail: Mail) -> JSON:
    reading = mail.reading
    return {
        **_people(mail),
        "ID": mail.id,
        "MessageID": reading.message_id,
        "ReturnPath": reading.return_path,
        "Subject": reading.subject,
        "ListUnsubscribe": {"Header": "", "Links": None, "Errors": "", "HeaderPost": ""},
        "Date": _time(reading.date or mail.received),
        "Tags": list(mail.tags),
        "Username": "",
        "Text": reading.text,
        "HTML": reading.html,
        "Size": len(mail.raw),
        "Inline": [_attachment(part) for part in reading.inline],
        "Attachments": [_attachment(part) for part in reading.attachments],
    }


def _people(mail: Mail) -> JSON:
    roles = search.addresses_of(mail)
    return {
        "From": _address(mail.reading.sender),
        **{
            name: [_address(address) for address in roles[role]]
            for name, role in (("To", "to"), ("Cc", "cc"), ("Bcc", "bcc"), ("ReplyTo", "reply-to"))
        },
    }


def _address(address: Address) -> JSON:
    return {"Name": address.name, "Address": address.address}


def _attachment(part: Attachment) -> JSON:
    return {
        "PartID": part.id,
        "FileName": part.file_name,
        "ContentType": part.content_type,
        "ContentID": part.content_id,
        "Size": len(part.content),
        "Checksums": {
            "MD5": hashlib.md5(part.content, usedforsecurity=False).hexdigest(),
            "SHA1": hashlib.sha1(part.content, usedforsecurity=False).hexdigest(),
            "SHA256": hashlib.sha256(part.content).hexdigest(),
        },
    }


def _tags(mails: Iterable[Mail]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for mail in mails:
        for tag in mail.tags:
            counts[tag] = counts.get(tag, 0) + 1
    return counts


def _time(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _number(request: web.Request, name: str, default: int) -> int:
    text = request.query.get(name, "")
    return int(text) if text.isascii() and text.isdigit() else default


def _zone(request: web.Request) -> tzinfo:
    try:
        return ZoneInfo(request.query.get("tz") or "UTC")
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise web.HTTPBadRequest(text=f"Error: unknown time zone {request.query['tz']!r}") from None


async def _json_body(request: web.Request) -> JSON:
    """The body with lower-case names, as Mailpit reads them without regard to case; no body is an empty one."""
    text = await request.text()
    try:
        body = json.loads(text or "{}")
    except ValueError as fault:
        raise web.HTTPBadRequest(text=f"Error: {fault}") from None
    named = {name.lower(): value for name, value in body.items()} if isinstance(body, dict) else None
    ids = [] if named is None else named.get("ids") or []
    if named is None or not isinstance(ids, list) or not all(isinstance(one, str) for one in ids):
        raise web.HTTPBadRequest(text='Error: the body must be like {"IDs": ["..."]}')
    return named
