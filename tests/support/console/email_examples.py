"""Examples of the pages of emails, and what they show: a published email in two languages, a draft, and an archived one."""

from __future__ import annotations

from functions import wiring
from functions.core import timestamps
from functions.core.access.actor import unrestricted
from functions.core.broadcasts.broadcast import Audience, Broadcast, Recipient
from functions.core.broadcasts.check import AudienceProblem, BroadcastCheck, ProblemKind
from functions.core.broadcasts.lifecycle import BroadcastState
from functions.core.statistics.counter_updates import CounterKey, CounterUpdate, Subject, SubjectType, Watermark
from functions.wiring import Container
from tests.support.console.example import Example
from tests.support.examples import NOON_TEXT
from tests.support.images import png

EMAILS, IMAGES = "/console/emails", "/console/images"
NO_IMAGE = f"{'0' * 32}.png"
PUBLISHED, DRAFT, ARCHIVED, BATCH = 4201, 4202, 4203, 4204
LATER = "2031-01-02T08:30:00.000Z"  # of the scheduled broadcast
SENDINGS = f"{EMAILS}/{BATCH}/broadcasts"
EMAIL = f"{EMAILS}/{PUBLISHED}"
AUTHOR = unrestricted("ada@example.com")
BODY = """<mjml><mj-body><mj-section><mj-column>
<mj-text>Dear {{ contact.firstname|default("customer") }}, your order {{ custom.order.number }} is <a href="https://example.com/track">on its way</a>.</mj-text>
</mj-column></mj-section></mj-body></mjml>"""
DOCUMENT = {
    "name": "Order <b>",
    "subject": "Order {{ custom.order.number }}",
    "from": {"fromName": "Acme", "replyTo": "shop@example.com"},
    "content": {
        "mjml": BODY,
        "sample": {"contactProperties": {"firstname": "Ada"}, "customProperties": {"order": {"number": "42"}}},
        "translations": {"de": {"subject": "Bestellung {{ custom.order.number }}", "html": "<p>Unterwegs.</p>"}},
    },
}
FORM = {"version": "1", "language": "en", "syntax": "mjml", "subject": "Hello", "body": BODY, "look": "desktop"}

