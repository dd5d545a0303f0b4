"""Which route answers a request: an exact path before a variable before a greedy one, a named method before ANY, and
`$default` last (docs: "Create routes for HTTP APIs"). Matching is on the path as sent, parameters come out decoded.

No library serves: werkzeug's router matches decoded paths, and aiohttp's takes the first route that was added.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import unquote

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

DEFAULT = "$default"
ANY = "ANY"


@dataclass(frozen=True, slots=True)
class Route:
    """One deployed route: its key, and the ids of what answers it and what guards it."""

    key: str
    integration: str
    authorizer: str | None = None

    @property
    def method(self) -> str:
        """GET, ..., or ANY."""
        return self.key.partition(" ")[0]

    @property
    def segments(self) -> list[str]:
        """The parts of its path pattern."""
        return self.key.partition(" ")[2].split("/")[1:]


@dataclass(frozen=True, slots=True)
class Match:
    """The route that answers, and its path parameters."""

    route: Route
    parameters: Mapping[str, str]


def select(routes: Iterable[Route], method: str, path: str) -> Match | None:
    """The best match for a request. `path` is percent-encoded and without a query."""
    sent = path.split("/")[1:]
    default: Match | None = None
    matches: list[tuple[tuple[int, ...], Match]] = []
    for route in routes:
        if route.key == DEFAULT:
            default = Match(route, {})
        elif route.method in {method, ANY} and (parameters := _parameters(route.segments, sent)) is not None:
            matches.append((_rank(route), Match(route, parameters)))
    return min(matches, key=lambda ranked: ranked[0])[1] if matches else default


def _parameters(pattern: list[str], sent: list[str]) -> dict[str, str] | None:
    """The path parameters when the pattern fits, else None."""
    found: dict[str, str] = {}
    for place, part in enumerate(pattern):
        if part.endswith("+}"):
            rest = "/".join(sent[place:])
            return found | {part[1:-2]: unquote(rest)} if rest else None
        if place >= len(sent):
            return None
        if part.startswith("{"):
            if not sent[place]:
                return None
            found[part[1:-1]] = unquote(sent[place])
        elif part != unquote(sent[place]):
            return None
    return found if len(pattern) == len(sent) else None


def _rank(route: Route) -> tuple[int, ...]:
    """Lower is better: segment by segment literal, variable, greedy; then the method."""
    return (
        *(2 if part.endswith("+}") else 1 if part.startswith("{") else 0 for part in route.segments),
        route.method == ANY,
    )
