"""Pages of a list, as HubSpot's clients read them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar
from urllib.parse import quote, urlencode

from functions.core.errors import FieldError, Rejected
from functions.core.models.format import whole_number
from functions.http.request import Request
from functions.routes.http.models import ApiModel

Entry = TypeVar("Entry")


class NextPage(ApiModel):
    after: str
    link: str


class ForwardPaging(ApiModel):
    """Absent on the last page: HubSpot's clients read on while there is a `paging`."""

    next: NextPage


def next_page(request: Request[Any], after: str) -> ForwardPaging:
    """Returns the link to the page of the same query that begins after a cursor."""
    link = f"{quote(request.path)}?{urlencode({**request.query, 'after': after})}"
    return ForwardPaging(next=NextPage(after=after, link=link))


def cut_page(
    request: Request[Any], entries: Sequence[Entry], limit: int, cursor: Callable[[Entry], str]
) -> tuple[Sequence[Entry], ForwardPaging | None]:
    """`entries`: one more than the limit, if there is a next page."""
    page = entries[:limit]
    return page, next_page(request, cursor(page[-1])) if len(entries) > limit else None


def numbered_page(after: str | None, pages: int) -> int:
    """Returns the number of the next page of a list whose cursors are the numbers of its pages. Raises Rejected."""
    try:
        read = whole_number(after or "0")
    except ValueError:
        read = pages + 1
    if read > pages:
        raise Rejected([FieldError("after", "is no cursor of this list: use the `after` of the previous page")])
    return read + 1