EXAMPLES: dict[str, tuple[Example, ...]] = {
    "GET /console/emails": (
        Example(EMAILS),
        Example(f"{EMAILS}?text=order&state=published&type=single_send_api"),
        Example(f"{EMAILS}?state=archived"),
        Example(f"{EMAILS}?text=nothing-like-it"),
    ),
    "GET /console/emails/new": (Example(f"{EMAILS}/new"),),
    "GET /console/emails/new/{starter}": (Example(f"{EMAILS}/new/receipt"), Example(f"{EMAILS}/new/blank")),
    "POST /console/emails/new/{starter}": (Example(f"{EMAILS}/new/receipt", {"name": "Till"}),),
    "GET /console/emails/new/{starter}/mail": (Example(f"{EMAILS}/new/receipt/mail"),),
    "GET /console/emails/{emailId}/visual": (
        Example(f"{EMAIL}/visual"),
        Example(f"{EMAIL}/visual?language=de"),
        Example(f"{EMAILS}/{DRAFT}/visual"),
    ),
    "POST /console/emails/{emailId}/blocks": (
        Example(f"{EMAIL}/blocks", {**FORM, "operation": '{"do": "delete", "path": "9"}'}),
        Example(f"{EMAIL}/blocks", FORM),
    ),
    "GET /console/partials": (Example("/console/partials"),),
    "GET /console/partials/edit": (
        Example("/console/partials/edit?name=layout"),
        Example("/console/partials/edit?name=brand/new"),
    ),
    "POST /console/partials/edit": (
        Example("/console/partials/edit", {"name": "brand/<x>", "before": "x", "body": "x"}),
    ),
    "POST /console/partials/check": (
        Example("/console/partials/check", {"name": "layout", "body": "{% if", "sample": "starter:receipt"}),
        Example("/console/partials/check", {"name": "layout", "body": "x", "sample": "itself"}),
    ),
    "GET /console/partials/mail": (Example("/console/partials/mail?name=layout&sample=starter:receipt"),),
    "POST /console/partials/mail": (
        Example("/console/partials/mail", {"name": "layout", "body": "x", "sample": "itself"}),
    ),
    "GET /console/partials/words": (Example("/console/partials/words"),),
    "GET /console/partials/delete": (Example("/console/partials/delete?name=brand/own"),),
    "POST /console/partials/delete": (Example("/console/partials/delete", {"name": "brand/none"}),),
    "GET /console/images": (Example(IMAGES), Example(f"{IMAGES}?after=x")),
    "POST /console/images": (Example(IMAGES, {"alt": "a"}),),
    "GET /console/images/list": (Example(f"{IMAGES}/list"),),
    "POST /console/images/upload": (Example(f"{IMAGES}/upload", {"alt": "a"}),),
    "GET /console/images/{imageId}/delete": (Example(f"{IMAGES}/{NO_IMAGE}/delete"),),
    "POST /console/images/{imageId}/delete": (Example(f"{IMAGES}/{NO_IMAGE}/delete"),),
    "GET /console/emails/{emailId}/write": (
        Example(f"{EMAIL}/write"),
        Example(f"{EMAIL}/write?language=de"),
        Example(f"{EMAILS}/{DRAFT}/write"),
    ),
    "POST /console/emails/{emailId}/write": (Example(f"{EMAIL}/write", {**FORM, "own_data": "{"}),),
    "POST /console/emails/{emailId}/draft": (Example(f"{EMAIL}/draft", {**FORM, "tab": "t"}),),
    "GET /console/emails/{emailId}/mail": (Example(f"{EMAIL}/mail"), Example(f"{EMAIL}/mail?language=xx")),
    "POST /console/emails/{emailId}/mail": (Example(f"{EMAIL}/mail", FORM),),
    "GET /console/emails/{emailId}/words": (Example(f"{EMAIL}/words"),),
    "GET /console/emails/{emailId}/settings": (Example(f"{EMAIL}/settings"), Example(f"{EMAILS}/{DRAFT}/settings")),
    "POST /console/emails/{emailId}/settings": (
        Example(f"{EMAIL}/settings", {"version": "1", "name": "n", "from": "f", "subscription": "TRANSACTIONAL"}),
    ),
    "POST /console/emails/{emailId}/languages": (Example(f"{EMAIL}/languages", {"new_language": "it"}),),
    "GET /console/emails/{emailId}/languages/{language}/remove": (Example(f"{EMAIL}/languages/de/remove"),),
    "POST /console/emails/{emailId}/languages/{language}/remove": (Example(f"{EMAILS}/{DRAFT}/languages/de/remove"),),
    **{
        f"POST /console/emails/{{emailId}}/{form}/publish": (
            Example(f"{EMAILS}/{DRAFT}/{form}/publish", {"version": "1"}),
        )
        for form in ("write", "settings")
    },
    "POST /console/emails/{emailId}/publish": (Example(f"{EMAILS}/{DRAFT}/publish", {"version": "1"}),),
    **{
        f"{method} /console/emails/{{emailId}}/{act}": (Example(f"{EMAILS}/{DRAFT}/{act}", fields),)
        for method in ("GET", "POST")
        for act, fields in {
            "convert": {},
            "automation": {},
            "unpublish": {},
            "clone": {"name": "c"},
            "archive": {},
        }.items()
    },
    "GET /console/emails/{emailId}": (Example(EMAIL),),
    "GET /console/emails/{emailId}/performance": (
        Example(f"{EMAIL}/performance"),
        Example(f"{EMAILS}/{DRAFT}/performance?days=365"),
    ),
    "GET /console/emails/{emailId}/click-map": (Example(f"{EMAIL}/click-map"), Example(f"{EMAILS}/{DRAFT}/click-map")),
    "GET /console/emails/{emailId}/send": (Example(f"{EMAIL}/send"), Example(f"{EMAILS}/{BATCH}/send")),
    "POST /console/emails/{emailId}/test": (Example(f"{EMAIL}/test", {"to": "me@example.com", "what": "draft"}),),
    "GET /console/emails/{emailId}/lists": (Example(f"{EMAIL}/lists"),),
    "POST /console/emails/{emailId}/lists": (Example(f"{EMAILS}/{DRAFT}/lists"),),
    "POST /console/emails/{emailId}/broadcasts": (
        Example(
            f"{EMAILS}/{BATCH}/broadcasts",
            {
                "broadcast_name": "b",
                "lists": "1",
                "contacts": "a@example.com",
                "custom": "{}",
                "when": "later",
                "send_at": "x",
            },
        ),
    ),
    "GET /console/emails/{emailId}/broadcasts/{broadcastId}": tuple(
        Example(f"{SENDINGS}/{one}") for one in ("new", "checked", "scheduled", "sending", "unknown")
    ),
    "GET /console/emails/{emailId}/broadcasts/{broadcastId}/previews/{number}": (
        Example(f"{SENDINGS}/checked/previews/0"),
        Example(f"{SENDINGS}/checked/previews/x"),
    ),
    **{
        f"POST /console/emails/{{emailId}}/broadcasts/{{broadcastId}}/{act}": (Example(f"{SENDINGS}/unknown/{act}"),)
        for act in ("check", "start")
    },
    "GET /console/emails/{emailId}/broadcasts/{broadcastId}/change": (
        Example(f"{SENDINGS}/checked/change"),
        Example(f"{SENDINGS}/scheduled/change"),
    ),
    "POST /console/emails/{emailId}/broadcasts/{broadcastId}/change": (
        Example(f"{SENDINGS}/checked/change", {"contacts": "nobody", "when": "later", "send_at": "x"}),
    ),
    "GET /console/emails/{emailId}/broadcasts/{broadcastId}/start": (Example(f"{SENDINGS}/checked/start"),),
    "GET /console/emails/{emailId}/code": (Example(f"{EMAIL}/code"), Example(f"{EMAILS}/{DRAFT}/code")),
    "POST /console/emails/{emailId}/restore-archived": (Example(f"{EMAILS}/{ARCHIVED}/restore-archived"),),
    "GET /console/emails/{emailId}/revisions": (Example(f"{EMAIL}/revisions"), Example(f"{EMAILS}/{DRAFT}/revisions")),
    "GET /console/emails/{emailId}/revisions/{revision}": (
        Example(f"{EMAIL}/revisions/1"),
        Example(f"{EMAIL}/revisions/2"),
        Example(f"{EMAIL}/revisions/draft"),
    ),
    "GET /console/emails/{emailId}/revisions/{revision}/mail": (Example(f"{EMAIL}/revisions/1/mail"),),
    "GET /console/emails/{emailId}/revisions/{revision}/draft": (Example(f"{EMAIL}/revisions/1/draft"),),
    "POST /console/emails/{emailId}/revisions/{revision}/draft": (Example(f"{EMAIL}/revisions/1/draft"),),
    "GET /console/emails/{emailId}/revisions/{revision}/restore": (Example(f"{EMAIL}/revisions/1/restore"),),
    "POST /console/emails/{emailId}/revisions/{revision}/restore": (Example(f"{EMAIL}/revisions/1/restore"),),
}


