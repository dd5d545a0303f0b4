"""The single page to read about storage: which tables there are, how an item is found, and what expires.

| table    | item                                  | partition key              | sort key                     |
| sends    | one recipient's message of a send     | send_id  (the status id)   | recipient  (0 = the To)      |
| emails   | an email                              | email_id                   | part = "email"               |
|          | a published revision, never changed   | email_id                   | part = "revision#0000000001" |
| tokens   | an API key, by the SHA-256 of it      | id = "key#<sha-256>"       |                              |
|          | a token bucket that workers share     | id = "bucket#<name>"       |                              |
| metrics  | one email's counters in one hour      | subject = "email#<id>"     | bucket = "2026-11-23T15"     |
|          | which emails counted in that hour     | subject = "account"        | bucket = "2026-11-23T15"     |
|          | the governor of the account's sending | subject = "governor"       | bucket = "governor"          |
| contacts | a contact                             | email                      |                              |
"""

from __future__ import annotations

from dataclasses import dataclass

EXPIRES = "expires_at"  # seconds since the epoch; DynamoDB deletes the item some time after


@dataclass(frozen=True)
class Attribute:
    name: str
    kind: str  # DynamoDB's type: S or N


@dataclass(frozen=True)
class Index:
    """Keys never change after the item is made, so an index costs one write per message; but a scheduled send's `due_hour` goes
    once it is queued, which takes it out of its index.
    """

    name: str
    partition: Attribute
    sort: Attribute


@dataclass(frozen=True)
class Table:
    name: str  # Settings has its deployed name in `<name>_table`
    partition: Attribute
    sort: Attribute | None = None
    indexes: tuple[Index, ...] = ()
    streamed: bool = False
    expires: bool = False


ACCEPTED_AT = Attribute("accepted_at", "S")
BY_EMAIL = Index("by_email", Attribute("email_id", "N"), ACCEPTED_AT)
BY_ADDRESS = Index("by_address", Attribute("address", "S"), ACCEPTED_AT)
BY_DUE = Index("by_due", Attribute("due_hour", "S"), Attribute("due_at", "S"))  # of scheduled sends alone

SENDS = Table(
    "sends",
    Attribute("send_id", "S"),
    Attribute("recipient", "N"),
    indexes=(BY_EMAIL, BY_ADDRESS, BY_DUE),
    streamed=True,
    expires=True,
)
EMAILS = Table("emails", Attribute("email_id", "N"), Attribute("part", "S"))
TOKENS = Table("tokens", Attribute("id", "S"))
METRICS = Table("metrics", Attribute("subject", "S"), Attribute("bucket", "S"), expires=True)
CONTACTS = Table("contacts", Attribute("email", "S"))
TABLES = (SENDS, EMAILS, TOKENS, METRICS, CONTACTS)

EMAIL_PART = "email"
ACCOUNT = "account"
GOVERNOR = "governor"
PAYLOAD_PREFIX = "sends/"


def revision_part(number: int) -> str:
    return f"revision#{number:010}"


def api_key(secret_id: str) -> str:
    return f"key#{secret_id}"


def bucket(name: str) -> str:
    return f"bucket#{name}"


def email_subject(email_id: int) -> str:
    return f"email#{email_id}"


def payload_key(send_id: str) -> str:
    return PAYLOAD_PREFIX + send_id
