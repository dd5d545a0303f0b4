"""The gate of the console: a session's cookie in, an HTML page out, whatever happens.

Every visit passes the same checks in the same order: route, session, scope, CSRF token, view. A page of the table can skip none of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import quote, urlencode

from functions import wiring
from functions.core.access.users import User
from functions.core.errors import Conflict, FieldError, Forbidden, NotFound, Rejected, Retry, abridged
from functions.http import paths
from functions.http.dispatch import Dispatcher, Event, Operation, RouteNotFoundError
from functions.http.request import Request, UnsupportedEncodingError, read_cookies
from functions.http.responses import HtmlPage, Response, response
from functions.http.route import Route
from functions.i18n import languages
from functions.i18n.catalogs import catalog
from functions.pages import cookies, error_words, retained_form
from functions.pages.access.sign_in import SIGN_IN
from functions.pages.once import CreatedBefore
from functions.pages.page import MenuGroup, Page
from functions.pages.rendering import render
from functions.pages.security import SAME_ORIGIN, ForgedFormError, check_form, headers
from functions.pages.visit import MenuItem, PageVisit, Visitor
from functions.pages.zones import is_zone
from functions.wiring.random_ids import new_secret

CORRELATION_HEADER = "x-correlation-id"
FUNCTION = "console"
SERVER_ERROR = 500
_NO_ZONE = "UTC"  # of a page for a visitor who could not be read


class NotSignedInError(Exception):
    """The visitor is not signed in, or the session is over. `path` is the page that they requested."""

    def __init__(self, path: str) -> None:
        self.path = path
        super().__init__("the visitor is not signed in")


def console_dispatcher(pages: Iterable[Page]) -> Dispatcher[Visitor, Event]:
    pages = tuple(pages)
    by_key = {f"{page.method} {page.path}": page for page in pages}
    menu = _menu(pages)
    return Dispatcher(
        [Route(page.method, page.path, f"{page.method} {page.path}", FUNCTION, page.scopes) for page in pages],
        {key: _operation(page, menu) for key, page in by_key.items()},
        identify=lambda event: event,
        admit=lambda route, event: _visitor(by_key[route.operation], event),
        error_response=_error_response,
        correlation_header=CORRELATION_HEADER,
    )


def _menu(pages: Sequence[Page]) -> list[MenuItem]:
    return [
        MenuItem(str(group), page.label, page.path, page.scopes)
        for group in MenuGroup
        for page in pages
        if page.group is group
    ]


def _visitor(page: Page, event: Event) -> Visitor:
    """Raises NotSignedInError or Forbidden."""
    secure = _is_secure()
    sent, request_headers = read_cookies(event), event.get("headers") or {}
    secret, user = cookies.read(sent, cookies.SESSION, secure=secure), _signed_in(event)
    if user is None and not page.public:
        raise NotSignedInError(_address(event) if page.method == "GET" else "")
    visit = cookies.read(sent, cookies.VISIT, secure=secure)
    visitor = Visitor(
        user=user,
        secret=secret if user else visit or new_secret(),
        source=event["requestContext"]["http"].get("sourceIp", ""),
        language=_language(user, request_headers),
        zone=_zone(user, cookies.read(sent, cookies.ZONE, secure=secure)),
        secure=secure,
        new=not (user or visit),
    )
    if page.scopes:
        visitor.actor.require(*page.scopes)
    return visitor


def _signed_in(event: Event) -> User | None:
    secret = cookies.read(read_cookies(event), cookies.SESSION, secure=_is_secure())
    return wiring.get(wiring.access.sign_in).find(secret) if secret else None


def _is_secure() -> bool:
    return wiring.container().settings.public_url.startswith("https:")


def _address(event: Event) -> str:
    """Returns the page's path and query, for the way back to it."""
    query = event.get("queryStringParameters") or {}
    return quote(paths.of_event(event)) + (f"?{urlencode(query)}" if query else "")


def _language(user: User | None, request_headers: Any) -> str:
    return languages.negotiated((user.language if user else "",), request_headers.get("accept-language", ""))