def prepare(container: Container) -> None:
    container.get(wiring.templates.partial_library).put("brand/own", "<p>Our <own></p>")
    container.get(wiring.emails.image_library).upload(png(3, 2), "Our <shop>", "shop.png", AUTHOR)
    editor = container.get(wiring.emails.edit_emails)
    editor.create(DOCUMENT, AUTHOR, PUBLISHED)
    editor.publish(PUBLISHED, AUTHOR)
    editor.update(PUBLISHED, {"subject": "Your order {{ custom.order.number }}"}, AUTHOR)
    editor.publish(PUBLISHED, AUTHOR)
    editor.create(
        {"name": "Draft", "subject": "{{ foo", "content": {"mjml": "<mjml><mj-body><p></mj-body></mjml>"}},
        AUTHOR,
        DRAFT,
    )
    editor.create({**DOCUMENT, "name": "News", "subcategory": "batch"}, AUTHOR, BATCH)
    editor.publish(BATCH, AUTHOR)
    _store_broadcasts(container)
    _store_counters(container)
    editor.create({**DOCUMENT, "name": "Old"}, AUTHOR, ARCHIVED)
    editor.archive(ARCHIVED, AUTHOR)


def _store_broadcasts(container: Container) -> None:
    """Stores a broadcast in each state that looks different."""
    stored = container.get(wiring.adapters.broadcasts.broadcast_store)
    for name, state in {
        "new": BroadcastState.DRAFT,
        "checked": BroadcastState.DRAFT,
        "scheduled": BroadcastState.SCHEDULED,
        "sending": BroadcastState.SENDING,
    }.items():
        started = NOON_TEXT if state is BroadcastState.SENDING else ""
        broadcast = Broadcast(
            id=name,
            name=f"News <{name}>",
            email_id=BATCH,
            audience=Audience(contacts=("page@example.net",)),
            created_at=NOON_TEXT,
            created_by="ada@example.com",
            state=state,
            custom={"order": {"number": "7"}, "changes": [{"title": "<Terms>", "days": 14}], "table": [[1]]},
            started_at=started,
            send_at=LATER if state is BroadcastState.SCHEDULED else None,
        )
        stored.create(broadcast)
    check = BroadcastCheck(
        number="1",
        started_at=NOON_TEXT,
        done=True,
        recipients=3,
        refused={"PREVIOUSLY_BOUNCED": 1},
        problems=(AudienceProblem(ProblemKind.REFUSED, "it <bounced>", 0, "gone@example.net"),),
        first=(Recipient("page@example.net"),),
    )
    stored.save_check("checked", check)


