"""HubL's filters of YAML, regular expressions and network addresses. Each loads its library on its first use."""

from __future__ import annotations

import functools
import ipaddress
import re
from collections.abc import Callable
from typing import Any

from functions.core.templates.hubl.values import elements, is_list, is_null, text

PATTERN_MAX = 500  # characters
MEMORY_MAX = 4_000_000  # bytes of one compiled expression
_GROUP = re.compile(r"\\(.)|\$(?:(\d)|\{(\w+)\})|(\\)|\$")


def regex_replace(value: Any, regex: Any, new: Any) -> str:
    """Replaces what RE2 finds, in linear time. `$1` in the replacement is the first group, as in Java."""
    import re2  # noqa: PLC0415 - a cold start does not need it

    pattern = text(regex)
    if len(pattern) > PATTERN_MAX:
        raise ValueError(f"a regular expression has up to {PATTERN_MAX} characters")
    options = re2.Options()
    options.log_errors, options.max_mem = False, MEMORY_MAX
    try:
        compiled = re2.compile(pattern, options)
        return str(compiled.sub(_replacement(text(new)), text(value)))
    except re2.error as error:
        raise ValueError(f"'{pattern[:40]}' is not a regular expression of RE2: {error}") from error


def _replacement(java: str) -> str:
    r"""Translates Java's `$1` and `\$` into RE2's replacement."""

    def translated(match: re.Match[str]) -> str:
        literal, number, name, _ = match.groups()
        if number or name:
            return f"\\g<{number or name}>"
        return (literal or match[0]).replace("\\", r"\\")

    return _GROUP.sub(translated, java)


def fromyaml(value: Any) -> Any:
    """Reads YAML's plain values."""
    import yaml  # noqa: PLC0415 - as above

    try:
        return _plain(yaml.load(text(value), _loader()))  # noqa: S506 - a safe loader
    except (yaml.YAMLError, RecursionError) as error:
        raise ValueError(f"fromyaml: {text(value)[:40]!r} is not YAML") from error


@functools.cache
def _loader() -> Any:
    """Returns a loader without aliases: nine of nine of nine values, twelve deep, would not end."""
    import yaml  # noqa: PLC0415 - as above

    class Loader(yaml.SafeLoader):
        def compose_node(self, parent: Any, index: Any) -> Any:
            if self.check_event(yaml.AliasEvent):
                raise ValueError("fromyaml: an alias (*a) is not read: write its value")
            return super().compose_node(parent, index)

    return Loader


class _Quoted(str):
    """A text of YAML in double quotes, as HubSpot's engine writes every text but a key."""

    __slots__ = ()


def toyaml(value: Any) -> str:
    import yaml  # noqa: PLC0415 - as above

    class Dumper(yaml.SafeDumper):
        pass

    Dumper.add_representer(_Quoted, lambda dumper, item: dumper.represent_scalar("tag:yaml.org,2002:str", item, '"'))
    written = str(yaml.dump(_plain(value, _Quoted), Dumper=Dumper, sort_keys=False, allow_unicode=True))
    return written.removesuffix("...\n")  # the end of a document that is one value


def _plain(value: Any, of_text: Callable[[str], str] = str) -> Any:
    """Returns a value of YAML as HubL's. A date is its text."""
    if isinstance(value, dict):
        return {text(key): _plain(item, of_text) for key, item in value.items()}
    if is_list(value):
        return [_plain(item, of_text) for item in value]
    return value if value is None or isinstance(value, bool | int | float) else of_text(text(value))


# Network addresses.


def _address(version: int | None) -> Callable[..., Any]:
    """Returns a filter: is this an address? Of a list, it keeps the addresses. With a part's name, it returns that part."""

    def of(value: Any, part: Any = None) -> Any:
        if isinstance(value, dict):
            read = {key: _part(item, version, part) for key, item in value.items()}
            return {
                key: value[key] if item is True else item for key, item in read.items() if item not in (None, False)
            }
        if is_list(value):
            items = [(item, _part(item, version, part)) for item in elements(value)]
            return [item if read is True else text(read) for item, read in items if read not in (None, False)]
        read = _part(value, version, part)
        return False if read is None and is_null(part) else read

    return of


def _part(value: Any, version: int | None, part: Any) -> Any:
    if not isinstance(value, str):
        return None
    try:
        interface = ipaddress.ip_interface(value.strip())
    except ValueError:
        return False if is_null(part) else None
    if version not in (None, interface.version):
        return False if is_null(part) else None
    if is_null(part):
        return "/" not in value
    network = interface.network
    parts: dict[str, Any] = {
        "address": interface.ip,
        "broadcast": network.broadcast_address,
        "gateway": next(iter(network.hosts()), None),
        "netmask": network.netmask,
        "network": network.network_address,
        "prefix": network.prefixlen,
        "private": interface.ip.is_private,
        "public": not interface.ip.is_private,
    }
    name = text(part).strip().lower()
    if name not in parts:
        raise ValueError(f"an address has no '{name[:40]}': expected one of {', '.join(parts)}")
    result = parts[name]
    return result if isinstance(result, bool | int) else str(result)


def allow_snake_case(value: Any) -> Any:
    """Returns the map. Its names can be read in snake case too."""
    if not isinstance(value, dict):
        return value
    return {**{_snake(key): item for key, item in value.items()}, **value}


def _snake(name: Any) -> str:
    return re.sub(r"(?<=[a-z0-9])([A-Z])", lambda match: f"_{match[1].lower()}", text(name))


FILTERS: dict[str, Callable[..., Any]] = {
    "allow_snake_case": allow_snake_case,
    "fromyaml": fromyaml,
    "ipaddr": _address(None),
    "ipv4": _address(4),
    "ipv6": _address(6),
    "regex_replace": regex_replace,
    "toyaml": toyaml,
}
