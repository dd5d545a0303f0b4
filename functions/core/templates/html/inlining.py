"""Moves declarations from style sheets into elements if no outcome of the template, no condition and no client can change the result.

For an element, the declarations that may apply are read from the strongest on. One that stays in its sheet keeps those weaker ones there
that would beat it from a style attribute. Inlined declarations go before the element's own, in the cascade's order.
A rule leaves its sheet when all that it does is inlined.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Literal

from msgspec import Struct, field

from functions.core.templates.html import stylesheets
from functions.core.templates.html.edits import Edits
from functions.core.templates.html.elements import UNRENDERED, Document, Element
from functions.core.templates.html.masking import EXPRESSION
from functions.core.templates.html.selectors import Certainty, Matcher, TooManyComparisonsError, key_of, style_readers
from functions.core.templates.html.stylesheets import Declaration, Rule, Selector, Sheet, Specificity, overlap

INLINED_MAX = 2_000_000  # characters
Reason = Literal["client", "template", "attribute", "override", "statement"]


class StayedRule(Struct, frozen=True):
    """A plain rule that stays in its sheet, and why."""

    start: int
    reason: Reason
    other: str = ""  # the selector of a rule that may override it


class TooMuchStyleError(Exception):
    """The style sheets and the elements together are too large."""


def inline(document: Document, edits: Edits) -> list[StayedRule]:
    """Adds the edits. Returns the plain rules that stay. Raises TooMuchStyleError."""
    sheets = stylesheets.read(document)
    if not any(sheet.rules for sheet in sheets):
        return []
    try:
        return _Inliner(document, edits, sheets, Matcher(document, _values(sheets))).run()
    except TooManyComparisonsError as error:
        raise TooMuchStyleError from error


class _Applied(Struct, frozen=True, eq=False):
    """One declaration of a rule, for one element."""

    rule: Rule
    selector: int
    number: int  # of the declaration
    match: Certainty

    @property
    def declaration(self) -> Declaration:
        return self.rule.declarations[self.number]

    @property
    def order(self) -> tuple[Specificity, int, int]:
        return (self.rule.selectors[self.selector].specificity, self.rule.number, self.number)

    def same(self, other: _Applied) -> bool:
        """Whether it is the same declaration, by another selector of the rule."""
        return self.rule is other.rule and self.number == other.number

    @property
    def strength(self) -> tuple[bool, tuple[Specificity, int, int]]:
        return (self.declaration.important, self.order)


class _Inliner(Struct):
    document: Document
    edits: Edits
    sheets: list[Sheet]
    matcher: Matcher
    applied: dict[int, list[_Applied]] = field(default_factory=lambda: defaultdict(list))  # by the element's number
    matched: set[tuple[int, int]] = field(default_factory=set)  # rule and selector
    stayed: dict[tuple[int, int, int], StayedRule] = field(default_factory=dict)  # rule, selector and declaration
    size: int = 0

    def run(self) -> list[StayedRule]:
        self._match()
        frozen = self._frozen()
        for number, element in enumerate(self.document.elements):
            if number in self.applied:
                self._inline(element, self.applied[number], frozen=number in frozen)
        if not self.document.unseen:
            for rule in self._rules():
                if rule.plain:
                    self._remove(rule)
        return list(self._reasons())

    def _rules(self) -> Iterator[Rule]:
        return (rule for sheet in self.sheets for rule in sheet.rules)

    # Which rules may apply to an element

    def _match(self) -> None:
        index = _Index.of(self.document)
        for rule in self._rules():
            for number, selector in enumerate(rule.selectors):
                if not selector.matches_nothing:
                    self._match_selector(index, rule, number, selector)

    def _match_selector(self, index: _Index, rule: Rule, number: int, selector: Selector) -> None:
        every = range(len(self.document.elements))
        for at in index.candidates(selector) if selector.tree else every:
            element = self.document.elements[at]
            match = self.matcher.match(selector.tree, element) if selector.tree else Certainty.MAYBE
            self.matcher.spend(1)
            if match:
                self.matcher.spend(len(rule.declarations))
                self.matched.add((rule.number, number))
                self.applied[at] += [
                    _Applied(rule, number, declaration, match) for declaration in range(len(rule.declarations))
                ]

    def _frozen(self) -> set[int]:
        """Returns the numbers of the elements whose style attribute may decide whether a selector matches."""
        trees = [one.tree for rule in self._rules() for one in rule.selectors if one.tree]
        readers = [reader for tree in trees for reader in style_readers(tree)]
        return {
            number
            for reader in readers
            for number, element in enumerate(self.document.elements)
            if self.matcher.match(reader, element) is Certainty.MAYBE
        }

    # One element

    def _inline(self, element: Element, applied: list[_Applied], *, frozen: bool) -> None:
        if element.name in UNRENDERED and not any(overlap(one.declaration.name, "display") for one in applied):
            return
        place = _place(element)
        if place and frozen:
            place = _Place(-1)
        staying: dict[tuple[str, bool], list[_Applied]] = {}
        inlined: dict[tuple[int, int], _Applied] = {}
        for one in sorted(applied, key=lambda one: one.strength, reverse=True):
            reason = self._reason(one, place, staying)
            if reason is None:
                inlined.setdefault((one.rule.number, one.number), one)
            else:
                staying.setdefault((one.declaration.name, one.declaration.important), []).append(one)
                self.stayed.setdefault((one.rule.number, one.selector, one.number), reason)
        if inlined and place:
            self._write(place, sorted(inlined.values(), key=lambda one: one.order))

    def _reason(
        self, one: _Applied, place: _Place | None, staying: dict[tuple[str, bool], list[_Applied]]
    ) -> StayedRule | None:
        """Returns why a declaration stays, or None."""
        start, selector = one.rule.start, one.rule.selectors[one.selector]
        if place is None or not one.rule.plain or not one.declaration.plain or selector.reads_client:
            return StayedRule(start, "client")
        if one.match is not Certainty.ALWAYS:
            return StayedRule(start, "template")
        self.matcher.spend(len(staying) // 8)
        for (name, important), others in staying.items():
            wins_anyway = important and name and not one.declaration.important
            if not wins_anyway and overlap(name, one.declaration.name):
                other = next((other for other in others if not one.same(other)), None)
                if other:
                    return StayedRule(start, "override", self._selector_text(other))
        return StayedRule(start, "attribute") if place.at < 0 else None

    def _selector_text(self, other: _Applied) -> str:
        selector = other.rule.selectors[other.selector]
        return self.document.masked.text[selector.start : selector.end]

    def _write(self, place: _Place, inlined: list[_Applied]) -> None:
        texts = [self._text(one.declaration, place.quote) for one in inlined]
        style = "".join(reversed(dict.fromkeys(reversed(texts))))  # of equal ones the last decides
        self.size += len(style)
        if self.size > INLINED_MAX:
            raise TooMuchStyleError
        if place.attribute:
            self.edits.insert(place.at, style if place.quote else f'"{style}')
            if not place.quote:
                self.edits.insert(place.end, '"')
        else:
            self.edits.insert(place.at, f' style="{style.removesuffix(";")}"')

    def _text(self, declaration: Declaration, quote: str) -> str:
        """Returns a declaration for a style attribute. Its Jinja2 stays as written."""
        end = declaration.start + len(declaration.text)
        css = self.document.masked.outside(declaration.start, end, lambda text: _quoted(text, quote or '"'))
        return f"{css};"

    # What leaves the sheet

    def _remove(self, rule: Rule) -> None:
        rows, columns = range(len(rule.selectors)), range(len(rule.declarations))
        stays = [
            row
            for row in rows
            if (rule.number, row) not in self.matched
            or any((rule.number, row, column) in self.stayed for column in columns)
        ]
        gone = [
            column
            for column in columns
            if all(
                (rule.number, row) in self.matched and (rule.number, row, column) not in self.stayed for row in stays
            )
        ]
        if not columns:
            return
        if not stays or len(gone) == len(columns):
            self._cut(rule.start, rule.end)
            return
        for column in gone:
            self._cut(rule.declarations[column].start, rule.declarations[column].end)
        self._cut_selectors(rule, stays)

    def _cut_selectors(self, rule: Rule, stays: list[int]) -> None:
        """Keeps a comma between the selectors that stay: each takes the one behind it, the last takes the one before."""
        last = len(rule.selectors) - 1
        for row, selector in enumerate(rule.selectors):
            if row in stays:
                continue
            if row > max(stays):
                self.edits.replace(rule.selectors[row - 1].end, selector.end)
            elif row < last:
                self.edits.replace(selector.start, rule.selectors[row + 1].start)

    def _cut(self, start: int, end: int) -> None:
        """Removes a part with the white space before it."""
        text = self.document.masked.mask
        while text[start - 1 : start].isspace():
            start -= 1
        self.edits.replace(start, end)

    def _reasons(self) -> Iterator[StayedRule]:
        reported = set[int]()
        for (number, _, _), reason in sorted(self.stayed.items()):
            if number not in reported and reason.reason != "client":
                reported.add(number)
                yield reason
        for sheet in self.sheets:
            if sheet.statement >= 0 and any((rule.number, 0) in self.matched for rule in sheet.rules):
                yield StayedRule(sheet.statement, "statement")


def _values(sheets: Iterable[Sheet]) -> str:
    return "\n".join(one.text for sheet in sheets for rule in sheet.rules for one in rule.declarations)


class _Place(Struct, frozen=True):
    """The place for inlined declarations in a tag: at its style attribute's value, or behind its name."""

    at: int  # -1: Jinja2 decides about its style attribute
    attribute: bool = False
    quote: str = '"'
    end: int = 0  # of a value without quotes