COUNTERS = {
    "selected": 50,
    "sent": 40,
    "delivered": 30,
    "open": 15,
    "click": 6,
    "bounce": 10,
    "notsent": 10,
    "open:computer": 10,
    "open:mobile": 5,
    "click:computer": 6,
    "client:Gmail": 9,
    "client:Apple Mail": 6,
    "notsent:PREVIOUSLY_BOUNCED": 10,
    "accept:3": 30,
    "delivery:20": 30,
    "arrival:21": 30,
    "machineopen": 4,
}
LINKS = {
    f"{name} https://example.com/track": count for name, count in {"click": 6, "clicks": 8, "machineclicks": 1}.items()
}


def _store_counters(container: Container) -> None:
    """Stores counters of the published email, of this hour."""
    now = container.clock()
    hour, number = timestamps.hour(timestamps.iso(now)), str(PUBLISHED)
    email, links = Subject(SubjectType.EMAIL, number), Subject(SubjectType.LINKS, number)
    counters = container.get(wiring.adapters.statistics.counters)
    for subject, period, counted in (
        (email, hour, COUNTERS),
        (email, hour[:10], COUNTERS),
        (links, hour[:10], LINKS),
    ):
        counters.add(
            CounterKey(subject, period), "shard", CounterUpdate("shard", None, Watermark(1, int(now)), counted)
        )
    account = CounterKey(Subject(SubjectType.ACCOUNT), hour[:10])
    counters.add(account, "shard", CounterUpdate("shard", None, Watermark(1, int(now)), COUNTERS))
