"""The preferences page of an unsubscribe link, and the request of a mail program's own button (RFC 8058).

GET changes nothing, because filters follow every link in a mail: only POST does. A POST without any other choice means this mail's
subscription type, so a mail program's request works in any format.
"""

from __future__ import annotations

from functions import wiring
from functions.core.errors import NotFound
from functions.core.sending.send import Message
from functions.i18n import languages
from functions.routes.contacts.models import UnsubscribeQuery
from functions.routes.http.gate import ApiOperation, ApiRequest
from functions.routes.http.models.reader import query_of
from functions.routes.http.pages import page
from functions.routes.http.responses import HtmlPage
from functions.steps.contacts.unsubscribe import Unsubscribe


def get_unsubscribe_page(request: ApiRequest) -> HtmlPage:
    try:
        message = _message(request)
    except NotFound:
        return _invalid_link(request)
    return _preferences_page(request, message, query_of(request, UnsubscribeQuery))


def unsubscribe(request: ApiRequest) -> HtmlPage:
    try:
        message = _message(request)
    except NotFound:
        return _invalid_link(request)
    query = query_of(request, UnsubscribeQuery)
    return _preferences_page(request, message, query, outcome=_decide(request, message, query))


OPERATIONS: dict[str, ApiOperation] = {
    "get_unsubscribe_page": get_unsubscribe_page,
    "check_unsubscribe_link": get_unsubscribe_page,  # the server of a HEAD request sends no body
    "unsubscribe": unsubscribe,
}


def _steps() -> Unsubscribe:
    return wiring.get(wiring.contacts.unsubscribe)


def _message(request: ApiRequest) -> Message:
    return _steps().find_message(request.path_parameters["link"])


def _decide(request: ApiRequest, message: Message, query: UnsubscribeQuery) -> str:
    """Returns the outcome, as the page names it."""
    form = request.form()
    match form.get("action"):
        case ["return"]:
            _steps().resubscribe(message)
            return "resubscribed"
        case ["save"]:
            checked = form.get("subscription", ())
            _steps().save(message, {type_: type_ in checked for type_ in form.get("listed", ())})
            return "saved"
    everything = form["scope"] == ["all"] if "scope" in form else query.all
    _steps().unsubscribe(message, everything=everything)
    return "unsubscribed"


def _preferences_page(request: ApiRequest, message: Message, query: UnsubscribeQuery, outcome: str = "") -> HtmlPage:
    preferences = _steps().preferences(message)
    language = languages.negotiated((query.language or "", preferences.language), _accept_language(request))
    return page("preferences.html", language, preferences=preferences, outcome=outcome, everything=query.all)


def _invalid_link(request: ApiRequest) -> HtmlPage:
    language = languages.negotiated((request.query.get("language", ""),), _accept_language(request))
    return page("invalid_link.html", language, 404)


def _accept_language(request: ApiRequest) -> str:
    return request.headers.get("accept-language", "")
