"""Examples of the pages of messages and contacts, and what they show."""

from __future__ import annotations

from functions import wiring
from functions.core.events.timeline import TimelineEvent, TimelineEventType
from functions.core.sending.send import MessageKey, State
from functions.wiring import Container
from tests.fakes.contacts import MemorySuppressions
from tests.support.console.example import Example
from tests.support.examples import NOON_TEXT, a_message
from tests.support.sent_mail import store_sent

MESSAGE, PERSON = "/console/messages/s-page/0", "/console/contacts/page%40example.net"
SUBJECT = "Order <42> & more"

EXAMPLES: dict[str, tuple[Example, ...]] = {
    "GET /console/messages": (
        Example("/console/messages"),
        Example(
            "/console/messages?address=page%40example.net&subject=order&status=SENT&since=2026-11-01&until=2026-11-30"
        ),
        Example("/console/messages?email=x&token=y&key=z&since=never&after=a"),
    ),
    "GET /console/messages/{sendId}": (Example("/console/messages/s-page"),),
    "GET /console/messages/{sendId}/{recipient}": (Example(MESSAGE), Example("/console/messages/s-refused/0")),
    "GET /console/messages/{sendId}/{recipient}/mail": (Example(f"{MESSAGE}/mail"),),
    "GET /console/messages/{sendId}/{recipient}/resend": (Example(f"{MESSAGE}/resend"),),
    "POST /console/messages/{sendId}/{recipient}/resend": (Example(f"{MESSAGE}/resend", {"form": "once"}),),
    "GET /console/contacts": (Example("/console/contacts"), Example("/console/contacts?address=nobody")),
    "GET /console/contacts/{email}": (Example(PERSON),),
    "GET /console/contacts/{email}/release": (Example(f"{PERSON}/release"),),
    "POST /console/contacts/{email}/release": (Example(f"{PERSON}/release"),),
    "GET /console/contacts/{email}/erase": (Example(f"{PERSON}/erase"),),
    "POST /console/contacts/{email}/erase": (Example(f"{PERSON}/erase"),),
}


def prepare(container: Container) -> None:
    """Stores a delivered message with its content, one that was refused, and a contact in quarantine."""
    wiring.container().override(wiring.adapters.suppressions, MemorySuppressions())  # type: ignore[arg-type]  # not in moto
    sends, contacts = container.get(wiring.adapters.sends), container.get(wiring.adapters.contacts)
    message = store_sent(container, "s-page", address="page@example.net", accepted_by="editor@example.com")
    sends.record(
        message.key,
        TimelineEvent(type=TimelineEventType.SENT, at=NOON_TEXT, details={"subject": SUBJECT}),
        TimelineEvent(type=TimelineEventType.DELIVERED, at=NOON_TEXT, details={"response": "250 ok"}),
    )
    refused = a_message(
        key=MessageKey("s-refused", 0), address="page@example.net", state=State.REFUSED, reason="a <role>"
    )
    sends.create([refused])
    contacts.upsert("page@example.net", {"firstname": "Ada <b>", "lastname": "L"}, NOON_TEXT)
    contacts.quarantine("page@example.net", NOON_TEXT, "550 no such user")
