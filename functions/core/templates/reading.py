"""Reads Jinja2 as its author wrote it: its pieces and its syntax tree, by the offset in the source, before anything is compiled.

Jinja2 has line numbers only. So this module replaces the line numbers of its lexer's tokens by offsets. Its nodes and errors then have
offsets too.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from typing import Any

from jinja2 import TemplateSyntaxError, nodes
from jinja2.lexer import TokenStream
from jinja2.sandbox import SandboxedEnvironment
from msgspec import Struct

from functions.core.errors import FieldError, Rejected
from functions.core.templates.hubl import language
from functions.core.templates.hubl.grammar import CHANGED, CYCLED, HublLexer, HublParser
from functions.core.templates.source_map import MappedText

SYNTAX_ERRORS_MAX = 10  # of one template: each takes another parse
PIECES_MAX = 5_000  # in one template: more take seconds to compile
_POSITION = re.compile(r" at \d+$")  # the lexer's position, which is not a column
_OPENS = {"variable_begin": "variable_end", "block_begin": "block_end", "comment_begin": "comment_end"}


class Piece(Struct, frozen=True):
    """A piece of Jinja2 between two texts: `{{ ... }}`, `{% ... %}`, `{# ... #}` or one end of a raw block."""

    kind: str  # the lexer's name of its beginning: variable_begin, block_begin, comment_begin, raw_begin, raw_end
    start: int
    end: int
    words: tuple[str, ...] = ()  # its tokens, as written

    @property
    def tag(self) -> str:
        """The tag: `for` in `{% for ... %}`."""
        return self.words[0] if self.kind == "block_begin" and self.words else ""


def pieces(source: MappedText) -> list[Piece]:
    """Raises Rejected if Jinja2's lexer fails, or if there are too many."""
    try:
        jinja = list(_pieces(source.text))
    except TemplateSyntaxError as error:
        raise _rejected(source, error) from error
    if len(jinja) > PIECES_MAX:
        raise source.rejected(jinja[PIECES_MAX].start, f"has more than {PIECES_MAX:,} pieces of Jinja2 up to here")
    return jinja


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
        raise TemplateSyntaxError("this tag has no end", start)


def _tokens(text: str) -> Iterator[tuple[int, str, str]]:
    """Yields the lexer's tokens with their offsets. The lexer omits only the white space before `{%-`."""
    offset = 0
    try:
        for _, kind, value in _READING.lexer.tokeniter(text, None):
            offset = text.index(value, offset)
            yield offset, kind, value
            offset += len(value)
    except TemplateSyntaxError as error:
        raise TemplateSyntaxError(error.message or "cannot be read", offset) from error


class _TemplateReader(SandboxedEnvironment):
    """Compiles to check, and never evaluates: the generator would fold `10**5000` with no limit of time or memory."""

    intercepted_binops = frozenset(SandboxedEnvironment.default_binop_table)

    @functools.cached_property
    def lexer(self) -> HublLexer:  # Jinja2 looks its own up in a cache of lexers
        return HublLexer(self)

    def _tokenize(self, source: str, name: str | None, filename: str | None = None, *_: str | None) -> TokenStream:
        return TokenStream(self.lexer.wrap(_tokens(source), name, filename), name, filename)


_FILTERS = frozenset([*language.FILTERS, CHANGED, CYCLED])
_READING = _TemplateReader(keep_trailing_newline=True, cache_size=0, optimized=False)
_READING.filters = dict.fromkeys(_FILTERS, str)  # only their names matter here
_READING.tests = dict.fromkeys(language.TESTS, callable)


def tree(source: MappedText) -> nodes.Template:
    """Raises Rejected with the syntax error, or with every unknown filter and test and every forbidden attribute. The nodes' `lineno`
    is an offset of the source.
    """
    pieces(source)
    parser = HublParser(_READING, source.text)
    try:
        read = parser.parse()
        errors = [*_unknown(read, source), *_unsafe(read, source)]
        if not errors:
            _READING.compile(read)
    except TemplateSyntaxError as error:
        raise Rejected([*_syntax_errors(source, error)]) from error
    except (RecursionError, MemoryError, SyntaxError) as error:  # SyntaxError is Python's, for loops nested too deep
        raise source.rejected(parser.stream.current.lineno, "is nested too deep") from error
    except ValueError as error:  # Python's, for a number of thousands of digits
        raise source.rejected(parser.stream.current.lineno, "has a number with too many digits") from error
    if errors:
        raise Rejected(errors)
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
        HublParser(_READING, text).parse()
    except TemplateSyntaxError as error:
        return error
    except (RecursionError, MemoryError, SyntaxError, ValueError):
        return None
    return None


def _rejected(source: MappedText, error: TemplateSyntaxError) -> Rejected:
    message = _POSITION.sub("", str(error.message or "cannot be read"))
    return source.rejected(error.lineno, f"is not Jinja2: {message}")


def _unknown(read: nodes.Template, source: MappedText) -> Iterator[FieldError]:
    for kind, names, noun in ((nodes.Filter, _FILTERS, "filter"), (nodes.Test, language.TESTS, "test")):
        for node in read.find_all(kind):
            name: Any = node.name
            if name not in names:
                yield source.error(node.lineno, f"there is no {noun} '{name}'")


def _unsafe(read: nodes.Template, source: MappedText) -> Iterator[FieldError]:
    data = {"contact", "custom", *(name.name for name in read.find_all(nodes.Name) if name.ctx != "load")}
    for node in read.find_all((nodes.Getattr, nodes.Getitem, nodes.Filter)):
        name = _constant_name(node)
        if name.startswith("__") or (name.startswith("_") and _root(node) not in data):
            yield source.error(
                node.lineno, f"'{name[:40]}' is not for templates, like every attribute that begins with _"
            )


def _constant_name(node: nodes.Node) -> str:
    """Returns the name of the attribute or the item that a node reads, if it is constant."""
    if isinstance(node, nodes.Getattr):
        return node.attr
    if isinstance(node, nodes.Getitem):
        name: Any = node.arg.value if isinstance(node.arg, nodes.Const) else ""
    else:
        argument = node.args[0] if isinstance(node, nodes.Filter) and node.name == "attr" and node.args else None
        name = argument.value if isinstance(argument, nodes.Const) else ""
    return name if isinstance(name, str) else ""


def _root(node: Any) -> str:
    """Returns the variable at the beginning of a chain of attributes. A request's property may have any name, except Python's own."""
    while isinstance(node, nodes.Getattr | nodes.Getitem | nodes.Filter):
        node = node.node
    return node.name if isinstance(node, nodes.Name) else ""
