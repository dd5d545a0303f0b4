"""Filters and sorts lists of emails. It reads only their small heads, so it can read all of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from msgspec import Struct, field

from functions.core.emails.email import Email, Subcategory

TYPES = {  # HubSpot's words
    Subcategory.SINGLE_SEND_API: "SINGLE_SEND_API",
    Subcategory.MARKETING_SINGLE_SEND_API: "MARKETING_SINGLE_SEND_API",
    Subcategory.SMTP_TOKEN: "SMTP_TOKEN",
    Subcategory.AUTOMATED: "AUTOMATED_EMAIL",
    Subcategory.BATCH: "BATCH_EMAIL",
}
SORTS: dict[str, Callable[[Email], str]] = {
    "name": lambda email: email.name.casefold(),
    "createdAt": lambda email: email.created_at,
    "updatedAt": lambda email: email.updated_at,
    "publishedAt": lambda email: email.published_at,
    "createdBy": lambda email: email.created_by,
    "updatedBy": lambda email: email.updated_by,
}


class TimeRange(Struct, frozen=True):
    """A range of times, each bound optional. A missing timestamp matches only an unbounded range."""

    at: str = ""
    after: str = ""
    before: str = ""

    def __contains__(self, instant: str) -> bool:
        if not (self.at or self.after or self.before):
            return True
        return (
            bool(instant)
            and self.at in {"", instant}
            and self.after < instant
            and (not self.before or instant < self.before)
        )


class Filter(Struct, frozen=True, kw_only=True):
    archived: bool = False
    types: frozenset[str] = frozenset()  # HubSpot's names; empty: all
    published: bool | None = None
    campaign: str = ""
    text: str = ""  # a part of the name or the id, in any case
    created: TimeRange = field(default_factory=TimeRange)
    updated: TimeRange = field(default_factory=TimeRange)
    published_at: TimeRange = field(default_factory=TimeRange)

    def __contains__(self, email: Email) -> bool:
        return (
            bool(email.archived_at) == self.archived
            and (not self.types or TYPES[email.subcategory] in self.types)
            and self.published in {None, email.is_published}
            and (not self.campaign or email.campaign == self.campaign)
            and (not self.text or self.text.casefold() in f"{email.name} {email.id}".casefold())
            and email.created_at in self.created
            and email.updated_at in self.updated
            and email.published_at in self.published_at
        )


class Listing(Struct, frozen=True):
    total: int  # of all pages
    emails: list[Email]  # from the beginning of the page to the last email


def listing(emails: Iterable[Email], criteria: Filter, sorts: Sequence[str] = (), after: int | None = None) -> Listing:
    """Sorts by each of `sorts` ("-name": descending), then by age. `after` is the id of the previous page's last email. The list
    continues after it even if the filter now excludes it. Raises LookupError if that email does not exist.
    """
    ordered = sorted(emails, key=lambda email: (email.created_at, email.id))
    for sort in reversed(sorts or ("createdAt",)):
        ordered.sort(key=SORTS[sort.removeprefix("-")], reverse=sort.startswith("-"))
    total = sum(email in criteria for email in ordered)
    if after is not None:
        positions = [position for position, email in enumerate(ordered) if email.id == after]
        if not positions:
            raise LookupError(f"email {after} does not exist")
        ordered = ordered[positions[0] + 1 :]
    return Listing(total, [email for email in ordered if email in criteria])


def state(email: Email) -> str:
    """Returns HubSpot's word for the state of an email."""
    draft, published = _STATES[email.subcategory == "automated"]
    test = "" if email.ab_partner_id is None else "_AB_VARIANT" if email.ab_variant else "_AB"
    named = (published if email.is_published else draft) + test
    return _IRREGULAR.get(named, named)


_STATES = {False: ("DRAFT", "PUBLISHED"), True: ("AUTOMATED_DRAFT", "AUTOMATED")}
_IRREGULAR = {"AUTOMATED_DRAFT_AB_VARIANT": "AUTOMATED_DRAFT_ABVARIANT"}