def _place(element: Element) -> _Place | None:
    """Returns no place for an element without a tag, and for one that only Outlook reads."""
    if element.kind != "written":
        return None
    if element.variants is None or any(variant.open for variant in element.variants):
        return _Place(-1)
    values = [variant.attributes.get("style") for variant in element.variants]
    starts = {value.start if value else None for value in values}
    if len(starts) > 1:
        return _Place(-1)
    value = values[0]
    if value is None:
        return _Place(element.after_name)
    if value.text is None or not value.quote:
        return _bare(element, [one.text or "" for one in values if one])
    return _Place(value.start, attribute=True, quote=value.quote)


def _bare(element: Element, texts: list[str]) -> _Place:
    """A value without quotes gets quotes, if it is the same in every outcome."""
    text = texts[0]
    value = element.variants[0].attributes["style"] if element.variants else None
    if value is None or value.text is None or len(set(texts)) > 1 or "&" in text or '"' in text or EXPRESSION in text:
        return _Place(-1)
    return _Place(value.start, attribute=True, quote="", end=value.start + len(text))


def _quoted(css: str, quote: str) -> str:
    """Returns CSS for an attribute in quotes. Mail clients read single quotes best, so they replace double ones if they can."""
    if quote == '"' and "'" not in css and "\\" not in css:
        css = css.replace('"', "'")
    return css.replace("&", "&amp;").replace(quote, "&quot;" if quote == '"' else "&#39;").replace("\n", " ")