def _zone(user: User | None, of_browser: str) -> str:
    """Returns a zone that exists: the user's, the browser's, or UTC."""
    for name in (user.zone if user else "", of_browser):
        if name and is_zone(name):
            return name
    return "UTC"


def _operation(page: Page, menu: Sequence[MenuItem]) -> Operation[Visitor]:
    def operation(request: Request[Visitor]) -> HtmlPage:
        visit = PageVisit(request, menu)
        if page.method == "GET":
            return page.view(visit)
        try:
            _check_form(visit)
            return page.view(visit)
        except (Rejected, Conflict) as refusal:
            if page.back is None:
                raise
            created = refusal.path if isinstance(refusal, CreatedBefore) else None
            return page.back(PageVisit(request, menu, _errors(refusal), created))

    return operation


def _check_form(visit: PageVisit) -> None:
    """Raises ForgedFormError. A form of our own page with a token of an earlier session is shown again with a new one: Conflict."""
    site = visit.request.headers.get("sec-fetch-site", "")
    try:
        check_form(site, visit.value("csrf"), "" if visit.visitor.new else visit.visitor.secret)
    except ForgedFormError:
        if site != SAME_ORIGIN or not visit.visitor.user or visit.request.headers.get("hx-request"):
            raise
        raise Conflict(
            visit.gettext(
                "This page was open since an earlier sign-in. What you entered is below: look it over, and send it again."
            )
        ) from None


def _errors(refusal: Exception) -> Sequence[FieldError]:
    return refusal.errors if isinstance(refusal, Rejected) else [FieldError("", str(refusal), "CONFLICT")]


def _error_response(error: Exception, correlation_id: str, event: Event) -> Response:
    """Answers with a page for a person. An expired session leads to the sign-in, and back."""
    sent_headers = event.get("headers") or {}
    if isinstance(error, NotSignedInError):
        path = f"{SIGN_IN}?to={quote(error.path)}" if error.path else SIGN_IN
        if sent_headers.get("hx-request"):  # htmx would show the sign-in inside the page
            return response(200, HtmlPage("", {"hx-redirect": path}, 200))
        if retained := retained_form.fields_of(event):
            values = {"path": paths.of_event(event), "fields": retained}
            page = render("access/session_over.html", _readers_language(event), _NO_ZONE, **values)
            return response(401, HtmlPage(page, headers(), 401))
        return response(303, HtmlPage("", {"location": path, "cache-control": "no-store"}, 303))
    language, status = _readers_language(event), _status(error)
    page = render(
        "error.html",
        language,
        _NO_ZONE,
        status=status,
        reasons=_reasons(error, language) if status != SERVER_ERROR else [],
        is_forged=isinstance(error, ForgedFormError),
        correlation_id=correlation_id,
    )
    return response(status, HtmlPage(page, headers(), status))


def _readers_language(event: Event) -> str:
    """The error may be one of the database, so a visitor who cannot be read has the language of the browser."""
    try:
        user = _signed_in(event)
    except Exception:  # noqa: BLE001 - the first error is the one to show
        user = None
    return _language(user, event.get("headers") or {})


_STATUSES: dict[type[Exception], int] = {
    Forbidden: 403,
    ForgedFormError: 403,
    NotFound: 404,
    RouteNotFoundError: 404,
    Rejected: 400,
    Conflict: 409,
    UnsupportedEncodingError: 415,
    Retry: 503,
}


def _status(error: Exception) -> int:
    return next((status for kind, status in _STATUSES.items() if isinstance(error, kind)), SERVER_ERROR)


def _reasons(error: Exception, language: str) -> list[str]:
    """Returns what a visitor may read. The page has words of its own for a wrong address, an old form and a role without the scope."""
    if isinstance(error, RouteNotFoundError | ForgedFormError | Forbidden):
        return []
    if not isinstance(error, Rejected):
        return [error_words.message_of(str(error), language, _NO_ZONE)]
    gettext = catalog(language).gettext
    return [
        f"{error_words.label_of(one.field, gettext)} {error_words.message_of(one.message, language, _NO_ZONE)}"
        for one in abridged(error.errors)
    ]
