"""Which emails a list tells of, and in which order. Small heads alone are looked at, so all of them can be."""

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
    """Instants: exactly at one, after one and before one, where they are given. What never happened is in no span but the open one."""

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
    types: frozenset[str] = frozenset()  # HubSpot's names; none: all
    published: bool | None = None
    campaign: str = ""
    created: TimeRange = field(default_factory=TimeRange)
    updated: TimeRange = field(default_factory=TimeRange)
    published_at: TimeRange = field(default_factory=TimeRange)

    def __contains__(self, email: Email) -> bool:
        return (
            bool(email.archived_at) == self.archived
            and (not self.types or TYPES[email.subcategory] in self.types)
            and self.published in {None, email.published_revision is not None}
            and (not self.campaign or email.campaign == self.campaign)
            and email.created_at in self.created
            and email.updated_at in self.updated
            and email.published_at in self.published_at
        )


class Listing(Struct, frozen=True):
    total: int  # of all pages
    emails: list[Email]  # from where the page begins, to the very last


def listing(emails: Iterable[Email], wanted: Filter, sorts: Sequence[str] = (), after: int | None = None) -> Listing:
    """Sorted by each of `sorts` ("-name": descending), then by age. `after` is the id of the last email of the page before: its place is
    kept even where it is filtered out by now. Raises LookupError where there is no such email.
    """
    ordered = sorted(emails, key=lambda email: (email.created_at, email.id))
    for sort in reversed(sorts or ("createdAt",)):
        ordered.sort(key=SORTS[sort.removeprefix("-")], reverse=sort.startswith("-"))
    total = sum(email in wanted for email in ordered)
    if after is not None:
        places = [place for place, email in enumerate(ordered) if email.id == after]
        if not places:
            raise LookupError(f"there is no email {after}")
        ordered = ordered[places[0] + 1 :]
    return Listing(total, [email for email in ordered if email in wanted])


def state(email: Email) -> str:
    """HubSpot's word for where it stands."""
    draft, published = _STATES[email.subcategory == "automated"]
    test = "" if email.ab_partner_id is None else "_AB_VARIANT" if email.ab_variant else "_AB"
    named = (published if email.published_revision is not None else draft) + test
    return _ODD.get(named, named)


_STATES = {False: ("DRAFT", "PUBLISHED"), True: ("AUTOMATED_DRAFT", "AUTOMATED")}
_ODD = {"AUTOMATED_DRAFT_AB_VARIANT": "AUTOMATED_DRAFT_ABVARIANT"}
