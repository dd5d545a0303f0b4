"""Events: SES's events recorded, and what is reported of messages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from functions.wiring.adapters import api_keys, contacts, emails, listings, metrics, sends, smtp_tokens

if TYPE_CHECKING:
    from functions.steps.events.get_message import Explanation
    from functions.steps.events.list_email_events import EmailEvents
    from functions.steps.events.record import Recording
    from functions.steps.events.search_messages import Search
    from functions.wiring.container import Container


def record_events(c: Container) -> Recording:
    from functions.steps.events.record import Recording

    return Recording(
        sends=c.get(sends),
        contacts=c.get(contacts),
        tokens=c.get(smtp_tokens),
        clock=c.clock,
        retention_days=c.settings.retention_days,
    )


def search_messages(c: Container) -> Search:
    from functions.steps.events.search_messages import Search

    return Search(
        listings=c.get(listings), metrics=c.get(metrics), clock=c.clock, retention_days=c.settings.retention_days
    )


def list_email_events(c: Container) -> EmailEvents:
    from functions.steps.events.list_email_events import EmailEvents

    return EmailEvents(search=c.get(search_messages), listings=c.get(listings), metrics=c.get(metrics))


def get_message(c: Container) -> Explanation:
    from functions.steps.events.get_message import Explanation

    return Explanation(sends=c.get(sends), api_keys=c.get(api_keys), tokens=c.get(smtp_tokens), emails=c.get(emails))
