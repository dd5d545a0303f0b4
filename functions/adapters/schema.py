"""The single page about storage: the tables, the keys of their items, and what expires.

| table    | item                                  | partition key              | sort key                     |
| sends    | one recipient's message of a send     | send_id  (the status id)   | recipient  (0 = the To)      |
| content  | what some mails of a send were built from | send_id           | part = their first recipient |
|          | ... and those of the sends of a batch | send_id = the batch's id   | part = 0                     |
| emails   | an email                              | email_id                   | part = "email"               |
|          | a published revision, never changed   | email_id                   | part = "revision#0000000001" |
|          | what that revision was made from      | email_id                   | part = "source#0000000001"   |
|          | what will be published next           | email_id                   | part = "source#0000000000"   |
|          | a partial that emails include         | email_id = 0               | part = "partial#<name>"      |
|          | the site settings                     | email_id = 0               | part = "site-settings"       |
|          | an uploaded image                     | email_id = 0               | part = "image#<hash>.<type>" |
| tokens   | an API key, by the SHA-256 of it      | id = "key#<sha-256>"       |                              |
|          | a token bucket that workers share     | id = "bucket#<name>"       |                              |
|          | an SMTP token                         | id = "smtp#<campaign id>"  |                              |
|          | the token of an SMTP key, for ever    | id = "smtp-key#<key id>"   |                              |
| metrics  | one slot of the counters of an hour   | subject = "email#<id>"     | bucket = "hour#2026-11-23T15#0" |
|          | ... and of a day, of the account,     | subject = "account"        | bucket = "day#2026-11-23#0"  |
|          | an email, its links (days) or a tag   | subject = "links#<id>", "tag#<name>=<value>" |            |
|          | which tags have counters on a day     | subject = "tags"           | bucket = "day#2026-11-23"    |
|          | a listing of an email's messages      | subject = "messages#<id>"  | bucket = "<time of the newest>#<digest>" |
|          | the send quota that workers share     | subject = "governor"       | bucket = "governor"          |
|          | a sending domain                      | subject = "domains"        | bucket = its name            |
|          | the pause of marketing mail           | subject = "pause"    | bucket = "pause"             |
|          | until when due sends are queued       | subject = "due"            | bucket = "due"               |
|          | where a sweep's time was over          | subject = "sweep"          | bucket = "unsettled", "reputation" |
|          | how far record has read the events    | subject = "recording"      | bucket = "recording"         |
|          | an erasure that is under way          | subject = "erasures"       | bucket = hash of its address |
|          | the archive scan for all erasures     | subject = "erasure-scan"   | bucket = "erasure-scan"      |
| contacts | a contact                             | email, in lower case       |                              |
|          | every subscription type               | email = "*"                |                              |
|          | every property that users defined     | email = "properties"       |                              |
|          | what remains of an erased contact     | email = "erased#<sha-256>" |                              |
| audience | a list of contacts                    | list = "lists"             | part = its number, 10 digits |
|          | a contact in a list                   | list = "<number>#<shard>"  | part = address               |
|          | an import of contacts                 | list = "imports"           | part = its id                |
| automations | an automation                      | owner = "automations"      | part = its id, 10 digits     |
|          | its draft, its versions, its counts   | owner = its id             | part = "draft", "version#000001", "counts" |
|          | a contact's run                       | owner = "contact#<address>" | part = "<id>#current", "<id>#<run>" |
|          | a contact's entries of a day          | owner = "entries#<sha-256>" | part = "<id>#<end of the day>" |
|          | a broadcast                           | list = "broadcasts"        | part = its id                |
|          | the sums over its pages               | list = "broadcast#<id>"    | part = "progress"            |
|          | its latest check                      | list = "broadcast#<id>"    | part = "check"               |
|          | a page of its recipients              | list = "broadcast#<id>"    | part = "page#000001"         |
|          | a moment at which one begins          | list = "due"               | part = "<time>#<id>"         |
| access   | a user of the console                 | kind = "users"             | part = address               |
|          | a user's session                      | kind = "session#<sha-256>" | part = "session"             |
|          | a link that sets a password           | kind = "link#<sha-256>"    | part = "link"                |
|          | attempts to sign in                   | kind = "guesses#<sha-256>" | part = when the count ends   |
|          | an open editor of an email            | kind = "editing#<id>"      | part = "<address>#<tab>"     |
| audit    | who did what, never changed           | log = "account"            | entry = "<at>#<id>"          |
| webhooks | an endpoint                           | endpoint = "endpoints"     | part = its id                |
|          | an event's delivery to it             | endpoint = its id          | part = "20261123T120000000-<event id>" |
"""

