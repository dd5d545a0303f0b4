"""The mailbox's HTTP server: its page, Mailpit's API, and the addresses that tracked links and pixels point to."""

from typing import Protocol

from aiohttp import web

from infra.local.mailbox.mailpit import PIXEL, MailpitApi
from infra.local.mailbox.page import Histories, MailboxPages
from infra.local.mailbox.store import Mailbox

MAX_REQUEST_BYTES = 64 * 1024 * 1024  # a mail of SES's largest size, in base64


class Tracker(Protocol):
    """The sender of tracked mail, which records its opens and clicks."""

    def opened(self, token: str, ip_address: str, user_agent: str) -> bool: ...
    def clicked(self, token: str, ip_address: str, user_agent: str) -> str | None: ...


def mailbox_app(mailbox: Mailbox, ses: Tracker, histories: Histories, console_url: str = "") -> web.Application:
    app = web.Application(client_max_size=MAX_REQUEST_BYTES)
    app.add_routes(
        [*MailboxPages(mailbox, histories, console_url).routes(), *MailpitApi(mailbox).routes(), *_tracking_routes(ses)]
    )
    return app


def _tracking_routes(ses: Tracker) -> list[web.RouteDef]:
    async def opened(request: web.Request) -> web.Response:
        if not ses.opened(request.match_info["token"], *_visitor(request)):
            raise web.HTTPNotFound(text="No mail has this pixel.")
        return web.Response(body=PIXEL, content_type="image/gif", headers={"Cache-Control": "no-store"})

    async def clicked(request: web.Request) -> web.Response:
        url = ses.clicked(request.match_info["token"], *_visitor(request))
        if url is None:
            raise web.HTTPNotFound(text="No mail has this link.")
        # Not HTTPFound, which would normalise the link: it must stay exactly as it was written.
        return web.Response(status=302, headers={"Location": url, "Cache-Control": "no-store"})

    # A HEAD is no visit: link checkers send it.
    return [
        web.get("/OP0/{token}", opened, allow_head=False),
        web.get("/CL0/{token}", clicked, allow_head=False),
    ]


def _visitor(request: web.Request) -> tuple[str, str]:
    return request.remote or "127.0.0.1", request.headers.get("User-Agent", "")
