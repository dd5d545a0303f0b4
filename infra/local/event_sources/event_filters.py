"""Event filter patterns: which records a mapping passes to its function.

https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html: equality, prefix, suffix, anything-but,
equals-ignore-case, numeric, exists and $or. An unknown rule is an error, not a filter that passes nothing.

No library serves: of the rules that our tests list, moto's EventPattern takes true for 1 and lets an unknown rule pass nothing, and
event-ruler 0.3 (2023, no wheel for Python 3.13) has only equality and exists.
"""

from __future__ import annotations

import json
import operator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from infra.local.lambdas import JSON

COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    "=": operator.eq,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
MISSING = object()


class UnsupportedPattern(Exception):
    """The pattern has a rule that this filter does not support."""


def passes(patterns: Sequence[str], record: JSON) -> bool:
    """Returns whether any pattern matches, or there are no patterns. An SQS body is read as JSON if its pattern is an object."""
    return not patterns or any(_matches(json.loads(pattern), record) for pattern in patterns)


def _matches(pattern: dict[str, JSON], value: JSON) -> bool:
    if not isinstance(value, dict):
        return False
    for key, expected in pattern.items():
        if key == "$or":
            if not any(_matches(choice, value) for choice in expected):
                return False
        elif not _key_matches(expected, value.get(key, MISSING), key):
            return False
    return True


def _key_matches(expected: JSON, value: JSON, key: str) -> bool:
    if isinstance(expected, dict):
        return _matches(expected, _decode(value) if key == "body" else {} if value is MISSING else value)
    if not isinstance(expected, list):
        raise UnsupportedPattern(f"{key}: a pattern's values must be a list, not {expected!r}")
    candidates = value if isinstance(value, list) and value else [value]
    return any(_rule_matches(rule, candidate) for rule in expected for candidate in candidates)


def _decode(body: JSON) -> JSON:
    try:
        return json.loads(body)
    except (ValueError, TypeError):
        return None


def _rule_matches(rule: JSON, value: JSON) -> bool:
    if not isinstance(rule, dict):
        return value is not MISSING and _equal(rule, value)
    if len(rule) != 1:
        raise UnsupportedPattern(f"a rule has one operator, not {rule!r}")
    name, argument = next(iter(rule.items()))
    if name not in RULES:
        raise UnsupportedPattern(f"rule {name!r} is not one of {', '.join(RULES)}")
    return RULES[name](argument, value)


def _equal(expected: JSON, value: JSON) -> bool:
    """Compares as JSON does: true is not 1."""
    return bool(isinstance(expected, bool) == isinstance(value, bool) and expected == value)


def _prefix(argument: JSON, value: JSON) -> bool:
    return isinstance(value, str) and value.startswith(argument)


def _suffix(argument: JSON, value: JSON) -> bool:
    return isinstance(value, str) and value.endswith(argument)


def _ignoring_case(argument: JSON, value: JSON) -> bool:
    return isinstance(value, str) and value.lower() == argument.lower()


def _exists(argument: JSON, value: JSON) -> bool:
    return (value is not MISSING) is bool(argument)


def _anything_but(argument: JSON, value: JSON) -> bool:
    if value is MISSING:
        return False
    rules = argument if isinstance(argument, list) else [argument]
    return not any(_rule_matches(rule, value) for rule in rules)


def _numeric(argument: list[JSON], value: JSON) -> bool:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return False
    pairs = zip(argument[::2], argument[1::2], strict=True)
    if unknown := [name for name in argument[::2] if name not in COMPARISONS]:
        raise UnsupportedPattern(f"numeric comparison {unknown[0]!r} is not one of {', '.join(COMPARISONS)}")
    return all(COMPARISONS[name](value, bound) for name, bound in pairs)


RULES: dict[str, Callable[[JSON, JSON], bool]] = {
    "prefix": _prefix,
    "suffix": _suffix,
    "equals-ignore-case": _ignoring_case,
    "exists": _exists,
    "anything-but": _anything_but,
    "numeric": _numeric,
}
