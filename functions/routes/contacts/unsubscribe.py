"""The page that an unsubscribe link leads to, and the request that a mail program's own button makes (RFC 8058).

Looking changes nothing, since filters follow every link in a mail; only a POST does. A POST that says nothing else means this mail's
subscription type, so whatever form a mail program's request has, it is understood.
"""

from __future__ import annotations

from html import escape
from urllib.parse import parse_qs

from functions import wiring
from functions.core.errors import NotFound
from functions.routes.http.dispatch import HtmlPage, Operation, Request
from functions.routes.http.pages import page
from functions.steps.contacts.unsubscribe import LinkTarget


def get_unsubscribe_page(request: Request) -> HtmlPage:
    try:
        recipient = _recipient(request)
    except NotFound:
        return _UNKNOWN
    return _asking(recipient, everything=request.flag("all"))


def unsubscribe(request: Request) -> HtmlPage:
    try:
        recipient = _recipient(request)
    except NotFound:
        return _UNKNOWN
    form = parse_qs(request.body.decode("utf-8", "replace"))
    step = wiring.get(wiring.contacts.unsubscribe)
    if form.get("action") == ["return"]:
        step.resubscribe(recipient)
        return page("You are subscribed again", f"<p>{_who(recipient)} gets {_what(recipient)} again.</p>")
    everything = form["scope"] == ["all"] if "scope" in form else request.flag("all")
    step.unsubscribe(recipient, everything=everything)
    return _left(recipient, everything=everything)


OPERATIONS: dict[str, Operation] = {"get_unsubscribe_page": get_unsubscribe_page, "unsubscribe": unsubscribe}

_UNKNOWN = page(
    "This link is not valid",
    "<p>It may be incomplete, or of a mail that is too old. Answer the mail to tell its sender that you want no more of them.</p>",
    404,
)


def _recipient(request: Request) -> LinkTarget:
    return wiring.get(wiring.contacts.unsubscribe).find_target(request.path_parameters["link"])


def _asking(recipient: LinkTarget, *, everything: bool) -> HtmlPage:
    choices = (
        ("type", f"No more {_what(recipient)}", not everything),
        ("all", "No more emails but those that I need", everything),
    )
    radios = "".join(
        f'<label><input type="radio" name="scope" value="{value}"{" checked" if chosen else ""}> {said}</label>'
        for value, said, chosen in choices
    )
    form = f'<form method="post">{radios}<button>Unsubscribe</button></form>'
    return page("Unsubscribe", f"<p>{_who(recipient)} gets {_what(recipient)}.</p>{form}")


def _left(recipient: LinkTarget, *, everything: bool) -> HtmlPage:
    what = "emails but those that you need, such as receipts" if everything else _what(recipient)
    back = (
        '<form method="post"><input type="hidden" name="action" value="return"><button>Subscribe again</button></form>'
    )
    return page(
        "You are unsubscribed", f"<p>{_who(recipient)} gets no more {what}.</p><p>Was this a mistake?</p>{back}"
    )


def _who(recipient: LinkTarget) -> str:
    return f"<strong>{escape(recipient.message.address)}</strong>"


def _what(recipient: LinkTarget) -> str:
    return f"emails of the kind <em>{escape(recipient.type_name)}</em>"
