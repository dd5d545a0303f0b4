"""Selects the route of a request: an exact path before a variable before a greedy one, a named method before ANY, and
`$default` last (docs: "Create routes for HTTP APIs"). Matching is on the path as sent; parameters are decoded.

No library serves: werkzeug's router matches decoded paths, and aiohttp's takes the first route that was added.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import unquote

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

DEFAULT = "$default"
ANY = "ANY"


@dataclass(frozen=True, slots=True)
class DeployedRoute:
    """One deployed route: its key, and the id of its integration."""

    key: str
    integration: str
    method: str = field(init=False)
    """GET, ..., or ANY."""
    segments: tuple[str, ...] = field(init=False)
    """The parts of its path pattern. Every request looks at every route, so they are split once."""

    def __post_init__(self) -> None:
        method, _, path = self.key.partition(" ")
        object.__setattr__(self, "method", method)
        object.__setattr__(self, "segments", tuple(path.split("/")[1:]))


@dataclass(frozen=True, slots=True)
class Match:
    """The selected route and its path parameters."""

    route: DeployedRoute
    parameters: Mapping[str, str]


def select(routes: Iterable[DeployedRoute], method: str, path: str) -> Match | None:
    """Returns the best match for a request, or None. `path` is percent-encoded and without a query."""
    sent = [unquote(part) for part in path.split("/")[1:]]
    default: Match | None = None
    matches: list[tuple[tuple[int, ...], Match]] = []
    for route in routes:
        if route.key == DEFAULT:
            default = Match(route, {})
        elif route.method in (method, ANY) and (parameters := _parameters(route.segments, sent)) is not None:
            matches.append((_rank(route), Match(route, parameters)))
    return min(matches, key=lambda ranked: ranked[0])[1] if matches else default


def _parameters(pattern: Sequence[str], sent: list[str]) -> dict[str, str] | None:
    """Returns the path parameters if the pattern matches, else None."""
    parameters: dict[str, str] = {}
    for index, part in enumerate(pattern):
        if part.endswith("+}"):
            rest = "/".join(sent[index:])
            return parameters | {part[1:-2]: rest} if rest else None
        if index >= len(sent):
            return None
        if part.startswith("{"):
            if not sent[index]:
                return None
            parameters[part[1:-1]] = sent[index]
        elif part != sent[index]:
            return None
    return parameters if len(pattern) == len(sent) else None


def _rank(route: DeployedRoute) -> tuple[int, ...]:
    """Returns a rank; lower is better. Segment by segment: literal, variable, greedy; then the method."""
    return (
        *(2 if part.endswith("+}") else 1 if part.startswith("{") else 0 for part in route.segments),
        route.method == ANY,
    )
