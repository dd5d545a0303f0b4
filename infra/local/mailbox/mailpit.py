"""The part of Mailpit's HTTP API v1 that test suites use, in Mailpit's shapes."""

import base64
import json
import resource
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import tzinfo
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from aiohttp import web

from infra.local.mailbox import mailpit_send, mailpit_views, search
from infra.local.mailbox.mail_body import html_response
from infra.local.mailbox.mail_parts import ACTIVE_TYPES, SAFE, part_response
from infra.local.mailbox.store import Mailbox, StoredMail

JSON = dict[str, Any]

DEFAULT_LIMIT = 50
PIXEL = base64.b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")
NOT_SIMULATED = {
    ("POST", "/api/v1/message/{id}/release"): "no mail leaves this machine",
    ("GET", "/api/v1/message/{id}/html-check"): "the HTML check is not part of this mailbox",
    ("GET", "/api/v1/message/{id}/link-check"): "this mailbox follows no links",
    ("GET", "/api/v1/message/{id}/sa-check"): "SpamAssassin is not enabled",
    ("GET", "/api/v1/chaos"): "Chaos is not enabled",
    ("PUT", "/api/v1/chaos"): "Chaos is not enabled",
}
"""Mailpit's optional parts. Each answers as a Mailpit without it, with status 400."""


class MailpitApi:
    def __init__(self, mailbox: Mailbox) -> None:
        self._mailbox = mailbox
        self._started = time.monotonic()

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/api/v1/info", self.info),
            web.get("/api/v1/messages", self.messages),
            web.put("/api/v1/messages", self.set_read),
            web.delete("/api/v1/messages", self.delete),
            web.get("/api/v1/search", self.search),
            web.delete("/api/v1/search", self.delete_matches),
            web.get("/api/v1/message/{id}", self.message),
            web.get("/api/v1/message/{id}/headers", self.headers),
            web.get("/api/v1/message/{id}/raw", self.raw),
            web.get("/api/v1/message/{id}/part/{part}", self.part),
            web.get("/api/v1/message/{id}/part/{part}/thumb", self.thumbnail),
            web.post("/api/v1/send", self.send),
            web.get("/api/v1/tags", self.tags),
            web.put("/api/v1/tags", self.set_tags),
            web.put("/api/v1/tags/{tag}", self.rename_tag),
            web.delete("/api/v1/tags/{tag}", self.delete_tag),
            web.get("/api/v1/webui", self.configuration),
            web.get("/view/{id}.html", self.view_html),
            web.get("/view/{id}.txt", self.view_text),
            *[web.route(method, path, _refusal(text)) for (method, path), text in NOT_SIMULATED.items()],
        ]

    async def info(self, _request: web.Request) -> web.Response:
        mails = self._mailbox.all()
        return web.json_response(
            {
                "Version": "staffetta-local",
                "LatestVersion": "staffetta-local",
                "Database": "memory",
                "DatabaseSize": sum(len(mail.raw) for mail in mails),
                "Messages": len(mails),
                "Unread": sum(not mail.is_read for mail in mails),
                "Tags": mailpit_views.tag_counts(mails),
                "RuntimeStats": {
                    "Uptime": int(time.monotonic() - self._started),
                    "Memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
                    "MessagesDeleted": self._mailbox.deleted,
                    "SMTPAccepted": self._mailbox.delivered,
                    "SMTPAcceptedSize": self._mailbox.delivered_bytes,
                    "SMTPRejected": 0,
                    "SMTPIgnored": 0,
                },
            }
        )

    async def configuration(self, _request: web.Request) -> web.Response:
        """Returns the settings of Mailpit's own page: no relay, no checks, no chaos."""
        relay = {
            "Enabled": False, "SMTPServer": "", "ReturnPath": "", "AllowedRecipients": "", "BlockedRecipients": "",
            "OverrideFrom": "", "PreserveMessageIDs": False,
        }  # fmt: skip
        return web.json_response(
            {
                "Label": "Staffetta",
                "MessageRelay": relay,
                "SpamAssassin": False,
                "ChaosEnabled": False,
                "DuplicatesIgnored": False,
                "HideDeleteAllButton": False,
            }
        )

    async def messages(self, request: web.Request) -> web.Response:
        mails = self._mailbox.all()
        return _page(request, mails, mails)

    async def search(self, request: web.Request) -> web.Response:
        return _page(request, self._mailbox.all(), self._search(request))

    async def message(self, request: web.Request) -> web.Response:
        """Returns one whole mail and marks it as read."""
        mail = self._mail(request)
        self._mailbox.mark([mail.id], is_read=True)
        return web.json_response(mailpit_views.details(mail))

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

    async def thumbnail(self, request: web.Request) -> web.Response:
        """Returns the picture in its own size. Any other part has an empty picture, as in Mailpit."""
        part = self._mail(request).reading.part(request.match_info["part"])
        if part is None:
            raise web.HTTPBadRequest(text="Error: attachment not found")
        if not part.content_type.startswith("image/") or part.content_type in ACTIVE_TYPES:
            return web.Response(body=PIXEL, content_type="image/gif", headers=SAFE)
        return web.Response(body=part.content, content_type=part.content_type, headers=SAFE)

    async def view_html(self, request: web.Request) -> web.Response:
        mail = self._mail(request)
        if not mail.reading.html:
            raise web.HTTPNotFound(text="This message does not contain a HTML part")
        return html_response(mail, new_tabs=request.query.get("embed") == "1")

    async def view_text(self, request: web.Request) -> web.Response:
        return web.Response(text=self._mail(request).reading.text, content_type="text/plain", headers=SAFE)

    async def send(self, request: web.Request) -> web.Response:
        """Puts a mail into the mailbox. SES does not send it, so it has no history and no events."""
        try:
            mail = mailpit_send.read(await request.read())
            raw = mailpit_send.build(mail)
        except ValueError as error:
            return web.json_response({"Error": str(error)}, status=400)
        mail_id = self._mailbox.deliver(mail.sender.email, mail.recipients, raw, mail.tags)
        return web.json_response({"ID": mail_id})

    async def tags(self, _request: web.Request) -> web.Response:
        return web.json_response(sorted(mailpit_views.tag_counts(self._mailbox.all())))

    async def set_tags(self, request: web.Request) -> web.Response:
        """Replaces the tags of the mails in `IDs` by those in `Tags`."""
        body = await _json_body(request)
        tags = [str(tag) for tag in body.get("tags") or ()]
        self._mailbox.tag(body.get("ids") or [], lambda _: tags)
        return web.Response(text="ok")

    async def rename_tag(self, request: web.Request) -> web.Response:
        old, new = request.match_info["tag"], (await _json_body(request)).get("name")
        if not isinstance(new, str) or not new.strip():
            raise web.HTTPBadRequest(text='Error: the body must be like {"Name": "..."}')
        return self._change_tag(old, [new.strip()])

    async def delete_tag(self, request: web.Request) -> web.Response:
        return self._change_tag(request.match_info["tag"], [])

    def _change_tag(self, old: str, new: list[str]) -> web.Response:
        tagged = [mail.id for mail in self._mailbox.all() if old in mail.tags]
        if not tagged:
            raise web.HTTPBadRequest(text=f"Error: tag not found: {old}")
        self._mailbox.tag(tagged, lambda tags: [*new, *(tag for tag in tags if tag != old)])
        return web.Response(text="ok")

    async def set_read(self, request: web.Request) -> web.Response:
        body = await _json_body(request)
        query = body.get("search")
        ids = [mail.id for mail in self._matches(str(query), request)] if query else self._selected_ids(body)
        self._mailbox.mark(ids, is_read=bool(body.get("read")))
        return web.Response(text="ok")

    async def delete(self, request: web.Request) -> web.Response:
        self._mailbox.delete(self._selected_ids(await _json_body(request)))
        return web.Response(text="ok")

    async def delete_matches(self, request: web.Request) -> web.Response:
        self._mailbox.delete([mail.id for mail in self._search(request)])
        return web.Response(text="ok")

    def _mail(self, request: web.Request) -> StoredMail:
        mail_id = request.match_info["id"]
        mail = next(iter(self._mailbox.all()), None) if mail_id == "latest" else self._mailbox.get(mail_id)
        if mail is None:
            raise web.HTTPNotFound(text="Message not found")
        return mail

    def _search(self, request: web.Request) -> list[StoredMail]:
        query = request.query.get("query", "").strip()
        if not query:
            raise web.HTTPBadRequest(text="Error: no search query")
        return self._matches(query, request)

    def _matches(self, query: str, request: web.Request) -> list[StoredMail]:
        try:
            holds = search.parse(query, _zone(request))
        except ValueError as error:
            raise web.HTTPBadRequest(text=f"Error: {error}") from None
        return [mail for mail in self._mailbox.all() if holds(mail)]

    def _selected_ids(self, body: JSON) -> list[str]:
        """Returns the ids in the request, or all ids if it has none."""
        return body.get("ids") or [mail.id for mail in self._mailbox.all()]


