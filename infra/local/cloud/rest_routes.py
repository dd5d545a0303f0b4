"""Which operation a REST request calls, by botocore's own service models: no route is typed by hand."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final
from urllib.parse import parse_qsl

from botocore.model import OperationModel, StructureShape
from botocore.session import get_session

_LABEL: Final = re.compile(r"\{(\w+)(\+?)\}")


@dataclass(frozen=True)
class Wire:
    """The parts of an HTTP request that choose its operation; `environ` gives the headers."""

    method: str
    path: str
    query: Mapping[str, str]
    environ: Mapping[str, Any]


@dataclass(frozen=True)
class _Route:
    operation: str
    method: str
    path: re.Pattern[str]
    literals: int
    fixed_query: Mapping[str, str]
    required_query: frozenset[str]
    required_headers: frozenset[str]
    query_members: Mapping[str, str]

    def accepts(self, wire: Wire) -> bool:
        return (
            self.method == wire.method
            and self.path.fullmatch(wire.path) is not None
            and all(wire.query.get(name) == value for name, value in self.fixed_query.items())
            and self.required_query <= wire.query.keys()
            and self.required_headers <= wire.environ.keys()
        )

    @property
    def strictness(self) -> int:
        """S3 tells operations apart by their query and headers alone, so the most demanding route that fits wins."""
        return self.literals + 10 * (len(self.fixed_query) + len(self.required_query) + len(self.required_headers))

    def params(self, wire: Wire) -> dict[str, str]:
        found = self.path.fullmatch(wire.path)
        labels = found.groupdict() if found else {}
        named = {member: wire.query[name] for name, member in self.query_members.items() if name in wire.query}
        return {**labels, **named}


def match(service: str, wire: Wire) -> tuple[str, dict[str, str]] | None:
    """The operation and its path and query parameters by member name, or None when no route fits."""
    fitting = [route for route in _routes(service) if route.accepts(wire)]
    if not fitting:
        return None
    best = max(fitting, key=lambda route: route.strictness)
    return best.operation, best.params(wire)


@cache
def _routes(service: str) -> tuple[_Route, ...]:
    model = get_session().get_service_model(service)
    return tuple(_route(model.operation_model(name)) for name in model.operation_names)


def _route(operation: OperationModel) -> _Route:
    uri, _, query = operation.http["requestUri"].partition("?")
    shape = operation.input_shape
    located = _located(shape) if isinstance(shape, StructureShape) else []
    members = {(place, name): member for place, name, member, _ in located}
    required = {(place, name) for place, name, _, needed in located if needed}
    labels = {name: member for (place, name), member in members.items() if place == "uri"}
    path = uri.rstrip("/")
    return _Route(
        operation=operation.name,
        method=operation.http["method"],
        path=re.compile(_pattern(path, labels) + "/?"),
        literals=len(_LABEL.sub("", path)),
        fixed_query=dict(parse_qsl(query, keep_blank_values=True)),
        required_query=frozenset(name for place, name in required if place == "querystring"),
        required_headers=frozenset(_environ_name(name) for place, name in required if place == "header"),
        query_members={name: member for (place, name), member in members.items() if place == "querystring"},
    )


def _located(shape: StructureShape) -> list[tuple[str, str, str, bool]]:
    return [
        (
            part.serialization["location"],
            part.serialization.get("name", member),
            member,
            member in shape.required_members,
        )
        for member, part in shape.members.items()
        if part.serialization.get("location") in {"uri", "querystring", "header"}
    ]


def _pattern(path: str, labels: Mapping[str, str]) -> str:
    pieces = []
    end = 0
    for label in _LABEL.finditer(path):
        pieces += [re.escape(path[end : label.start()]), _group(labels.get(label[1], label[1]), greedy=bool(label[2]))]
        end = label.end()
    return "".join([*pieces, re.escape(path[end:])])


def _group(member: str, *, greedy: bool) -> str:
    return f"(?P<{member}>{'.+' if greedy else '[^/]+'})"


def _environ_name(header: str) -> str:
    return "HTTP_" + header.upper().replace("-", "_")
