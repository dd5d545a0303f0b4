"""Style sheets, with the offset of every rule, selector and declaration. `tinycss2` splits them into tokens.

A rule is plain if nothing but its selectors decides whether it applies, and all of it was understood.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from typing import Any

import tinycss2
from cssselect2 import parser
from msgspec import Struct
from msgspec.structs import replace

from functions.core.templates.html.elements import Document
from functions.core.templates.html.masking import MARKS, SILENT, STATEMENT
from functions.core.templates.html.selectors import reads_client
from functions.core.templates.markup import MarkupSpan, attributes

_MAY_BE_NEW = re.compile(r"[:|]")  # in a selector with an error: a client may have it
ANYTHING = ""  # the name of a declaration that may be of any property
_UNCONDITIONAL_MEDIA = frozenset({"", "all", "screen"})
_CSS_TYPES = frozenset({"", "text/css"})
_RULES_WITHIN = frozenset({"media", "supports", "layer", "container", "scope", "document", "starting-style"})
_COMMENTS = frozenset({"<!--", "-->"})
_SPACES = frozenset({"whitespace", "comment"})
Specificity = tuple[int, int, int]
_STRONGEST: Specificity = (1_000_000, 0, 0)


class Selector(Struct, frozen=True):
    tree: Any  # cssselect2's; None: it may match anything, or nothing
    specificity: Specificity
    start: int
    end: int
    reads_client: bool = False
    matches_nothing: bool = False  # no element itself: a pseudo-element, or an error


class Declaration(Struct, frozen=True):
    name: str  # in lower case
    text: str  # as written, without what follows it
    important: bool
    start: int
    end: int  # behind its semicolon
    plain: bool = True


class Rule(Struct, eq=False):
    number: int
    selectors: list[Selector]
    declarations: list[Declaration]
    start: int
    end: int
    plain: bool


class Sheet(Struct, frozen=True):
    start: int  # of its content
    end: int
    rules: list[Rule]
    statement: int  # offset of the first `{% %}`; -1: none


def read(document: Document) -> list[Sheet]:
    """Returns the sheets of the mail's style elements."""
    return list(_sheets(document))


def _sheets(document: Document) -> Iterator[Sheet]:
    by_start = {element.start: element for element in document.elements if element.kind == "written"}
    mask, numbers = document.masked.mask, itertools.count()
    for span, content in itertools.pairwise(document.spans):
        if span.kind != "open" or span.name != "style":
            continue
        element = by_start.get(span.start)
        if content.kind != "text" or element is None:
            continue
        media = _media(mask, span)
        if media is None:
            continue
        statement = mask.find(STATEMENT, content.start, content.end)
        plain = media and not element.conditional and element.variants is not None and statement < 0
        css = mask[content.start : content.end].translate(_READABLE)
        reader = _SheetReader(css, content.start, lambda: next(numbers))
        yield Sheet(content.start, content.end, list(reader.rules(plain=plain)), statement)


_READABLE = {ord(STATEMENT): " ", ord(SILENT): " ", ord("\f"): "\n", 0: "\ufffd"}  # of the same length


def _media(mask: str, span: MarkupSpan) -> bool | None:
    """Whether a sheet applies on every screen. Returns None if it is not CSS."""
    read = attributes(mask, span)
    if (read.get("type") or "").strip().lower() not in _CSS_TYPES:
        return None
    return (read.get("media") or "").strip().lower() in _UNCONDITIONAL_MEDIA