class _Index(Struct):
    """The numbers of the elements that may have an id, a class or a name."""

    by_key: dict[tuple[str, str], list[int]]
    uncertain: list[int]
    everything: list[int]

    @classmethod
    def of(cls, document: Document) -> _Index:
        by_key, uncertain = defaultdict[tuple[str, str], list[int]](list), list[int]()
        for number, element in enumerate(document.elements):
            keys = _keys(element)
            if keys is None:
                uncertain.append(number)
            for key in keys or ():
                by_key[key].append(number)
        return cls(by_key, uncertain, list(range(len(document.elements))))

    def candidates(self, selector: Selector) -> Iterable[int]:
        key = key_of(selector.tree)
        return self.everything if key[0] == "any" else sorted({*self.by_key.get(key, ()), *self.uncertain})


def _keys(element: Element) -> set[tuple[str, str]] | None:
    """Returns every key that the element may have, or None if it may have any."""
    if not element.name or (element.variants is None and element.kind != "implied"):
        return None
    keys = {("name", element.name)}
    for variant in element.variants or ():
        values = [variant.attributes[name].text or "" for name in ("class", "id") if name in variant.attributes]
        if variant.open or any(EXPRESSION in value for value in values):
            return None
        for kind in ("class", "id"):
            value = variant.attributes.get(kind)
            keys |= {(kind, word.lower()) for word in ((value.text or "") if value else "").split()}
    return keys
