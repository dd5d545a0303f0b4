"""What a route is: each room has its part of the table in `routes/<room>/table.py`, and routes/table.py joins them."""

from __future__ import annotations

import re
from collections.abc import Iterable

from msgspec import Struct

ID_MAX = 400  # characters
ID_OCTETS_MAX = 1024  # of a key in storage
# An address may have slashes before its @, and none after it: the end of a path below a contact cannot be part of it.
_ADDRESS = f"(?:[^@]{{1,{ID_MAX}}}@)?[^/@]{{1,{ID_MAX}}}"
_PATTERNS = {"email": _ADDRESS, "emailAddress": _ADDRESS}
_SEGMENT = f"[^/]{{1,{ID_MAX}}}"

DATED_VERSIONS = ("2025-09", "2026-03", "2026-09")


class Route(Struct, frozen=True):
    """One operation. `scopes`: a key needs any one of them; a route without scopes is public.

    HubSpot's dated versions share a path with the parameter {version}: API Gateway has 300 routes for an API, and a version adds none.
    """

    method: str
    path: str  # API Gateway's notation: {name} is one segment; {email} may have slashes
    operation: str  # also its operationId in the OpenAPI document
    function: str  # the Lambda file that serves it
    scopes: tuple[str, ...]
    success: int = 200
    versions: tuple[str, ...] = ()  # the values of {version}, if the path has it
    in_folders: bool = False  # the last parameter may have slashes; API Gateway's $default passes these paths on
    rate_limited: bool = True  # for each key; API Gateway's limit of the stage is for every request

    @property
    def key(self) -> str:
        """API Gateway's route key."""
        return f"{self.method} {self.path}"

    @property
    def spellings_differ(self) -> bool:
        """Returns whether the path may have an address, in which a doubled slash is two characters."""
        return any(f"{{{name}}}" in self.path for name in _PATTERNS)

    def paths(self) -> tuple[str, ...]:
        """The path in each version."""
        return tuple(self.path.replace("{version}", version) for version in self.versions) or (self.path,)

    def pattern(self) -> re.Pattern[str]:
        """No id of ours is longer than ID_MAX, and storage refuses much longer ones: a longer segment is 404."""
        pattern = re.escape(self.path)
        if self.versions:
            pattern = pattern.replace(r"\{version\}", f"(?P<version>{'|'.join(self.versions)})")
        pattern = re.sub(r"\\\{(\w+)\\\}", lambda name: f"(?P<{name[1]}>{_PATTERNS.get(name[1], _SEGMENT)})", pattern)
        if self.in_folders:
            first, _, last = pattern.rpartition("[^/]")
            pattern = f"{first}.{last}"
        return re.compile(pattern)


class Base(Struct, frozen=True):
    """The start of the paths of an API's operations, in one version or in several that share it."""

    path: str
    versions: tuple[str, ...] = ()


Operations = Iterable[tuple[str, str, str, int]]  # method, rest of the path, operation, status of success


def routes_of(
    bases: Iterable[Base],
    operations: Operations,
    function: str,
    scopes: tuple[str, ...],
    *,
    rate_limited: bool = True,
) -> tuple[Route, ...]:
    """Returns each operation under each base: one operation answers in all its versions."""
    listed = tuple(operations)
    return tuple(
        Route(method, base.path + path, operation, function, scopes, success, base.versions, rate_limited=rate_limited)
        for base in bases
        for method, path, operation, success in listed
    )
