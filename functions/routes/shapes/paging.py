"""Pages of a list, as HubSpot's clients walk them."""

from __future__ import annotations

from functions.routes.shapes.wire import Wire


class NextPage(Wire):
    after: str
    link: str


class ForwardPaging(Wire):
    """Absent on the last page."""

    next: NextPage
