"""A stage whose services are doubles, and what its users have many of."""

from __future__ import annotations

import functools
import gzip
import json
from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

from functions import wiring
from functions.adapters import schema
from functions.adapters.aws.marshalling import to_item
from functions.adapters.sending.message_items import message_item
from functions.core import ids, timestamps
from functions.core.contacts.contact import Contact
from functions.core.emails.email import TRANSACTIONAL, Email, Subcategory
from functions.core.events.listings import MessageListing
from functions.core.events.pagination import Position
from functions.core.sending.send import Message, MessageKey, RecipientRole, State
from functions.core.tokens.smtp_token import SmtpToken, TokenState
from functions.wiring import Container, clients
from tests.bench.growth.dynamodb import Generated, Item, Key, Tables
from tests.bench.growth.meter import Meter
from tests.bench.growth.services import Buckets, Identities, Queues, Users, Watched
from tests.support.aws.cloud import SETTINGS

NOW = timestamps.parse("2026-11-29T12:00:00.000Z")
TODAY, HOUR = "2026-11-29", "2026-11-29T10"
PEOPLE = "people.example"
FIRST_EMAIL = 100_000
CALL_SECONDS = 0.005  # of AWS
LISTED = 10  # messages in a listing: a batch of the stream has those of some seconds


class Stage:
    """`page_octets`: after so many, a read of DynamoDB ends. A small page shows with few items what its megabyte shows with many."""

    def __init__(self, page_octets: int = 1_000_000) -> None:
        self.meter = Meter()
        self.tables = Tables(self.meter, page_octets)
        self.queues = Queues(self.meter)
        self.buckets = Buckets(self.meter)
        self.users = Users(self.meter)
        self.now = NOW
        self.container = Container(SETTINGS, lambda *_, **__: SimpleNamespace())  # no step here calls another service
        self.container.clock = self.clock
        doubles: dict[Callable[[Container], Any], Any] = {
            clients.dynamodb: self.tables,
            clients.sqs: self.queues,
            clients.s3: self.buckets,
            clients.iam: self.users,
            clients.cloudwatch: Watched(self.meter),
            clients.sesv2_account: Identities(self.meter),
        }
        for factory, double in doubles.items():
            self.container.override(factory, double)

    def clock(self) -> float:
        """The time moves with each call of AWS."""
        return self.now + CALL_SECONDS * self.meter.number

    def get(self, factory: Callable[[Container], Any]) -> Any:
        return self.container.get(factory)

    def step(self, factory: Callable[[Container], Any]) -> Any:
        """Returns a step, whose cost is counted from now on."""
        step = self.container.get(factory)
        self.meter.restart()
        return step

    # What users have many of

    def emails(self, count: int, subscription: str = TRANSACTIONAL) -> Sequence[int]:
        email = Email(
            id=1,
            name="Receipt",
            subcategory=Subcategory.SINGLE_SEND_API,
            subscription=subscription,
            published_revision=1,
            revisions=1,
            created_at="2026-01-01T00:00:00.000Z",
            created_by="ada@example.com",
            updated_at="2026-01-01T00:00:00.000Z",
            updated_by="ada@example.com",
            published_at="2026-01-01T00:00:00.000Z",
        )
        self.get(wiring.adapters.emails.emails).save(email)
        head = self.tables.only_item("emails")
        numbers = range(FIRST_EMAIL, FIRST_EMAIL + count)
        self.tables.put_all(
            "emails",
            (head | to_item({"email_id": one, "created_at": _minute(place)}) for place, one in enumerate(numbers)),
        )
        return numbers

    def counted(self, subjects: Iterable[tuple[str, str]], days: Sequence[str] = (TODAY,), **counters: int) -> None:
        """Gives each subject counters in one hour of each day, and of the day."""
        values = {f"+{name}": number for name, number in {"sent": 10, **counters}.items()}
        for kind, name in subjects:
            subject = schema.counter_subject(kind, name)
            for period in (one for day in days for one in (f"{day}T10", day)):
                key = {"subject": subject, "bucket": schema.counter_bucket(period, 0)}
                self.tables.put_all("metrics", iter([to_item({**key, **values, "rules": {1}})]))

    def sent_today(self, emails: Sequence[int], days: Sequence[str] = (TODAY,), **counters: int) -> None:
        """The emails have counters, and the account's days list them."""
        self.counted([("email", str(one)) for one in emails], days, **counters)
        for day in days:
            for period, more in ((f"{day}T10", {}), (day, {"emails": set(emails)})):
                key = {"subject": "account", "bucket": schema.counter_bucket(period, 0)}
                values = {f"+{name}": number for name, number in {"sent": 10, **counters}.items()}
                self.tables.put_all("metrics", iter([to_item({**key, **values, **more, "rules": {1}})]))

    def messages(self, count: int, email_id: int = FIRST_EMAIL, address: str = "", **changed: Any) -> None:
        """Messages of one email, each a second after the other; `address`: all to one person."""
        pattern = message_item(_message(email_id, **changed), 90)
        first = NOW - 3600 - count

        def make(number: int) -> Item:
            at = timestamps.iso(first + number)
            person = address or f"p{number:08}@{PEOPLE}"
            return pattern | to_item({"send_id": send_id(number), "address": person, "accepted_at": at})

        def by_address(person: str) -> Sequence[int]:
            if address:
                return range(count if person == address else 0)
            number = person.removeprefix("p").partition("@")[0]
            return [int(number)] if person.endswith(PEOPLE) and int(number) < count else []

        by_due = {schema.BY_DUE.name: lambda hour: range(count if pattern.get("due_hour") == {"S": hour} else 0)}
        number_of = _number_of("s", count)
        numbers = {
            schema.BY_ADDRESS.name: by_address,
            **by_due,
            "": lambda one: number_of_range(number_of, one),
        }
        self.tables.generate("sends", Generated(count, make, number_of, numbers))
        self._list(count, email_id, first)

    def _list(self, count: int, email_id: int, first: float) -> None:
        """The listings of these messages: one for those of LISTED seconds."""
        adapter = self.get(wiring.adapters.sending.listings)
        subject = schema.message_listings(email_id)

        @functools.lru_cache(1000)
        def make(number: int) -> Item:
            listed = range(number * LISTED, min((number + 1) * LISTED, count))
            positions = [Position(timestamps.iso(first + one), send_id(one), 0) for one in listed]
            return dict(adapter._item(MessageListing(email_id, positions, positions[-1].accepted_at)))

        def number_of(key: Key) -> int | None:
            at = str(key[1]).partition("#")[0]
            return int(timestamps.parse(at) - first) // LISTED if key[0] == subject and "T" in at else None

        numbers = {"": lambda one: range(-(-count // LISTED) if one == subject else 0)}
        self.tables.generate("metrics", Generated(-(-count // LISTED), make, number_of, numbers))

    def contacts(self, count: int, **changed: Any) -> None:
        self.get(wiring.adapters.contacts.contacts).edit(f"p@{PEOPLE}", "2026-01-01T00:00:00.000Z", lambda one: one)
        pattern = self.tables.only_item("contacts")

        def make(number: int) -> Item:
            return pattern | to_item({"email": person(number), **changed})

        self.tables.generate("contacts", Generated(count, make, _number_of("p", count)))

    def tokens(self, count: int, **changed: Any) -> None:
        """Stores their keys too, and creates their IAM users."""
        token = SmtpToken(
            campaign_id=1,
            name="Shop",
            create_contact=True,
            created_at="2026-01-01T00:00:00.000Z",
            created_by="ada@example.com",
            state=TokenState.ACTIVE,
        )
        self.get(wiring.adapters.tokens.smtp_tokens).save(token)
        pattern = self.tables.only_item("tokens")
        for number in range(count):
            campaign, key = FIRST_EMAIL + number, f"AKIA{number:08}"
            item = {
                "id": schema.smtp_token(campaign),
                "campaign_id": campaign,
                "key_id": key,
                "created_at": _minute(number),
            }
            index = {"id": schema.smtp_key(key), "campaign_id": campaign}
            self.tables.put_all("tokens", iter([pattern | to_item({**item, **changed}), to_item(index)]))
            self.users.keys[f"staffetta-smtp-{campaign}"] = [key]

    def members(self, list_id: int, count: int) -> None:
        """The contacts of `contacts` are in a list; each shard has an equal share of them."""
        shards = 16

        def make(number: int) -> Item:
            member = person(number)
            place = {"list": schema.list_shard(list_id, _shard(member)), "part": member, "member": member}
            return to_item({**place, "list_id": list_id, "joined_at": "2026-01-01T00:00:00.000Z"})

        of_shard: dict[str, list[int]] = {schema.list_shard(list_id, shard): [] for shard in range(shards)}
        for number in range(count):
            of_shard[schema.list_shard(list_id, _shard(person(number)))].append(number)
        generated = Generated(
            count,
            make,
            lambda key: _person_number(key[1], count) if key[0] in of_shard else None,
            {"": lambda part: of_shard.get(part, ())},
        )
        self.tables.generate("audience", generated)

    def archive(self, days: int, a_day: int = 24) -> Sequence[str]:
        """An object of events for each hour."""
        body = gzip.compress(json.dumps(_ses_event()).encode() + b"\n", mtime=0)
        keys = [
            schema.events_key("events", f"{day}T{hour:02}", f"{part:032x}")
            for day in days_before(days)
            for hour, part in ((one * 24 // a_day % 24, one) for one in range(a_day))
        ]
        self.buckets.generate(sorted(keys), lambda _: body)
        return keys


def person(number: int) -> str:
    return f"p{number:08}@{PEOPLE}"


def days_before(count: int) -> list[str]:
    return [(date.fromisoformat(TODAY) - timedelta(days=count - 1 - number)).isoformat() for number in range(count)]


def number_of_range(number_of: Callable[[Key], int | None], name: str) -> Sequence[int]:
    number = number_of((name,))
    return [] if number is None else [number]


def _message(email_id: int, **changed: Any) -> Message:
    values: dict[str, Any] = {
        "key": MessageKey("s", 0),
        "email_id": email_id,
        "address": person(0),
        "role": RecipientRole.TO,
        "state": State.SENT,
        "accepted_at": f"{HOUR}:00:00.000Z",
        "digest": "d" * 32,
        "accepted_by": "k" * 64,
        "queued_at": f"{HOUR}:00:00.000Z",
        "settled_at": f"{HOUR}:00:01.000Z",
    }
    return Message(**{**values, **changed})


def send_id(number: int) -> str:
    return f"s{number:08}@{PEOPLE}"


def _number_of(letter: str, count: int) -> Callable[[Key], int | None]:
    def number(key: Key) -> int | None:
        return _person_number(str(key[0]), count, letter)

    return number


def _person_number(name: str, count: int, letter: str = "p") -> int | None:
    if not (name.startswith(letter) and name.endswith(f"@{PEOPLE}")):
        return None
    text = name[1:].partition("@")[0]
    return int(text) if text.isdecimal() and int(text) < count else None


def _shard(email: str) -> int:
    import zlib

    return zlib.crc32(email.encode()) % 16


def _minute(number: int) -> str:
    return timestamps.iso(timestamps.parse("2026-01-01T00:00:00.000Z") + 60 * number)


def _ses_event() -> Any:
    return {
        "eventType": "Send",
        "mail": {
            "timestamp": "2026-11-29T10:00:00.000Z",
            "messageId": "m1",
            "source": "ada@example.com",
            "destination": ["someone@other.example"],
            "tags": {"send_id": [send_id(0)], "recipient": ["0"]},
        },
        "send": {},
    }


__all__ = ["FIRST_EMAIL", "HOUR", "NOW", "PEOPLE", "TODAY", "Contact", "Stage", "days_before", "ids", "person"]
