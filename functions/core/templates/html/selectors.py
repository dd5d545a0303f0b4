"""Whether a selector matches an element in every outcome of the template, in none, or in some.

`cssselect2` parses the selectors. Its matcher needs a certain tree, so matching is our own.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from enum import IntEnum
from typing import Any

from cssselect2 import parser
from msgspec import Struct
from tinycss2 import nth

from functions.core.templates.html.elements import Document, Element, Value, Variant, ancestors
from functions.core.templates.html.masking import EXPRESSION, MARKS

COMPARISONS_MAX = 400_000  # of an element and a part of a selector: about a second


class Certainty(IntEnum):
    """Ordered, so that `and` is the minimum, and `or` the maximum."""

    NEVER = 0
    MAYBE = 1
    ALWAYS = 2


class TooManyComparisonsError(Exception):
    """The style sheets and the elements together are too large."""


Nth = tuple[int, int]
_POSITIONS = {"first-child", "last-child", "only-child", "first-of-type", "last-of-type", "only-of-type"}
_POSITIONS_NTH = {"nth-child", "nth-last-child", "nth-of-type", "nth-last-of-type"}
_WORDS = re.compile(r"[^ \t\n\f\r]+")


def reads_client(tree: Any) -> bool:
    """Whether a selector depends on what a client or a reader does: `:hover`, `:visited`."""
    if isinstance(tree, parser.CombinedSelector):
        return reads_client(tree.left) or reads_client(tree.right)
    if isinstance(tree, parser.CompoundSelector):
        return any(reads_client(simple) for simple in tree.simple_selectors)
    if isinstance(tree, parser.PseudoClassSelector):
        return tree.name not in _POSITIONS | {"root"}
    if isinstance(tree, parser.FunctionalPseudoClassSelector):
        return tree.name not in _POSITIONS_NTH
    return any(reads_client(one.parsed_tree) for one in _alternatives(tree))


def _alternatives(tree: Any) -> list[Any]:
    return [one for one in getattr(tree, "selector_list", ()) if isinstance(one, parser.Selector)]


def style_readers(tree: Any) -> Iterator[Any]:
    """Yields the parts of a selector, each about one element, that read its style attribute."""
    if isinstance(tree, parser.CombinedSelector):
        yield from style_readers(tree.left)
        yield from style_readers(tree.right)
    elif isinstance(tree, parser.CompoundSelector):
        conditions = [one for one in tree.simple_selectors if isinstance(one, parser.AttributeSelector)]
        if any(one.lower_name == "style" for one in conditions):
            yield tree
        for simple in tree.simple_selectors:
            for one in _alternatives(simple):
                yield from style_readers(one.parsed_tree)


def key_of(tree: Any) -> tuple[str, str]:
    """Returns what an element must have to match: an id, a class, a name, or anything."""
    compound = tree.right if isinstance(tree, parser.CombinedSelector) else tree
    keys: dict[str, str] = {}
    for simple in compound.simple_selectors:
        if isinstance(simple, parser.IDSelector):
            keys["id"] = simple.ident.lower()
        elif isinstance(simple, parser.ClassSelector):
            keys["class"] = simple.class_name.lower()
        elif isinstance(simple, parser.LocalNameSelector):
            keys["name"] = simple.lower_local_name
    return next(((kind, keys[kind]) for kind in ("id", "class", "name") if kind in keys), ("any", ""))


class Matcher(Struct):
    document: Document
    values: str = ""  # everything that may be written into a style attribute
    left: int = COMPARISONS_MAX

    def spend(self, comparisons: int) -> None:
        """Raises TooManyComparisonsError."""
        self.left -= comparisons
        if self.left < 0:
            raise TooManyComparisonsError

    def match(self, tree: Any, element: Element) -> Certainty:
        """Raises TooManyComparisonsError."""
        if isinstance(tree, parser.CombinedSelector):
            right = self._compound(tree.right, element)
            return min(right, self._relation(tree, element)) if right else right
        return self._compound(tree, element)

    # Combinators

    def _relation(self, tree: Any, element: Element) -> Certainty:
        if self.document.torn or element.kind == "unknown":
            return Certainty.MAYBE
        if tree.combinator == " ":
            return self._any(tree.left, ancestors(element))
        if element.parent is None:
            return Certainty.NEVER
        if tree.combinator == ">":
            return self.match(tree.left, element.parent)
        return self._sibling(tree, element, element.parent)

    def _any(self, tree: Any, elements: Iterable[Element]) -> Certainty:
        best = Certainty.NEVER
        for element in elements:
            best = max(best, Certainty.MAYBE if element.kind == "unknown" else self.match(tree, element))
            if best is Certainty.ALWAYS:
                break
        return best

    def _sibling(self, tree: Any, element: Element, parent: Element) -> Certainty:
        best = Certainty.NEVER
        for other in reversed(parent.children[: element.index]):
            if other is None:
                return max(best, Certainty.MAYBE)
            best = max(best, self.match(tree.left, other))
            if best is Certainty.ALWAYS or tree.combinator == "+":
                break
        return best

    # One element

    def _compound(self, tree: Any, element: Element) -> Certainty:
        self.spend(1)
        if element.kind == "unknown":
            return Certainty.MAYBE
        result, of_attributes = Certainty.ALWAYS, []
        for simple in tree.simple_selectors:
            if isinstance(simple, parser.IDSelector | parser.ClassSelector | parser.AttributeSelector):
                of_attributes.append(simple)
            else:
                result = min(result, self._simple(simple, element))
            if not result:
                return result
        return min(result, self._attributes(of_attributes, element)) if of_attributes else result

    def _attributes(self, conditions: list[Any], element: Element) -> Certainty:
        if element.variants is None:
            return Certainty.MAYBE
        results = {min(self._attribute(one, variant) for one in conditions) for variant in element.variants}
        return results.pop() if len(results) == 1 else Certainty.MAYBE

    def _attribute(self, condition: Any, variant: Variant) -> Certainty:
        if isinstance(condition, parser.IDSelector):
            result = _id(condition.ident, variant.attributes.get("id"))
        elif isinstance(condition, parser.ClassSelector):
            result = _class(condition.class_name, variant.attributes.get("class"))
        else:
            result = self._value(condition, variant.attributes.get(condition.lower_name))
        return max(result, Certainty.MAYBE) if variant.open and result is Certainty.NEVER else result

    def _value(self, condition: Any, value: Value | None) -> Certainty:
        name, operator, expected = condition.lower_name, condition.operator, condition.value
        if name == "style":
            return self._style(operator, expected, value)
        if value is None:
            return Certainty.NEVER
        if operator is None:
            return Certainty.ALWAYS
        actual = value.text or ""
        if any(mark in actual for mark in MARKS):
            return Certainty.MAYBE
        if condition.case_sensitive is False:
            actual, expected = actual.lower(), expected.lower()
        return _exactly(_OPERATORS[operator], actual, expected)

    def _style(self, operator: str | None, expected: str, value: Value | None) -> Certainty:
        """Inlining changes this attribute."""
        if operator == "*=" and expected:
            actual = (value.text or "") if value else ""
            if expected in actual:
                return Certainty.ALWAYS
            if expected not in self.values and not any(mark in actual for mark in MARKS):
                return Certainty.NEVER
        return Certainty.MAYBE

    def _simple(self, simple: Any, element: Element) -> Certainty:
        if isinstance(simple, parser.LocalNameSelector):
            return _name(simple.lower_local_name, element)
        if isinstance(simple, parser.PseudoClassSelector | parser.FunctionalPseudoClassSelector):
            return self._pseudo_class(simple, element)
        if isinstance(simple, parser.NegationSelector):
            return Certainty(Certainty.ALWAYS - self._alternative(simple, element))
        if isinstance(simple, parser.MatchesAnySelector | parser.SpecificityAdjustmentSelector):
            return self._alternative(simple, element)
        return Certainty.MAYBE

    def _alternative(self, simple: Any, element: Element) -> Certainty:
        return max((self.match(one.parsed_tree, element) for one in _alternatives(simple)), default=Certainty.NEVER)

    # Positions among siblings

    def _pseudo_class(self, simple: Any, element: Element) -> Certainty:
        if simple.name == "root":
            return _certainly(element.parent is None and element.name == "html")
        if simple.name not in _POSITIONS | _POSITIONS_NTH or self.document.torn:
            return Certainty.MAYBE
        if element.parent is None or element.parent.kind == "unknown":
            return Certainty.MAYBE
        kind = element.name if simple.name.endswith("of-type") else None
        if kind == "":
            return Certainty.MAYBE
        self.spend(len(element.parent.children) // 16)
        formula = (0, 1) if isinstance(simple, parser.PseudoClassSelector) else nth.parse_nth(simple.arguments)
        if formula is None:
            return Certainty.MAYBE
        return min(_position(element, formula, kind, end=end) for end in _ends(simple.name))


def _ends(name: str) -> list[bool]:
    """Returns from which ends a position counts: True is the last child's."""
    return [False, True] if name.startswith("only") else ["last" in name]


