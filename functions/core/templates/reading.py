"""Read Jinja2 as its author wrote it: its pieces and its syntax tree, by the offset in the source, before anything is compiled.

Jinja2 knows lines only. So its lexer's tokens are given offsets for line numbers here, which its nodes and its errors then carry.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from jinja2 import Environment, TemplateSyntaxError, nodes
from jinja2.lexer import TokenStream
from jinja2.parser import Parser
from msgspec import Struct

from functions.core.errors import FieldError, Rejected
from functions.core.templates.rendering import FILTER_NAMES, TEST_NAMES
from functions.core.templates.source_map import MappedText

SYNTAX_ERRORS_MAX = 10  # of one template: each takes another parse
PIECES_MAX = 5_000  # of Jinja2 in one template: more take seconds to compile
_POSITION = re.compile(r" at \d+$")  # what Jinja2's lexer says of it is no column
_OPENS = {"variable_begin": "variable_end", "block_begin": "block_end", "comment_begin": "comment_end"}


class Piece(Struct, frozen=True):
    """What stands between two texts: `{{ ... }}`, `{% ... %}`, `{# ... #}` or one end of a raw block."""

    kind: str  # the lexer's name for how it begins: variable_begin, block_begin, comment_begin, raw_begin, raw_end
    start: int
    end: int
    words: tuple[str, ...] = ()  # its tokens, as written

    @property
    def tag(self) -> str:
        """`for` of `{% for ... %}`."""
        return self.words[0] if self.kind == "block_begin" and self.words else ""


def pieces(source: MappedText) -> list[Piece]:
    """Raises Rejected where Jinja2's lexer would not read on, or there are too many."""
    try:
        found = list(_pieces(source.text))
    except TemplateSyntaxError as error:
        raise _rejected(source, error) from error
    if len(found) > PIECES_MAX:
        raise source.rejected(found[PIECES_MAX].start, f"has more than {PIECES_MAX:,} pieces of Jinja2 up to here")
    return found


def _pieces(text: str) -> Iterator[Piece]:
    opened, start, words = "", 0, list[str]()
    for offset, kind, value in _tokens(text):
        if kind in {"raw_begin", "raw_end"}:
            yield Piece(kind, offset, offset + len(value))
        elif kind in _OPENS:
            opened, start, words = kind, offset, []
        elif opened and kind == _OPENS[opened]:
            yield Piece(opened, start, offset + len(value), tuple(words))
            opened = ""
        elif opened and kind != "whitespace":
            words.append(value)
    if opened:
        raise TemplateSyntaxError("what begins here does not end", start)


def _tokens(text: str) -> Iterator[tuple[int, str, str]]:
    """The lexer's tokens with their offsets. It leaves out only the white space before `{%-`."""
    offset = 0
    try:
        for _, kind, value in _READING.lexer.tokeniter(text, None):
            offset = text.index(value, offset)
            yield offset, kind, value
            offset += len(value)
    except TemplateSyntaxError as error:
        raise TemplateSyntaxError(error.message or "cannot be read", offset) from error


class _Reading(Environment):
    def _tokenize(self, source: str, name: str | None, filename: str | None = None, *_: str | None) -> TokenStream:
        return TokenStream(self.lexer.wrap(_tokens(source), name, filename), name, filename)


_READING = _Reading(keep_trailing_newline=True, cache_size=0)
_READING.filters = dict.fromkeys(FILTER_NAMES, str)  # what they do is not for here
_READING.tests = dict.fromkeys(TEST_NAMES, callable)


def tree(source: MappedText) -> nodes.Template:
    """Raises Rejected with the syntax error, or with every filter and test that there is not and every attribute that is not for
    templates. The nodes' `lineno` is an offset of the source.
    """
    pieces(source)
    parser = Parser(_READING, source.text)
    try:
        read = parser.parse()
        faults = [*_unknown(read, source), *_unsafe(read, source)]
        if not faults:
            _READING.compile(read)
    except TemplateSyntaxError as error:
        raise Rejected([*_syntax_errors(source, error)]) from error
    except (RecursionError, MemoryError, SyntaxError) as error:  # SyntaxError: Python's, of loops nested too deep
        raise source.rejected(parser.stream.current.lineno, "is nested too deep") from error
    if faults:
        raise Rejected(faults)
    return read


def _syntax_errors(source: MappedText, error: TemplateSyntaxError | None) -> Iterator[FieldError]:
    """Yields the error and those after it: each wrong expression is blanked, and the rest is parsed again. A wrong tag ends it, because
    the tags after it depend on it.
    """
    expressions = [piece for piece in pieces(source) if piece.kind == "variable_begin"]
    text = source.text
    for _ in range(SYNTAX_ERRORS_MAX):
        if error is None:
            return
        yield from _rejected(source, error).errors
        wrong = next((piece for piece in expressions if piece.start <= error.lineno < piece.end), None)
        if wrong is None:
            return
        text = text[: wrong.start] + " " * (wrong.end - wrong.start) + text[wrong.end :]
        error = _syntax_error(text)


def _syntax_error(text: str) -> TemplateSyntaxError | None:
    try:
        Parser(_READING, text).parse()
    except TemplateSyntaxError as error:
        return error
    except (RecursionError, MemoryError, SyntaxError):
        return None
    return None


def _rejected(source: MappedText, error: TemplateSyntaxError) -> Rejected:
    message = _POSITION.sub("", str(error.message or "cannot be read"))
    return source.rejected(error.lineno, f"is not Jinja2: {message}")


def _unknown(read: nodes.Template, source: MappedText) -> Iterator[FieldError]:
    for kind, known, noun in ((nodes.Filter, FILTER_NAMES, "filter"), (nodes.Test, TEST_NAMES, "test")):
        for node in read.find_all(kind):
            name: Any = node.name
            if name not in known:
                yield source.fault(node.lineno, f"there is no {noun} '{name}'")


def _unsafe(read: nodes.Template, source: MappedText) -> Iterator[FieldError]:
    data = {"contact", "custom", *(name.name for name in read.find_all(nodes.Name) if name.ctx != "load")}
    for node in read.find_all((nodes.Getattr, nodes.Getitem, nodes.Filter)):
        name = _asked(node)
        if name.startswith("__") or (name.startswith("_") and _root(node) not in data):
            yield source.fault(node.lineno, f"'{name[:40]}' is not for templates: no attribute that begins with _ is")


def _asked(node: nodes.Node) -> str:
    """The constant name of an attribute or an item that a node asks for."""
    if isinstance(node, nodes.Getattr):
        return node.attr
    if isinstance(node, nodes.Getitem):
        name: Any = node.arg.value if isinstance(node.arg, nodes.Const) else ""
    else:
        given = node.args[0] if isinstance(node, nodes.Filter) and node.name == "attr" and node.args else None
        name = given.value if isinstance(given, nodes.Const) else ""
    return name if isinstance(name, str) else ""


def _root(node: Any) -> str:
    """The variable that a chain of attributes begins with: a property of a request may have any name but Python's own."""
    while isinstance(node, nodes.Getattr | nodes.Getitem | nodes.Filter):
        node = node.node
    return node.name if isinstance(node, nodes.Name) else ""
