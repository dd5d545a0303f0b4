"""Pages of a list, as HubSpot's clients walk them."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

from functions.routes.http.models import ApiModel


class NextPage(ApiModel):
    after: str
    link: str


class ForwardPaging(ApiModel):
    """Absent on the last page."""

    next: NextPage


def further(path: str, query: Mapping[str, str], after: str) -> ForwardPaging:
    """Where the next page of the same query begins."""
    return ForwardPaging(next=NextPage(after=after, link=f"{path}?{urlencode({**query, 'after': after})}"))