def _position(element: Element, formula: Nth, kind: str | None, *, end: bool) -> Certainty:
    siblings = element.parent.children if element.parent else []
    others = siblings[element.index + 1 :] if end else siblings[: element.index][::-1]
    counted = [other for other in others if other is None or kind is None or other.name in {kind, ""}]
    if any(other is None or (kind is not None and not other.name) for other in counted):
        # The outermost elements before a gap exist in every outcome.
        outermost = counted[-1]
        never = formula == (0, 1) and outermost is not None and bool(outermost.name) and not outermost.conditional
        return Certainty.NEVER if never else Certainty.MAYBE
    step, first = formula
    distance = len(counted) + 1 - first
    return _certainly(distance == 0 if step == 0 else distance % step == 0 and distance // step >= 0)


def _certainly(value: bool) -> Certainty:
    return Certainty.ALWAYS if value else Certainty.NEVER


def _name(name: str, element: Element) -> Certainty:
    return _certainly(element.name == name) if element.name else Certainty.MAYBE


def _exactly(compare: Callable[[str, str], bool], actual: str, expected: str) -> Certainty:
    """Compares exactly. HTML compares some values, and all in quirks mode, without case: a client may do so."""
    if compare(actual, expected):
        return Certainty.ALWAYS
    return Certainty.MAYBE if compare(actual.lower(), expected.lower()) else Certainty.NEVER


def _id(expected: str, value: Value | None) -> Certainty:
    actual = (value.text or "") if value else ""
    if any(mark in actual for mark in MARKS):
        return Certainty.MAYBE
    return _exactly(_OPERATORS["="], actual, expected)


def _class(expected: str, value: Value | None) -> Certainty:
    classes = _WORDS.findall((value.text or "") if value else "")
    if expected in classes:
        return Certainty.ALWAYS
    folded = {name.lower() for name in classes}
    return (
        Certainty.MAYBE
        if expected.lower() in folded or any(EXPRESSION in name for name in classes)
        else Certainty.NEVER
    )


_OPERATORS: dict[str, Callable[[str, str], bool]] = {
    "=": lambda actual, expected: actual == expected,
    "~=": lambda actual, expected: expected in _WORDS.findall(actual),
    "|=": lambda actual, expected: actual == expected or actual.startswith(f"{expected}-"),
    "^=": lambda actual, expected: bool(expected) and actual.startswith(expected),
    "$=": lambda actual, expected: bool(expected) and actual.endswith(expected),
    "*=": lambda actual, expected: bool(expected) and expected in actual,
}
