"""The mailbox's web page: a list, and a mail with its tabs, rendered on the server. Mail content is never trusted."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import jinja2
from aiohttp import web

from functions.core.sending.tags import RECIPIENT_TAG, SEND_TAG
from infra import ROOT
from infra.local.mailbox import search
from infra.local.mailbox.mail_body import QUIET, html_response
from infra.local.mailbox.mail_parts import part_response
from infra.local.mailbox.store import Mailbox, StoredMail

HERE = Path(__file__).parent
STYLE = ROOT / "templates" / "pages" / "static" / "style.css"
PER_PAGE = 50
KILO = 1000
TABS = ("html", "text", "source", "headers", "attachments", "history")

Histories = Callable[[str], Awaitable[dict[str, Any] | None]]
"""Returns the service's history of the message that a path names: a status id, and perhaps the number of its recipient."""

PAGE_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; frame-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)


class MailboxPages:
    def __init__(self, mailbox: Mailbox, histories: Histories, console_url: str = "") -> None:
        self._mailbox = mailbox
        self._console_url = console_url  # the host of the console, or empty
        self._histories = histories
        self._templates = jinja2.Environment(
            loader=jinja2.FileSystemLoader(HERE / "templates"),
            autoescape=True,
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.filters |= {"moment": _moment, "when": _when, "size": _size}

    def routes(self) -> list[web.RouteDef | web.StaticDef]:
        return [
            web.get("/", self.list),
            web.post("/delete", self.delete),
            web.get("/mail/{id}", self.mail),
            web.get("/message/{ses_message_id}", self.message),
            web.get("/mail/{id}/body", self.body),
            web.get("/mail/{id}/part/{part}", self.part),
            web.get("/static/style.css", self.style),
            web.static("/static", HERE / "static"),
        ]

    async def style(self, _: web.Request) -> web.FileResponse:
        """Returns the one style sheet, which the console has too."""
        return web.FileResponse(STYLE)

    async def list(self, request: web.Request) -> web.Response:
        query, start = request.query.get("q", "").strip(), _start(request)
        error, mails = "", list(self._mailbox.all())
        total, unread = len(mails), sum(not mail.is_read for mail in mails)
        try:
            holds = search.parse(query)
            mails = [mail for mail in mails if holds(mail)]
        except ValueError as exc:
            error, mails = str(exc), []
        return self._render(
            "list.html",
            mails=mails[start : start + PER_PAGE],
            match_count=len(mails),
            total=total,
            unread=unread,
            query=query,
            error=error,
            start=start,
            newer=_link(query, max(0, start - PER_PAGE)) if start else None,
            older=_link(query, start + PER_PAGE) if start + PER_PAGE < len(mails) else None,
        )

    async def mail(self, request: web.Request) -> web.Response:
        mail = self._mail(request)
        self._mailbox.mark([mail.id], is_read=True)
        first = "html" if mail.reading.html else "text"
        tab = request.query.get("tab", first)
        tab = tab if tab in TABS else first
        message = _message(mail)
        history = await self._histories(message) if tab == "history" and message else None
        roles = search.addresses_of(mail)
        return self._render(
            "mail.html",
            mail=mail,
            tab=tab,
            roles=roles,
            message=message,
            history=history,
            console=f"{self._console_url}/console/messages/{message}" if self._console_url and message else "",
        )

    async def message(self, request: web.Request) -> web.Response:
        """Leads from a message of the console to its mail."""
        ses_message_id = request.match_info["ses_message_id"]
        mail = next((one for one in self._mailbox.all() if one.ses_message_id == ses_message_id), None)
        if mail is None:
            raise web.HTTPNotFound(text="The mail of this message is not in the mailbox. It may have been deleted.")
        raise web.HTTPSeeOther(f"/mail/{mail.id}")

    async def body(self, request: web.Request) -> web.Response:
        """Returns the mail's HTML for the page's frame."""
        return html_response(self._mail(request), new_tabs=True)

    async def part(self, request: web.Request) -> web.Response:
        return part_response(self._mail(request), request.match_info["part"])

    async def delete(self, request: web.Request) -> web.Response:
        """Deletes the mail in the form, or every mail."""
        _check_same_origin(request)
        form = await request.post()
        if mail_id := form.get("id"):
            self._mailbox.delete([str(mail_id)])
        else:
            self._mailbox.clear()
        raise web.HTTPSeeOther("/")

    def _mail(self, request: web.Request) -> StoredMail:
        mail = self._mailbox.get(request.match_info["id"])
        if mail is None:
            raise web.HTTPNotFound(text="This mail is not in the mailbox. It may have been deleted.")
        return mail

    def _render(self, template: str, **context: Any) -> web.Response:
        return web.Response(
            text=self._templates.get_template(template).render(context),
            content_type="text/html",
            headers={"Content-Security-Policy": PAGE_POLICY, "Cache-Control": "no-store", **QUIET},
        )


def _message(mail: StoredMail) -> str:
    """Returns the path of the message's history: the tags of a mail over the API name it, and SES's id names any other mail."""
    tags = dict(tag.split("=", 1) for tag in mail.tags if "=" in tag)
    if SEND_TAG in tags:
        return f"{tags[SEND_TAG]}/{tags.get(RECIPIENT_TAG, 0)}"
    return mail.ses_message_id


def _check_same_origin(request: web.Request) -> None:
    """Refuses forms of other sites, by the browser's headers: a site can post forms to here from its visitor's browser."""
    site = request.headers.get("Sec-Fetch-Site", "same-origin")
    origin = request.headers.get("Origin")
    if site not in ("same-origin", "none") or (origin and urlsplit(origin).netloc != request.host):
        raise web.HTTPForbidden(text="Only the mailbox's own page may do this.")


def _start(request: web.Request) -> int:
    text = request.query.get("start", "")
    return int(text) if text.isascii() and text.isdigit() else 0


def _link(query: str, start: int) -> str:
    return "/?" + urlencode({name: value for name, value in (("q", query), ("start", start)) if value})


def _when(at: datetime) -> str:
    """Returns a short time: `15:38` within a day, `23 Nov 2026` before."""
    local = at.astimezone()
    recent = datetime.now(tz=local.tzinfo) - local < timedelta(hours=18)
    return f"{local:%H:%M}" if recent else f"{local.day} {local:%b %Y}"


def _moment(at: datetime) -> str:
    local = at.astimezone()
    return f"{local.day} {local:%B %Y, %H:%M:%S}"


def _size(count: int) -> str:
    if count < KILO:
        return f"{count} B"
    return f"{count / KILO:.1f} kB" if count < KILO * KILO else f"{count / KILO / KILO:.1f} MB"
