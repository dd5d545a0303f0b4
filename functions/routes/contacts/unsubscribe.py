"""The page of an unsubscribe link, and the request of a mail program's own button (RFC 8058).

GET changes nothing, because filters follow every link in a mail: only POST does. A POST without any other choice means this mail's
subscription type, so a mail program's request works in any format.
"""

from __future__ import annotations

from html import escape

from functions import wiring
from functions.core.errors import NotFound
from functions.routes.contacts.models import UnsubscribeQuery
from functions.routes.http.gate import ApiOperation, ApiRequest
from functions.routes.http.models.reader import query_of
from functions.routes.http.pages import page
from functions.routes.http.responses import HtmlPage
from functions.steps.contacts.unsubscribe import LinkTarget


def get_unsubscribe_page(request: ApiRequest) -> HtmlPage:
    try:
        target = _target(request)
    except NotFound:
        return _INVALID_LINK
    return _form_page(target, everything=query_of(request, UnsubscribeQuery).all)


def unsubscribe(request: ApiRequest) -> HtmlPage:
    try:
        target = _target(request)
    except NotFound:
        return _INVALID_LINK
    form = request.form()
    step = wiring.get(wiring.contacts.unsubscribe)
    if form.get("action") == ["return"]:
        step.resubscribe(target)
        return page("You are subscribed again", f"<p>{_address(target)} is subscribed to {_type(target)}.</p>")
    everything = form["scope"] == ["all"] if "scope" in form else query_of(request, UnsubscribeQuery).all
    step.unsubscribe(target, everything=everything)
    return _done_page(target, everything=everything)


OPERATIONS: dict[str, ApiOperation] = {
    "get_unsubscribe_page": get_unsubscribe_page,
    "check_unsubscribe_link": get_unsubscribe_page,  # the server of a HEAD request sends no body
    "unsubscribe": unsubscribe,
}

_INVALID_LINK = page(
    "This link is invalid or has expired",
    "<p>Reply to the email to unsubscribe.</p>",
    404,
)


def _target(request: ApiRequest) -> LinkTarget:
    return wiring.get(wiring.contacts.unsubscribe).find_target(request.path_parameters["link"])


def _form_page(target: LinkTarget, *, everything: bool) -> HtmlPage:
    choices = (
        ("type", f"Unsubscribe from {_type(target)}", not everything),
        ("all", "Only essential emails, like receipts and password resets", everything),
    )
    radios = "".join(
        f'<label><input type="radio" name="scope" value="{value}"{" checked" if checked else ""}> {label}</label>'
        for value, label, checked in choices
    )
    form = f'<form method="post">{radios}<button>Unsubscribe</button></form>'
    return page("Unsubscribe", f"<p>{_address(target)} is subscribed to {_type(target)}.</p>{form}")


def _done_page(target: LinkTarget, *, everything: bool) -> HtmlPage:
    result = "gets only essential emails" if everything else f"is unsubscribed from {_type(target)}"
    back = (
        '<form method="post"><input type="hidden" name="action" value="return"><button>Subscribe again</button></form>'
    )
    return page("You are unsubscribed", f"<p>{_address(target)} {result}.</p><p>Was this a mistake?</p>{back}")


def _address(target: LinkTarget) -> str:
    return f"<strong>{escape(target.message.address)}</strong>"


def _type(target: LinkTarget) -> str:
    return f"<em>{escape(target.type_name)}</em>"
