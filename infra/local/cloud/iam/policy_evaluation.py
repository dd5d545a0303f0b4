"""IAM's evaluation of identity policies: an explicit Deny wins, then any Allow; otherwise the call is denied.

The rules are pure: documents and the request's context come in as values. A policy that we cannot evaluate (an unknown
condition operator, NotResource with Resource) raises UnsupportedPolicy: a guess would falsify the least-privilege tests.

No library serves: moto's own evaluator denies a call if the condition of any Allow does not hold, iam-ape (GPL) lists what a principal may
do in general, and policyuniverse, parliament and policy-sentry read or write policies and evaluate no call.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from typing import Any, Final

Grant = tuple[str, str]
"""An IAM action and the ARN of its resource ("*" if the action has no resource)."""

Document = Mapping[str, Any]
Context = Mapping[str, Sequence[str]]
"""Condition keys in lower case, each with its values. A key that the request lacks is absent."""


class UnsupportedPolicy(Exception):
    """A policy uses a feature of IAM that the local evaluator does not support."""


def allows(documents: Iterable[Document], grant: Grant, context: Context) -> bool:
    """Returns whether the policies together allow `grant` in `context`."""
    effects = {
        statement["Effect"]
        for document in documents
        for statement in _listed(document["Statement"])
        if _applies(statement, grant, context)
    }
    return "Allow" in effects and "Deny" not in effects


def about(document: Document, action: str) -> Document:
    """Returns a document without the statements that do not cover an action. It allows the same as before on any resource."""
    covering = [statement for statement in _listed(document["Statement"]) if _covers_action(statement, action)]
    return {**document, "Statement": covering}


def _applies(statement: Mapping[str, Any], grant: Grant, context: Context) -> bool:
    action, resource = grant
    return (
        _covers_action(statement, action)
        and _covers(statement, "Resource", resource, fold=False)
        and _holds(statement.get("Condition", {}), context)
    )


def _covers_action(statement: Mapping[str, Any], action: str) -> bool:
    return _covers(statement, "Action", action.lower(), fold=True)


def _covers(statement: Mapping[str, Any], element: str, value: str, *, fold: bool) -> bool:
    negated = f"Not{element}"
    if (element in statement) == (negated in statement):
        raise UnsupportedPolicy(f"a statement needs exactly one of {element} and {negated}: {dict(statement)}")
    patterns = _listed(statement.get(element, statement.get(negated)))
    covered = any(_like(pattern.lower() if fold else pattern, value) for pattern in patterns)
    return covered if element in statement else not covered


def _holds(conditions: Mapping[str, Mapping[str, Any]], context: Context) -> bool:
    return all(
        _evaluate(operator, [str_of(value) for value in _listed(expected)], context.get(key.lower()))
        for operator, keys in conditions.items()
        for key, expected in keys.items()
    )


def _evaluate(operator: str, expected: Sequence[str], values: Sequence[str] | None) -> bool:
    quantifier, _, comparison = operator.rpartition(":")
    if comparison == "Null":
        return (values is None) == (expected[0] == "true")
    if comparison.endswith("IfExists"):
        if values is None:
            return True
        comparison = comparison.removesuffix("IfExists")
    if comparison not in _COMPARISONS:
        raise UnsupportedPolicy(f"the local evaluator does not support the condition operator {operator}")
    equal, negated = _COMPARISONS[comparison]
    if quantifier == "ForAllValues":
        return all(_compare(equal, negated, expected, value) for value in values or ())
    if quantifier == "ForAnyValue":
        return any(_compare(equal, negated, expected, value) for value in values or ())
    if quantifier:
        raise UnsupportedPolicy(f"the local evaluator does not support the set operator {operator}")
    return _compare(equal, negated, expected, values[0]) if values else negated


def _compare(equal: Callable[[str, str], bool], negated: bool, expected: Sequence[str], value: str) -> bool:
    return any(equal(pattern, value) for pattern in expected) != negated


@cache
def _glob(pattern: str) -> re.Pattern[str]:
    return re.compile(re.escape(pattern).replace(r"\*", ".*").replace(r"\?", "."), re.DOTALL)


def _like(pattern: str, value: str) -> bool:
    return _glob(pattern).fullmatch(value) is not None


def arn_like(pattern: str, value: str) -> bool:
    """Matches ARNs part by part, so that a `*` does not reach over a colon. The last part may contain colons."""
    patterns, parts = pattern.split(":", 5), value.split(":", 5)
    return len(patterns) == len(parts) and all(map(_like, patterns, parts))


def _equal(expected: str, value: str) -> bool:
    return expected == value


def _equal_folded(expected: str, value: str) -> bool:
    return expected.lower() == value.lower()


_COMPARISONS: Final[Mapping[str, tuple[Callable[[str, str], bool], bool]]] = {
    "StringEquals": (_equal, False),
    "StringNotEquals": (_equal, True),
    "StringEqualsIgnoreCase": (_equal_folded, False),
    "StringNotEqualsIgnoreCase": (_equal_folded, True),
    "StringLike": (_like, False),
    "StringNotLike": (_like, True),
    "ArnEquals": (arn_like, False),
    "ArnNotEquals": (arn_like, True),
    "ArnLike": (arn_like, False),
    "ArnNotLike": (arn_like, True),
    "Bool": (_equal_folded, False),
    "NumericLessThan": (lambda expected, value: float(value) < float(expected), False),
    "NumericLessThanEquals": (lambda expected, value: float(value) <= float(expected), False),
    "NumericGreaterThan": (lambda expected, value: float(value) > float(expected), False),
    "NumericGreaterThanEquals": (lambda expected, value: float(value) >= float(expected), False),
    "NumericEquals": (lambda expected, value: float(value) == float(expected), False),
}


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def str_of(value: Any) -> str:
    """Returns a policy's scalar as IAM compares it: JSON's true is "true"."""
    return str(value).lower() if isinstance(value, bool) else str(value)