def _refusal(text: str) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def refuse(_request: web.Request) -> web.Response:
        return web.Response(status=400, text=f"Error: {text}")

    return refuse


def _page(request: web.Request, mails: Sequence[StoredMail], matches: Sequence[StoredMail]) -> web.Response:
    start = _number(request, "start", 0)
    page = matches[start : start + _number(request, "limit", DEFAULT_LIMIT)]
    return web.json_response(
        {
            "total": len(mails),
            "unread": sum(not mail.is_read for mail in mails),
            "count": len(page),
            "messages_count": len(matches),
            "messages_unread": sum(not mail.is_read for mail in matches),
            "start": start,
            "tags": sorted(mailpit_views.tag_counts(mails)),
            "messages": [mailpit_views.summary(mail) for mail in page],
        }
    )


def _number(request: web.Request, name: str, default: int) -> int:
    text = request.query.get(name, "")
    return int(text) if text.isascii() and text.isdigit() else default


def _zone(request: web.Request) -> tzinfo:
    try:
        return ZoneInfo(request.query.get("tz") or "UTC")
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise web.HTTPBadRequest(text=f"Error: unknown time zone {request.query['tz']!r}") from None


async def _json_body(request: web.Request) -> JSON:
    """Returns the body with lower-case names, since Mailpit ignores their case. No body counts as an empty one."""
    text = await request.text()
    try:
        body = json.loads(text or "{}")
    except ValueError as error:
        raise web.HTTPBadRequest(text=f"Error: {error}") from None
    named = {name.lower(): value for name, value in body.items()} if isinstance(body, dict) else None
    ids = [] if named is None else named.get("ids") or []
    if named is None or not isinstance(ids, list) or not all(isinstance(id_, str) for id_ in ids):
        raise web.HTTPBadRequest(text='Error: the body must be like {"IDs": ["..."]}')
    return named