from __future__ import annotations

from msgspec import Struct

from functions.core import ids

EXPIRES = "expires_at"  # seconds since the epoch; DynamoDB deletes the item some time after


class Attribute(Struct, frozen=True):
    name: str
    kind: str  # DynamoDB's type: S or N


class Index(Struct, frozen=True):
    """The keys of an item almost never change, so an index costs one write per message. A scheduled send's `due_hour` is removed when it is
    queued, which removes it from its index. An erased recipient's address is replaced in their messages.
    """

    name: str
    partition: Attribute
    sort: Attribute
    whole: bool = False  # contains whole items, not only their keys


class Table(Struct, frozen=True):
    name: str  # Settings has its deployed name in `<name>_table`
    partition: Attribute
    sort: Attribute | None = None
    indexes: tuple[Index, ...] = ()
    streamed: bool = False
    expires: bool = False
    recoverable: bool = True  # a copy of 35 days; without it, what is deleted is gone


ACCEPTED_AT = Attribute("accepted_at", "S")
# Measure lists the messages of an email, in the metrics table (core/events/listings.py): an index would cost a write for each message.
BY_ADDRESS = Index("by_address", Attribute("address", "S"), ACCEPTED_AT)
BY_DUE = Index("by_due", Attribute("due_hour", "S"), Attribute("due_at", "S"))  # of scheduled sends only

SENDS = Table(
    "sends",
    Attribute("send_id", "S"),
    Attribute("recipient", "N"),
    indexes=(BY_ADDRESS, BY_DUE),
    streamed=True,
    expires=True,
)
# Its items live a few days, and an erased person must not be in a copy. A message has its own table, which has a stream and indexes.
CONTENT = Table("content", Attribute("send_id", "S"), Attribute("part", "N"), expires=True, recoverable=False)
# Contains the emails only, without their revisions and documents: a list costs the same for any size of bodies.
LISTED = Index("listed", Attribute("listing", "S"), Attribute("created_at", "S"), whole=True)
EMAILS = Table("emails", Attribute("email_id", "N"), Attribute("part", "S"), indexes=(LISTED,))
# Only SMTP tokens have a state. The index has keys only, so the use of a token does not write to it.
BY_STATE = Index("by_state", Attribute("state", "S"), Attribute("created_at", "S"))
TOKENS = Table("tokens", Attribute("id", "S"), indexes=(BY_STATE,))
METRICS = Table("metrics", Attribute("subject", "S"), Attribute("bucket", "S"), expires=True)
# A contact enters this index when an actor first sees it, and its id never changes: a send does not write to the index.
BY_NUMBER = Index("by_number", Attribute("number", "N"), Attribute("email", "S"))
CONTACTS = Table("contacts", Attribute("email", "S"), indexes=(BY_NUMBER,), streamed=True)
# The lists of one contact. Only members have the attribute `member`.
BY_MEMBER = Index("by_member", Attribute("member", "S"), Attribute("list", "S"))
AUDIENCE = Table("audience", Attribute("list", "S"), Attribute("part", "S"), indexes=(BY_MEMBER,), streamed=True)
ACCESS = Table("access", Attribute("kind", "S"), Attribute("part", "S"), expires=True)
AUDIT = Table("audit", Attribute("log", "S"), Attribute("entry", "S"))
WEBHOOKS = Table("webhooks", Attribute("endpoint", "S"), Attribute("part", "S"), expires=True)
RUNS_BY_DUE = Index("by_due", Attribute("due_hour", "S"), Attribute("due_at", "S"))  # of waiting runs only
RUNS_BY_AUTOMATION = Index("by_automation", Attribute("entered_in", "S"), Attribute("entered_at", "S"))
AUTOMATIONS = Table(
    "automations",
    Attribute("owner", "S"),
    Attribute("part", "S"),
    indexes=(RUNS_BY_DUE, RUNS_BY_AUTOMATION),
    expires=True,
)
TABLES = (SENDS, CONTENT, EMAILS, TOKENS, METRICS, CONTACTS, AUDIENCE, AUTOMATIONS, WEBHOOKS, AUDIT, ACCESS)

