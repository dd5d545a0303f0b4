"""IAM's evaluation of identity policies: an explicit Deny wins, then any Allow, else no.

Rules only: documents and the request's context come in as values. What we cannot evaluate (an unknown condition operator,
NotResource with Resource) raises UnsupportedPolicy, since a guess either way would make the least-privilege tests lie.

No library serves: moto's own evaluator denies a call if the condition of any Allow does not hold, iam-ape (GPL) lists what a principal may
do in general, and policyuniverse, parliament and policy-sentry read or write policies and judge no call.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from typing import Any, Final

Grant = tuple[str, str]
"""An IAM action and the ARN of the resource it is done to ("*" when the action knows no resource)."""

Document = Mapping[str, Any]
Context = Mapping[str, Sequence[str]]
"""Condition keys in lower case, each with its values; a key that the request lacks is absent."""


class UnsupportedPolicy(Exception):
    """A policy uses a feature of IAM that the local evaluator does not know."""


def allows(documents: Iterable[Document], grant: Grant, context: Context) -> bool:
    """Whether the policies together allow `grant` in `context`."""
    effects = {
        statement["Effect"]
        for document in documents
        for statement in _listed(document["Statement"])
        if _applies(statement, grant, context)
    }
    return "Allow" in effects and "Deny" not in effects


def _applies(statement: Mapping[str, Any], grant: Grant, context: Context) -> bool:
    action, resource = grant
    return (
        _covers(statement, "Action", action.lower(), fold=True)
        and _covers(statement, "Resource", resource, fold=False)
        and _holds(statement.get("Condition", {}), context)
    )


def _covers(statement: Mapping[str, Any], element: str, value: str, *, fold: bool) -> bool:
    negated = f"Not{element}"
    if (element in statement) == (negated in statement):
        raise UnsupportedPolicy(f"a statement needs exactly one of {element} and {negated}: {dict(statement)}")
    patterns = _listed(statement.get(element, statement.get(negated)))
    covered = any(_like(pattern.lower() if fold else pattern, value) for pattern in patterns)
    return covered if element in statement else not covered


def _holds(conditions: Mapping[str, Mapping[str, Any]], context: Context) -> bool:
    return all(
        _test(operator, [str_of(value) for value in _listed(wanted)], context.get(key.lower()))
        for operator, keys in conditions.items()
        for key, wanted in keys.items()
    )


def _test(operator: str, wanted: Sequence[str], values: Sequence[str] | None) -> bool:
    quantifier, _, comparison = operator.rpartition(":")
    if comparison == "Null":
        return (values is None) == (wanted[0] == "true")
    if comparison.endswith("IfExists"):
        if values is None:
            return True
        comparison = comparison.removesuffix("IfExists")
    if comparison not in _COMPARISONS:
        raise UnsupportedPolicy(f"the local evaluator does not know the condition operator {operator}")
    equal, negated = _COMPARISONS[comparison]
    if quantifier == "ForAllValues":
        return all(_one(equal, negated, wanted, value) for value in values or ())
    if quantifier == "ForAnyValue":
        return any(_one(equal, negated, wanted, value) for value in values or ())
    if quantifier:
        raise UnsupportedPolicy(f"the local evaluator does not know the set operator {operator}")
    return _one(equal, negated, wanted, values[0]) if values else negated


def _one(equal: Callable[[str, str], bool], negated: bool, wanted: Sequence[str], value: str) -> bool:
    return any(equal(pattern, value) for pattern in wanted) != negated


@cache
def _glob(pattern: str) -> re.Pattern[str]:
    return re.compile(re.escape(pattern).replace(r"\*", ".*").replace(r"\?", "."), re.DOTALL)


def _like(pattern: str, value: str) -> bool:
    return _glob(pattern).fullmatch(value) is not None


def _arn_like(pattern: str, value: str) -> bool:
    """ARNs match part by part, so that a `*` does not reach over a colon; the last part may hold colons of its own."""
    patterns, parts = pattern.split(":", 5), value.split(":", 5)
    return len(patterns) == len(parts) and all(map(_like, patterns, parts))


def _equal(wanted: str, value: str) -> bool:
    return wanted == value


def _equal_folded(wanted: str, value: str) -> bool:
    return wanted.lower() == value.lower()


_COMPARISONS: Final[Mapping[str, tuple[Callable[[str, str], bool], bool]]] = {
    "StringEquals": (_equal, False),
    "StringNotEquals": (_equal, True),
    "StringEqualsIgnoreCase": (_equal_folded, False),
    "StringNotEqualsIgnoreCase": (_equal_folded, True),
    "StringLike": (_like, False),
    "StringNotLike": (_like, True),
    "ArnEquals": (_arn_like, False),
    "ArnNotEquals": (_arn_like, True),
    "ArnLike": (_arn_like, False),
    "ArnNotLike": (_arn_like, True),
    "Bool": (_equal_folded, False),
    "NumericLessThan": (lambda wanted, value: float(value) < float(wanted), False),
    "NumericLessThanEquals": (lambda wanted, value: float(value) <= float(wanted), False),
    "NumericGreaterThan": (lambda wanted, value: float(value) > float(wanted), False),
    "NumericGreaterThanEquals": (lambda wanted, value: float(value) >= float(wanted), False),
    "NumericEquals": (lambda wanted, value: float(value) == float(wanted), False),
}


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def str_of(value: Any) -> str:
    """A policy's scalar as IAM compares it: JSON's true is "true"."""
    return str(value).lower() if isinstance(value, bool) else str(value)
