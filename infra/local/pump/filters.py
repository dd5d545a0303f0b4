"""Event filter patterns: which records a mapping lets through.

https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html: equality, prefix, suffix, anything-but,
equals-ignore-case, numeric, exists and $or. A rule that we do not know is an error, not a filter that passes nothing.

No library serves: of the rules that our tests list, moto's EventPattern takes true for 1 and lets an unknown rule pass nothing, and
event-ruler 0.3 (2023, no wheel for Python 3.13) knows only equality and exists.
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
    """The pattern has a rule that this filter does not know."""


def passes(patterns: Sequence[str], record: JSON) -> bool:
    """True when any pattern fits, or there are none. An SQS body is matched as JSON where the pattern wants an object."""
    return not patterns or any(_fits(json.loads(pattern), record) for pattern in patterns)


def _fits(pattern: dict[str, JSON], value: JSON) -> bool:
    if not isinstance(value, dict):
        return False
    for key, wanted in pattern.items():
        if key == "$or":
            if not any(_fits(choice, value) for choice in wanted):
                return False
        elif not _key_fits(wanted, value.get(key, MISSING), key):
            return False
    return True


def _key_fits(wanted: JSON, found: JSON, key: str) -> bool:
    if isinstance(wanted, dict):
        return _fits(wanted, _decoded(found) if key == "body" else {} if found is MISSING else found)
    if not isinstance(wanted, list):
        raise UnsupportedPattern(f"{key}: a pattern's values stand in a list, not {wanted!r}")
    candidates = found if isinstance(found, list) and found else [found]
    return any(_rule_fits(rule, candidate) for rule in wanted for candidate in candidates)


def _decoded(body: JSON) -> JSON:
    try:
        return json.loads(body)
    except (ValueError, TypeError):
        return None


def _rule_fits(rule: JSON, found: JSON) -> bool:
    if not isinstance(rule, dict):
        return found is not MISSING and _equal(rule, found)
    if len(rule) != 1:
        raise UnsupportedPattern(f"a rule has one operator, not {rule!r}")
    name, argument = next(iter(rule.items()))
    if name not in RULES:
        raise UnsupportedPattern(f"rule {name!r} is not one of {', '.join(RULES)}")
    return RULES[name](argument, found)


def _equal(wanted: JSON, found: JSON) -> bool:
    """JSON equality: true is not 1."""
    return bool(isinstance(wanted, bool) == isinstance(found, bool) and wanted == found)


def _prefix(argument: JSON, found: JSON) -> bool:
    return isinstance(found, str) and found.startswith(argument)


def _suffix(argument: JSON, found: JSON) -> bool:
    return isinstance(found, str) and found.endswith(argument)


def _ignoring_case(argument: JSON, found: JSON) -> bool:
    return isinstance(found, str) and found.lower() == argument.lower()


def _exists(argument: JSON, found: JSON) -> bool:
    return (found is not MISSING) is bool(argument)


def _anything_but(argument: JSON, found: JSON) -> bool:
    if found is MISSING:
        return False
    rules = argument if isinstance(argument, list) else [argument]
    return not any(_rule_fits(rule, found) for rule in rules)


def _numeric(argument: list[JSON], found: JSON) -> bool:
    if isinstance(found, bool) or not isinstance(found, (int, float)):
        return False
    pairs = zip(argument[::2], argument[1::2], strict=True)
    if unknown := [name for name in argument[::2] if name not in COMPARISONS]:
        raise UnsupportedPattern(f"numeric comparison {unknown[0]!r} is not one of {', '.join(COMPARISONS)}")
    return all(COMPARISONS[name](found, bound) for name, bound in pairs)


RULES: dict[str, Callable[[JSON, JSON], bool]] = {
    "prefix": _prefix,
    "suffix": _suffix,
    "equals-ignore-case": _ignoring_case,
    "exists": _exists,
    "anything-but": _anything_but,
    "numeric": _numeric,
}
