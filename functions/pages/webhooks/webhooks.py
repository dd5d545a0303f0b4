"""Webhooks: endpoints that get events, their deliveries, replays, and new secrets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from functions import wiring
from functions.core import timestamps
from functions.core.access.audit import AuditAction
from functions.core.access.scopes import ACCOUNT
from functions.core.webhooks.webhook import ALL, DeliveryState, WebhookDelivery, WebhookEndpoint
from functions.http.responses import HtmlPage
from functions.i18n.marks import N_
from functions.pages.once import once
from functions.pages.page import MenuGroup, get, post
from functions.pages.visit import PageVisit
from functions.steps.webhooks.manage_webhooks import CHOICES

WEBHOOKS = "/console/webhooks"
PAGE = 25
HOUR = 3600
SPANS = {"1": N_("the last hour"), "24": N_("the last day"), "168": N_("the last week")}  # hours of a replay
STATE_WORDS = {
    DeliveryState.DELIVERED: (N_("Delivered"), "good"),
    DeliveryState.RETRYING: (N_("Tried again later"), ""),
    DeliveryState.FAILED: (N_("Failed"), "bad"),
}


def list_webhooks(visit: PageVisit) -> HtmlPage:
    endpoints = wiring.get(wiring.adapters.webhooks.webhook_endpoints).all()
    return visit.page("webhooks/webhooks.html", rows=[(endpoint, _path(endpoint)) for endpoint in endpoints])


def show_create(visit: PageVisit) -> HtmlPage:
    types = [
        (ALL, visit.gettext("All events, future types too"), ""),
        *((name, name, "") for name in CHOICES if name != ALL),
    ]
    return visit.page("webhooks/create.html", types=types)


def create(visit: PageVisit) -> HtmlPage:
    types = tuple(dict.fromkeys(visit.values("eventTypes")))
    endpoint, secret = wiring.get(wiring.webhooks.manage_webhooks).create(
        visit.value("url"), types, visit.value("description"), visit.actor, active=True
    )
    _audit(visit, AuditAction.WEBHOOK_CREATED, endpoint)
    return _show_secret(visit, endpoint, secret)


def show_webhook(visit: PageVisit) -> HtmlPage:
    endpoint = _endpoint(visit)
    deliveries = wiring.get(wiring.webhooks.list_deliveries)(endpoint.id, PAGE + 1, visit.query.get("after", ""))
    page = deliveries[:PAGE]
    return visit.page(
        "webhooks/webhook.html",
        endpoint=endpoint,
        path=_path(endpoint),
        rows=[_row(endpoint, delivery) for delivery in page],
        after=page[-1].id if len(deliveries) > PAGE else "",
        spans=[(hours, visit.gettext(text)) for hours, text in SPANS.items()],
    )


def send_sample(visit: PageVisit) -> HtmlPage:
    endpoint = _endpoint(visit)
    wiring.get(wiring.webhooks.manage_webhooks).test(endpoint.id, visit.actor)
    return visit.redirect(
        _path(endpoint), visit.gettext("A sample event is on its way: load the page again to see its delivery.")
    )


def replay(visit: PageVisit) -> HtmlPage:
    """Replays one delivery, or a span of time."""
    endpoint = _endpoint(visit)
    if delivery := visit.value("delivery"):
        wiring.get(wiring.webhooks.replay_delivery)(endpoint, delivery, visit.actor)
        _audit(visit, AuditAction.WEBHOOK_REPLAYED, endpoint, delivery=delivery)
    else:
        now = wiring.container().clock()
        hours = visit.value("span") if visit.value("span") in SPANS else "1"
        since = timestamps.iso(now - int(hours) * HOUR)
        until = timestamps.iso(now)
        again = visit.value("again") == "on"
        wiring.get(wiring.webhooks.manage_webhooks).replay(endpoint.id, since, until, visit.actor, again=again)
        _audit(visit, AuditAction.WEBHOOK_REPLAYED, endpoint, since=since, until=until)
    return visit.redirect(
        _path(endpoint), visit.gettext("The events are sent again: load the page again to see their deliveries.")
    )


def switch(visit: PageVisit) -> HtmlPage:
    endpoint = _endpoint(visit)
    active = visit.value("active") == "on"
    wiring.get(wiring.webhooks.manage_webhooks).update(endpoint.id, {"active": active}, visit.actor)
    _audit(visit, AuditAction.WEBHOOK_CHANGED, endpoint, fields="active")
    notice = visit.gettext("The webhook gets events.") if active else visit.gettext("The webhook gets no events.")
    return visit.redirect(_path(endpoint), notice)


def confirm_rotate(visit: PageVisit) -> HtmlPage:
    endpoint = _endpoint(visit)
    return visit.confirm(
        visit.gettext("Make a new secret?"),
        visit.gettext(
            "The next page shows the new secret of %(url)s, once. The present one signs too for a day, so that the receiver can change.",
            url=endpoint.url,
        ),
        visit.gettext("Make a new secret"),
        _path(endpoint),
    )


def rotate(visit: PageVisit) -> HtmlPage:
    endpoint, secret = wiring.get(wiring.webhooks.manage_webhooks).rotate(visit.path("webhookId"), visit.actor)
    _audit(visit, AuditAction.WEBHOOK_SECRET_ROTATED, endpoint)
    return _show_secret(visit, endpoint, secret)


def confirm_delete(visit: PageVisit) -> HtmlPage:
    endpoint = _endpoint(visit)
    return visit.confirm(
        visit.gettext("Delete this webhook?"),
        visit.gettext("%(url)s no longer gets events, and its secret is deleted for good.", url=endpoint.url),
        visit.gettext("Delete the webhook"),
        _path(endpoint),
    )


def delete(visit: PageVisit) -> HtmlPage:
    endpoint = _endpoint(visit)
    wiring.get(wiring.webhooks.manage_webhooks).delete(endpoint.id, visit.actor)
    _audit(visit, AuditAction.WEBHOOK_DELETED, endpoint)
    return visit.redirect(WEBHOOKS, visit.gettext("The webhook is deleted."))


_WEBHOOK = f"{WEBHOOKS}/{{webhookId}}"
PAGES = (
    get(WEBHOOKS, list_webhooks, ACCOUNT, menu=(MenuGroup.SETTINGS, N_("Webhooks"))),
    get(f"{WEBHOOKS}/create", show_create, ACCOUNT),
    post(f"{WEBHOOKS}/create", once(create, WEBHOOKS), ACCOUNT, back=show_create),
    get(_WEBHOOK, show_webhook, ACCOUNT),
    post(f"{_WEBHOOK}/test", send_sample, ACCOUNT, back=show_webhook),
    post(f"{_WEBHOOK}/replay", replay, ACCOUNT, back=show_webhook),
    post(f"{_WEBHOOK}/active", switch, ACCOUNT, back=show_webhook),
    get(f"{_WEBHOOK}/rotate", confirm_rotate, ACCOUNT),
    post(f"{_WEBHOOK}/rotate", rotate, ACCOUNT, back=confirm_rotate),
    get(f"{_WEBHOOK}/delete", confirm_delete, ACCOUNT),
    post(f"{_WEBHOOK}/delete", delete, ACCOUNT, back=confirm_delete),
)


def _path(endpoint: WebhookEndpoint) -> str:
    return f"{WEBHOOKS}/{quote(endpoint.id, safe='')}"


def _endpoint(visit: PageVisit) -> WebhookEndpoint:
    """Raises NotFound."""
    return wiring.get(wiring.webhooks.manage_webhooks).get(visit.path("webhookId"))


def _audit(visit: PageVisit, action: AuditAction, endpoint: WebhookEndpoint, **detail: str) -> None:
    wiring.get(wiring.access.audit_log)(action, visit.actor, endpoint.id, **detail)


def _show_secret(visit: PageVisit, endpoint: WebhookEndpoint, secret: str) -> HtmlPage:
    return visit.page("webhooks/secret.html", endpoint=endpoint, path=_path(endpoint), secret=secret)


def _row(endpoint: WebhookEndpoint, delivery: WebhookDelivery) -> Mapping[str, Any]:
    word, style = STATE_WORDS[delivery.state]
    return {
        "delivery": delivery,
        "last": delivery.attempts[-1] if delivery.attempts else None,
        "word": word,
        "style": style,
        "replay": f"{_path(endpoint)}/replay",
    }