class _SheetReader:
    def __init__(self, css: str, start: int, number: Callable[[], int]) -> None:
        self.css, self.start, self.number = css, start, number
        self.lines = [0, *itertools.accumulate(len(line) + 1 for line in css.split("\n"))]

    def rules(self, *, plain: bool) -> Iterator[Rule]:
        tokens = tinycss2.parse_component_value_list(self.css)
        yield from self._rules(tokens, len(self.css), plain=plain, layered=False)

    def _offset(self, token: Any) -> int:
        return int(self.lines[token.source_line - 1] + token.source_column - 1)

    def _rules(self, tokens: Sequence[Any], end: int, *, plain: bool, layered: bool) -> Iterator[Rule]:
        """Yields the rules of a block that ends at an offset of the sheet. An important declaration in a layer is the strongest."""
        prelude: list[Any] = []
        for token, after in zip(tokens, [*map(self._offset, tokens[1:]), end], strict=True):
            if not prelude and (token.type in _SPACES or (token.type == "literal" and token.value in _COMMENTS)):
                continue
            prelude.append(token)
            if token.type == "{} block":
                yield from self._rule(prelude, after, plain=plain, layered=layered)
                prelude = []
            elif token.type == "literal" and token.value == ";" and prelude[0].type == "at-keyword":
                prelude = []

        if prelude and _is_jinja(prelude[0]):
            yield self._unknown_rule(prelude[0])

    def _unknown_rule(self, token: Any) -> Rule:
        """Jinja2 among the rules may be any rule."""
        at = self.start + self._offset(token)
        anything = Declaration(ANYTHING, "", important=True, start=at, end=at, plain=False)
        return Rule(self.number(), [Selector(None, _STRONGEST, at, at)], [anything], at, at, plain=False)

    def _rule(self, tokens: list[Any], end: int, *, plain: bool, layered: bool) -> Iterator[Rule]:
        *prelude, block = tokens
        inner_end = end - 1 if self.css[end - 1 : end] == "}" else end
        if tokens[0].type == "at-keyword":
            if tokens[0].lower_value in _RULES_WITHIN:
                layered |= tokens[0].lower_value == "layer"
                yield from self._rules(block.content, inner_end, plain=False, layered=layered)
            return
        if _is_jinja(tokens[0]):
            yield self._unknown_rule(tokens[0])
        selectors = self._selectors(prelude, self._offset(block))
        if layered:
            selectors = [replace(one, specificity=_STRONGEST) for one in selectors]
        declarations = self._declarations(block.content, inner_end)
        understood = all(one.tree is not None for one in selectors) and end > inner_end and SILENT not in self.css
        yield Rule(
            number=self.number(),
            selectors=selectors,
            declarations=declarations,
            start=self.start + self._offset(prelude[0]) if prelude else self.start + self._offset(block),
            end=self.start + end,
            plain=plain and understood and bool(prelude),
        )

    def _selectors(self, prelude: list[Any], end: int) -> list[Selector]:
        return [self._selector(part, stop) for part, stop in self._split(prelude, ",", end)]

    def _selector(self, tokens: list[Any], end: int) -> Selector:
        start = self._offset(tokens[0]) if tokens else end
        text = self.css[start:end]
        place = (self.start + start, self.start + start + len(text.rstrip()))
        if any(mark in text for mark in MARKS):
            return Selector(None, _STRONGEST, *place)
        try:
            (parsed,) = parser.parse(tokens)
        except (parser.SelectorError, ValueError, RecursionError):
            without_effect = "::" in text or not _MAY_BE_NEW.search(text)
            return Selector(None, _STRONGEST, *place, matches_nothing=without_effect)
        if parsed.pseudo_element is not None:
            return Selector(None, parsed.specificity, *place, matches_nothing=True)
        return Selector(parsed.parsed_tree, parsed.specificity, *place, reads_client(parsed.parsed_tree))

    def _declarations(self, tokens: Sequence[Any], end: int) -> list[Declaration]:
        read = [self._declaration(part, stop) for part, stop in self._split(list(tokens), ";", end)]
        return [one for one in read if one is not None]

    def _declaration(self, tokens: list[Any], end: int) -> Declaration | None:
        words = [token for token in tokens if token.type not in _SPACES]
        if not words:
            return None
        start = self._offset(words[0])
        text = self.css[start:end].rstrip()
        named = words[0].type == "ident" and len(words) > 1 and words[1] == ":"
        unknown = any(mark in words[0].serialize() for mark in MARKS)
        unknown |= any(token.type in {"{} block", "at-keyword"} for token in words)
        if not named and not unknown:
            return None  # an error, which every client skips
        name = ANYTHING if unknown else words[0].value if text.startswith("--") else words[0].lower_value
        important = unknown or (len(words) > len(("name", ":", "!")) and words[-2] == "!" and _is_important(words[-1]))
        plain = not unknown and "/*" not in text and all(token.type != "error" for token in words)
        semicolon = end + 1 if self.css[end : end + 1] == ";" else end
        return Declaration(name, text, important, self.start + start, self.start + semicolon, plain)

    def _split(self, tokens: list[Any], at: str, end: int) -> Iterator[tuple[list[Any], int]]:
        """Yields the parts between separators, without white space before them, and the offset of each part's end."""
        part: list[Any] = []
        for token in tokens:
            if token == at:
                yield part, self._offset(token)
                part = []
            elif part or token.type not in _SPACES:
                part.append(token)
        yield part, end


def _is_jinja(token: Any) -> bool:
    return bool(token.type == "ident" and not token.value.strip(MARKS))


def _is_important(token: Any) -> bool:
    return bool(token.type == "ident" and token.lower_value == "important")


_FAMILIES = re.compile(r"(?:-\w+-)?(border|margin|padding|font|inset|columns?|grid|flex|text-decoration|overflow)\b")
_SIDES = re.compile(r"(?:margin|padding)-(?:top|right|bottom|left)")
_APART = frozenset({"border-collapse", "border-spacing", "font-smoothing", "flex-flow"})
_SAME = {"inline-size": "width", "block-size": "height", "line-height": "font-line-height"}


@lru_cache(maxsize=4_096)
def overlap(one: str, other: str) -> bool:
    """Whether two properties may set the same: shorthands and their parts, and logical sides."""
    if ANYTHING in {one, other} or "all" in {one, other} or one == other:
        return True
    first, second = (_SAME.get(name, name).removeprefix("-webkit-").removeprefix("-moz-") for name in (one, other))
    if first == second or first.startswith(f"{second}-") or second.startswith(f"{first}-"):
        return True
    families = [_FAMILIES.match(name) for name in (first, second)]
    if not all(families) or families[0][1] != families[1][1]:  # type: ignore[index] # all() is not narrowing
        return False
    if {first, second} & _APART or ("radius" in first) != ("radius" in second):
        return False
    return not (_SIDES.fullmatch(first) and _SIDES.fullmatch(second))
