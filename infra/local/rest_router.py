"""Finds the operation of an AWS REST API that a request calls, by botocore's own service models: no route is written by hand.

No library serves: LocalStack has a router like this one, but only inside localstack-core, with all of LocalStack.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any, Final
from urllib.parse import parse_qs, parse_qsl, quote, unquote

from botocore.model import ListShape, OperationModel, Shape, StructureShape
from botocore.session import Session, get_session

PATHS: Final = 256  # with their operations
_LABEL: Final = re.compile(r"\{([\w-]+)(\+?)\}")


@dataclass(frozen=True)
class RestCall:
    """An operation, and its parameters in path and query by member name: a list of text if the member is a list, else text."""

    operation: OperationModel
    params: Mapping[str, Any]
    missing: frozenset[str]
    """The members that the model requires in query or headers, and the request lacks."""


def route(service: str, environ: Mapping[str, Any]) -> RestCall | None:
    """Returns the call that a WSGI request makes, or None if `service` has no operation at its method and path.

    S3's operations differ by query and headers only: the one with the most requirements that are all met wins.
    """
    query = parse_qs(environ.get("QUERY_STRING", ""), keep_blank_values=True)
    calls = [
        (candidate.strictness, candidate.call(match, query, environ))
        for candidate, match in _matches(service, environ["REQUEST_METHOD"], _raw_path(environ))
        if candidate.admits(query)
    ]
    if not calls:
        return None
    return max(calls, key=lambda ranked: (not ranked[1].missing, ranked[0]))[1]


def path_of(environ: Mapping[str, Any]) -> str:
    """Returns the decoded path of a WSGI request, whose environ carries UTF-8 as Latin-1 (PEP 3333)."""
    return str(environ.get("PATH_INFO", "/")).encode("latin-1").decode("utf-8", "replace")


def _raw_path(environ: Mapping[str, Any]) -> str:
    """Returns the path as the client encoded it: a label may hold an encoded slash. Another path in PATH_INFO replaces it."""
    raw, path = str(environ.get("RAW_URI", "")).partition("?")[0], path_of(environ)
    return raw if unquote(raw) == path else quote(path)


@dataclass(frozen=True)
class _Member:
    """An input member that travels in path, query or headers, there under the name `wire_name`."""

    name: str
    wire_name: str
    location: str
    required: bool
    shape: Shape

    def is_in(self, query: Mapping[str, Sequence[str]], environ: Mapping[str, Any]) -> bool:
        match self.location:
            case "querystring":
                return self.wire_name in query
            case "header":
                return "HTTP_" + self.wire_name.upper().replace("-", "_") in environ
        return True


@dataclass(frozen=True)
class _Route:
    operation: OperationModel
    method: str
    path: re.Pattern[str]
    literals: int
    fixed_query: Mapping[str, str]
    members: tuple[_Member, ...]

    def admits(self, query: Mapping[str, Sequence[str]]) -> bool:
        return all(query.get(name, [None])[0] == value for name, value in self.fixed_query.items())

    @property
    def strictness(self) -> int:
        demands = [member for member in self.members if member.required and member.location != "uri"]
        return self.literals + 10 * (len(self.fixed_query) + len(demands))

    def call(self, match: re.Match[str], query: Mapping[str, list[str]], environ: Mapping[str, Any]) -> RestCall:
        in_query = {
            member.name: values if isinstance(member.shape, ListShape) else values[0]
            for member in self.members
            if member.location == "querystring" and (values := query.get(member.wire_name))
        }
        lacking = (member.name for member in self.members if member.required and not member.is_in(query, environ))
        in_path = {name: unquote(value) for name, value in match.groupdict().items()}
        return RestCall(self.operation, in_query | in_path, frozenset(lacking))


@lru_cache(PATHS)
def _matches(service: str, method: str, path: str) -> tuple[tuple[_Route, re.Match[str]], ...]:
    return tuple(
        (candidate, match)
        for candidate in _routes(service)
        if candidate.method == method and (match := candidate.path.fullmatch(path))
    )


@cache
def _session() -> Session:
    """One session lists the folders of all models once."""
    return get_session()


@cache
def _routes(service: str) -> tuple[_Route, ...]:
    model = _session().get_service_model(service)
    return tuple(_route(model.operation_model(name)) for name in model.operation_names)


def _route(operation: OperationModel) -> _Route:
    uri, _, query = operation.http["requestUri"].partition("?")
    shape = operation.input_shape
    members = _members(shape) if isinstance(shape, StructureShape) else ()
    path = uri.rstrip("/")
    return _Route(
        operation=operation,
        method=operation.http["method"],
        path=_pattern(path, members),
        literals=len(_LABEL.sub("", path)),
        fixed_query=dict(parse_qsl(query, keep_blank_values=True)),
        members=members,
    )


def _members(shape: StructureShape) -> tuple[_Member, ...]:
    return tuple(
        _Member(
            name=name,
            wire_name=member.serialization.get("name", name),
            location=member.serialization["location"],
            required=name in shape.required_members,
            shape=member,
        )
        for name, member in shape.members.items()
        if member.serialization.get("location") in {"uri", "querystring", "header"}
    )


def _pattern(path: str, members: Sequence[_Member]) -> re.Pattern[str]:
    """Converts each label of a path template to a group with its member's name. The literals have no special characters."""
    names = {member.wire_name: member.name for member in members if member.location == "uri"}
    groups = (f"(?P<{names[label]}>{'.+' if greedy else '[^/]+'})" for label, greedy in _LABEL.findall(path))
    return re.compile(_LABEL.sub(lambda _: next(groups), path) + "/?")
