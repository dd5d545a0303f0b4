"""The preferences page of an unsubscribe link, and the request of a mail program's own button (RFC 8058).

GET changes nothing, because filters follow every link in a mail: only POST does. A POST without any other choice means this mail's
subscription type, so a mail program's request works in any format.
"""

from __future__ import annotations

from functions import wiring
from functions.core.errors import NotFound
from functions.http.html import page
from functions.http.responses import HtmlPage
from functions.i18n import languages
from functions.routes.contacts.models import UnsubscribeQuery
from functions.routes.http.gate import ApiRequest
from functions.routes.http.models.reader import query_of
from functions.steps.contacts.unsubscribe import Holder, Unsubscribe


def get_unsubscribe_page(request: ApiRequest) -> HtmlPage:
    try:
        holder = _holder(request)
    except NotFound:
        return _invalid_link(request)
    return _preferences_page(request, holder, query_of(request, UnsubscribeQuery))


check_unsubscribe_link = get_unsubscribe_page  # the server of a HEAD request sends no body


def unsubscribe(request: ApiRequest) -> HtmlPage:
    try:
        holder = _holder(request)
    except NotFound:
        return _invalid_link(request)
    query = query_of(request, UnsubscribeQuery)
    return _preferences_page(request, holder, query, outcome=_decide(request, holder, query))


def _steps() -> Unsubscribe:
    return wiring.get(wiring.contacts.unsubscribe)


def _holder(request: ApiRequest) -> Holder:
    return _steps().find(request.path_parameters["link"], request.query.get("subscription", ""))


def _decide(request: ApiRequest, holder: Holder, query: UnsubscribeQuery) -> str:
    """Returns the outcome, as the page names it."""
    form = request.form()
    match form.get("action"):
        case ["return"]:
            _steps().resubscribe(holder)
            return "resubscribed"
        case ["save"]:
            checked = form.get("subscription", ())
            _steps().save(holder, {type_: type_ in checked for type_ in form.get("listed", ())})
            return "saved"
    everything = form["scope"] == ["all"] if "scope" in form else query.all
    _steps().unsubscribe(holder, everything=everything)
    return "unsubscribed"


def _preferences_page(request: ApiRequest, holder: Holder, query: UnsubscribeQuery, outcome: str = "") -> HtmlPage:
    preferences = _steps().preferences(holder)
    language = languages.negotiated((query.language or "", preferences.language), _accept_language(request))
    return page(
        "preferences.html",
        language,
        preferences=preferences,
        outcome=outcome,
        everything=query.all,
        subscription=query.subscription,
    )


def _invalid_link(request: ApiRequest) -> HtmlPage:
    language = languages.negotiated((request.query.get("language", ""),), _accept_language(request))
    return page("invalid_link.html", language, 404)


def _accept_language(request: ApiRequest) -> str:
    return request.headers.get("accept-language", "")
