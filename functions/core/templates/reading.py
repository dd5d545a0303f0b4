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
from functions.core.templates import foreign_syntax
from functions.core.templates.hubl import checking, language, syntax_messages
from functions.core.templates.hubl.grammar import CHANGED, CYCLED, HublLexer, HublParser
from functions.core.templates.source_map import MappedText, Segment

NESTED_TOO_DEEP = "is nested too deep"
SYNTAX_ERRORS_MAX = 10  # of one template: each takes another parse
REREAD_MAX = 1_000_000  # characters that are read in all to find several errors of the lexer: a large template has fewer at a time
PIECES_MAX = 5_000  # in one template: more take seconds to compile
_POSITION = re.compile(r" at \d+$")  # the lexer's position, which is not a column
_RAW = re.compile(r"\{%[-+]?\s*raw\b")
_CLOSED_BY = {"{{": "}}", "{%": "%}", "{#": "#}"}
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


def readable(source: MappedText) -> tuple[MappedText, list[FieldError]]:
    """Returns a text without the tags that Jinja2's lexer cannot read, and their errors. Every other character stays at its offset."""
    errors = list[FieldError]()
    times = min(SYNTAX_ERRORS_MAX, max(1, REREAD_MAX // max(1, len(source.text))))
    for _ in range(times):
        try:
            list(_pieces(source.text))
        except TemplateSyntaxError as error:
            raw = [match.start() for match in _RAW.finditer(source.text)] if "raw" in (error.message or "") else []
            at = raw[-1] if raw else error.lineno
            errors += _rejected(source, TemplateSyntaxError(error.message or "", at)).errors
            start, end = _tag_around(source.text, at)
            if start < 0:
                break
            blank = MappedText((Segment(" " * (end - start), source.cut(start, end).parts[0].source, 0),))
            source = MappedText.joined([source.cut(0, start), blank, source.cut(end, len(source.text))])
        else:
            return source, errors
    raise Rejected(errors)


def _tag_around(text: str, at: int) -> tuple[int, int]:
    """Returns the beginning and the end of the tag that an error is in. A tag without an end loses its beginning only."""
    start = max(text.rfind(opening, 0, at + 2) for opening in _CLOSED_BY)
    end = text.find(_CLOSED_BY.get(text[start : start + 2], ""), start + 2) if start >= 0 else -1
    return start, end + 2 if end >= 0 else start + 2


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
        for _, kind, value in READING.lexer.tokeniter(text, None):
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
READING = _TemplateReader(keep_trailing_newline=True, cache_size=0, optimized=False)
READING.filters = dict.fromkeys(_FILTERS, str)  # only their names matter here
READING.tests = dict.fromkeys(language.TESTS, callable)


class ReadTemplate(Struct, frozen=True):
    """What was read of a template, and every error in it. The tree lacks the tags and expressions that have one."""

    tree: nodes.Template | None
    errors: tuple[FieldError, ...]


def tree(source: MappedText) -> nodes.Template:
    """Raises Rejected with every error. The nodes' `lineno` is an offset of the source."""
    template = read(source)
    if template.errors or template.tree is None:
        raise Rejected([*template.errors])
    return template.tree


def read(source: MappedText) -> ReadTemplate:
    """Reads a template as far as possible: an unknown tag, and a wrong expression, is blanked, and the rest is read. Raises Rejected if
    nothing can be read.
    """
    jinja = pieces(source)
    unknown = [piece for piece in jinja if piece.tag and not checking.is_tag(piece.tag)]
    starts = [piece for piece in unknown if not piece.tag.startswith("end")]
    errors = [source.error(_tag_start(source, piece), checking.tag_error(piece.tag)) for piece in starts or unknown]
    text = source.text
    for piece in unknown:
        text = _blanked(text, piece, "")
    parsed: nodes.Template | None = None
    for _ in range(SYNTAX_ERRORS_MAX - len(errors) if len(errors) < SYNTAX_ERRORS_MAX else 0):
        error, parsed = _parse(source, text)
        if error is None:
            break
        errors += error.errors
        wrong = next((piece for piece in jinja if piece.start <= error.offset < piece.end), None)
        blank = _without_expression(wrong, text) if wrong else None
        if wrong is None or blank is None:
            break
        text = blank
    if parsed is None:
        return ReadTemplate(None, tuple(errors))
    last = jinja[-1].start if jinja else 0
    try:
        findings = sorted([*checking.errors(parsed), *_unsafe(parsed)])
    except RecursionError:
        return ReadTemplate(None, (*errors, source.error(last, NESTED_TOO_DEEP)))
    errors += [source.error(offset, message) for offset, message in findings]
    return ReadTemplate(parsed, tuple(errors or _compile_errors(source, parsed, last)))


def _tag_start(source: MappedText, piece: Piece) -> int:
    return source.text.index(piece.tag, piece.start)


class _SyntaxError(Struct, frozen=True):
    offset: int
    errors: list[FieldError]


def _parse(source: MappedText, text: str) -> tuple[_SyntaxError | None, nodes.Template | None]:
    parser = HublParser(READING, text)
    try:
        return None, parser.parse()
    except TemplateSyntaxError as error:
        offset = len(text) if parser.stream.eos else error.lineno  # without an end tag, no other tag is wrong
        return _SyntaxError(offset, [*_rejected(source, error).errors]), None
    except RecursionError:
        message = NESTED_TOO_DEEP
    except ValueError:  # Python's, for a number of thousands of digits
        message = "has a number with too many digits"
    except MemoryError:
        message = NESTED_TOO_DEEP
    offset = parser.stream.current.lineno
    return _SyntaxError(len(text), [source.error(offset, message)]), None


def _compile_errors(source: MappedText, parsed: nodes.Template, last: int) -> list[FieldError]:
    """Returns the errors of Jinja2's generator and of Python's compiler."""
    try:
        READING.compile(parsed)
    except TemplateSyntaxError as error:
        return [*_rejected(source, error).errors]
    except (RecursionError, MemoryError, SyntaxError):  # SyntaxError is Python's, for loops nested too deep
        return [source.error(last, NESTED_TOO_DEEP)]
    except ValueError:
        return [source.error(last, "has a number with too many digits")]
    return []


# The shortest tag of each kind that has an expression, in the place of a wrong one.
_NEUTRAL = {
    **{tag: f"{tag} 1" for tag in ("if", "elif", "unless", "do", "print")},
    "for": "for _ in 1",
    "set": "set _=1",
}


def _without_expression(piece: Piece, text: str) -> str | None:
    """Returns the text with a harmless piece in the place of a wrong one, or None if the tags after it depend on it."""
    if piece.kind == "variable_begin":
        return _blanked(text, piece, "")
    neutral = _NEUTRAL.get(piece.tag, "")
    tag = f"{{% {neutral} %}}"
    fits = neutral and len(tag) <= piece.end - piece.start and text[piece.start : piece.end].rstrip() != tag
    return _blanked(text, piece, tag) if fits else None


def _blanked(text: str, piece: Piece, instead: str) -> str:
    """Every other character stays at its offset."""
    return text[: piece.start] + instead.ljust(piece.end - piece.start) + text[piece.end :]


def _rejected(source: MappedText, error: TemplateSyntaxError) -> Rejected:
    message = syntax_messages.plain(_POSITION.sub("", str(error.message or "cannot be read")))
    hint = foreign_syntax.hint_at(source.text, error.lineno)
    return source.rejected(error.lineno, f"is not HubL: {message}" + (f" ({hint})" if hint else ""))


def _unsafe(read: nodes.Template) -> Iterator[checking.Finding]:
    data = {"contact", "custom", *(name.name for name in read.find_all(nodes.Name) if name.ctx != "load")}
    for node in read.find_all((nodes.Getattr, nodes.Getitem, nodes.Filter)):
        name = _constant_name(node)
        if name.startswith("__") or (name.startswith("_") and _root(node) not in data):
            yield node.lineno, f"'{name[:40]}' is not for templates, like every attribute that begins with _"


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
