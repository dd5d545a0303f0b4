"""What the calls about emails ask for in their paths, queries and headers, read with every fault told at once."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from functions.core import timestamps
from functions.core.emails.email_listing import SORTS, TYPES, Filter, TimeRange
from functions.core.errors import FieldError, NotFound, Rejected
from functions.routes.http.dispatch import Request

LIMIT_MAX = 100
ID_DIGITS = 19


class ListQuery(Struct, frozen=True, kw_only=True):
    wanted: Filter
    sorts: tuple[str, ...]
    after: int | None
    limit: int


def email_id(request: Request) -> int:
    return numbered(request, "emailId", "email")


def revision_number(request: Request) -> int:
    return numbered(request, "revisionId", "published revision")


def numbered(request: Request, name: str, noun: str) -> int:
    """The number in a path. Raises NotFound: whatever else stands there names nothing."""
    number = id_of(request.path_parameters[name])
    if number is None:
        raise NotFound(f"there is no {noun} {request.path_parameters[name]!r}")
    return number


def id_of(given: object) -> int | None:
    """An id as a number or as text, as HubSpot's clients have it."""
    text = str(given) if isinstance(given, str | int) and not isinstance(given, bool) else ""
    return int(text) if text.isdecimal() and text.isascii() and len(text) <= ID_DIGITS else None


def version_read(request: Request, given: object) -> int | None:
    """The version that a change is made to: the body's, or the header's. Raises Rejected."""
    header = request.headers.get("if-match", "").strip().removeprefix("W/").strip('"')
    if given is None and header in {"", "*"}:
        return None
    version = id_of(header if given is None else given)
    if version is None:
        where = "If-Match" if given is None else "version"
        raise Rejected([FieldError(where, "must be the `version` of the email that was read, a whole number")])
    return version


def included(request: Request) -> list[str]:
    return _words(request.query, "includedProperties")


def list_query(request: Request) -> ListQuery:
    query, faults = request.query, list[FieldError]()
    wanted = Filter(
        archived=_flag(query, "archived", faults) or False,
        types=_types(query, faults),
        published=_flag(query, "isPublished", faults),
        campaign=query.get("campaign", ""),
        created=_span(query, "created", faults),
        updated=_span(query, "updated", faults),
        published_at=_span(query, "published", faults),
    )
    asked = ListQuery(
        wanted=wanted, sorts=_sorts(query, faults), after=cursor(query, "after", faults), limit=limit(query, faults)
    )
    if faults:
        raise Rejected(faults)
    return asked


def limit(query: Mapping[str, str], faults: list[FieldError]) -> int:
    text = query.get("limit") or str(LIMIT_MAX)
    number = id_of(text)
    if number is None or not 1 <= number <= LIMIT_MAX:
        faults.append(FieldError("limit", f"must be 1 to {LIMIT_MAX}, not {text!r}"))
        return LIMIT_MAX
    return number


def cursor(query: Mapping[str, str], name: str, faults: list[FieldError]) -> int | None:
    text = query.get(name)
    number = id_of(text) if text else None
    if text and number is None:
        faults.append(FieldError(name, f"must be what `paging.next.after` said, not {text!r}"))
    return number


def _words(query: Mapping[str, str], name: str) -> list[str]:
    return [word.strip() for word in query.get(name, "").split(",") if word.strip()]


def _flag(query: Mapping[str, str], name: str, faults: list[FieldError]) -> bool | None:
    text = query.get(name, "").lower()
    if text not in {"", "true", "false"}:
        faults.append(FieldError(name, f"must be true or false, not {text!r}"))
    return text == "true" if text else None


def _types(query: Mapping[str, str], faults: list[FieldError]) -> frozenset[str]:
    """Any of HubSpot's may be asked for; of those that we do not have there are none."""
    words = _words(query, "type")
    if not all(word.replace("_", "").isalnum() and word.isupper() for word in words):
        faults.append(FieldError("type", f"must be types of emails, as {', '.join(TYPES.values())}"))
    return frozenset(words)


def _sorts(query: Mapping[str, str], faults: list[FieldError]) -> tuple[str, ...]:
    words = _words(query, "sort")
    if unknown := [word for word in words if word.removeprefix("-") not in SORTS]:
        faults.append(
            FieldError("sort", f"cannot go by {', '.join(unknown)}: it can by {', '.join(SORTS)}, or -name and so on")
        )
    return tuple(words)


def _span(query: Mapping[str, str], name: str, faults: list[FieldError]) -> TimeRange:
    return TimeRange(*(_instant(query, f"{name}{when}", faults) for when in ("At", "After", "Before")))


def _instant(query: Mapping[str, str], name: str, faults: list[FieldError]) -> str:
    text = query.get(name)
    if not text:
        return ""
    try:
        return timestamps.normalized(text)
    except (ValueError, OverflowError):
        faults.append(FieldError(name, f"must be an ISO-8601 instant like 2026-01-31T00:00:00Z, not {text!r}"))
        return ""