ENDPOINTS = "endpoints"
EMAIL_PART = "email"
NO_EMAIL = 0  # no email has this id
LISTING = "email"  # the partition of emails in LISTED
IMAGES = "image"  # ... and that of images
TAGS = "tags"
COUNTER = "+"  # prefix of the attributes that hold counters
WATERMARK = "mark#"  # ... and watermarks, by short shard name
SITE_SETTINGS = "site-settings"
SEND_QUOTA = "governor"
PAUSE = "pause"
DOMAINS = "domains"
DUE = "due"
RECORDING = "recording"
SWEEP = "sweep"
UNSETTLED, REPUTATION = "unsettled", "reputation"
SUBSCRIPTION_TYPES = "*"
PROPERTY_DEFINITIONS = "properties"
ERASURES, ERASURE_SCAN = "erasures", "erasure-scan"
LISTS = "lists"
AUTOMATION_LIST, AUTOMATION_VERSION = "automations", "version#"
AUTOMATION_SHARDS = 8  # of the hours of the due index, and of an automation's runs
RUNS_DUE = "runs-due"  # the watermark
BROADCASTS, BROADCASTS_DUE = "broadcasts", "due"  # partitions of the audience table
IMPORTS = "imports"
PROGRESS_PART, CHECK_PART = "progress", "check"
USERS, SESSION, PASSWORD_LINK, GUESSES, EDITING = "users", "session", "link", "guesses", "editing"
SENT_FORM = "form"
ACCOUNT_LOG = "account"  # the one partition of the audit table
PAYLOAD_PREFIX = "sends/"
UPLOAD_PREFIX = "uploads/"
BROADCAST_PREFIX = "broadcasts/"
IMPORT_PREFIX = "imports/"


def partial_part(name: str) -> str:
    return f"partial#{name}"


def image_part(name: str) -> str:
    return f"image#{name}"


def image_key(name: str) -> str:
    """The path of a link is the key of the object."""
    from functions.core.emails.images import FOLDER  # noqa: PLC0415 - every function imports this module, and few have images

    return f"{FOLDER}/{name}"


def revision_part(number: int) -> str:
    return f"revision#{number:010}"


def source_part(number: int) -> str:
    return f"source#{number:010}"


def api_key(secret_id: str) -> str:
    return f"key#{secret_id}"


def erased(mark: str) -> str:
    return f"erased#{mark}"


def bucket(name: str) -> str:
    return f"bucket#{name}"


def smtp_token(campaign_id: int | str) -> str:
    return f"smtp#{campaign_id}"


def smtp_key(key_id: str) -> str:
    return f"smtp-key#{key_id}"


def counter_subject(kind: str, name: str) -> str:
    return f"{kind}#{name}" if name else kind


def counter_bucket(period: str, slot: int | str = "") -> str:
    """A period is '2026-11-23T15' or '2026-11-23'. The slot is empty for items that are not spread over slots."""
    return f"{'hour' if 'T' in period else 'day'}#{period}#{slot}"


def message_listings(email_id: int | str) -> str:
    return f"messages#{email_id}"


def listing_bucket(newest: str, digest: str) -> str:
    return f"{newest}#{digest}"


def events_prefix(shelf: str, hour: str = "") -> str:
    """SES's events in their bucket: events/2026-11-23/15/<digest of the lines>.ndjson.gz, where the day is a folder for queries."""
    return f"{shelf}/{hour.replace('T', '/')}/" if hour else f"{shelf}/"


def events_key(shelf: str, hour: str, digest: str) -> str:
    return f"{events_prefix(shelf, hour)}{digest}.ndjson.gz"


def payload_key(send_id: str) -> str:
    return PAYLOAD_PREFIX + send_id


def upload_key(upload_id: str) -> str:
    return UPLOAD_PREFIX + upload_id


def list_part(list_id: int) -> str:
    return f"{list_id:010}"


def list_shard(list_id: int, shard: int) -> str:
    return f"{list_id}#{shard}"


def run_owner(contact: str) -> str:
    return f"contact#{contact.lower()}"


def entries_owner(contact: str) -> str:
    return f"entries#{ids.address_hash(contact)}"


def run_contact(owner: str) -> str:
    return owner.removeprefix("contact#")


def broadcast(broadcast_id: str) -> str:
    return f"broadcast#{broadcast_id}"


def page_part(number: int) -> str:
    return f"page#{number:06}"


def page_key(broadcast_id: str, number: int) -> str:
    """The recipients of a page, as gzip of a JSON object per line."""
    return f"{BROADCAST_PREFIX}{broadcast_id}/{number:06}.ndjson.gz"


def import_errors_key(import_id: str, number: int) -> str:
    """Lines that were not imported, as gzip of a JSON object per line."""
    return f"{IMPORT_PREFIX}{import_id}/{number:06}.ndjson.gz"
