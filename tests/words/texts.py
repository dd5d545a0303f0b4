"""Reads the texts that people read out of a file: names, prose and messages of Python, documents and pages."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_CODE = re.compile(r"``.+?``|`[^`]+`|https?://\S+", re.DOTALL)
_WORD_START = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_SUPPRESSION = re.compile(r"noqa(: [A-Z0-9, ]+)?|type: ignore(\[[\w, -]+\])?|pragma: \w+|!.*")
_FENCE = re.compile(r"^ *(```|~~~).*?^ *\1 *$", re.DOTALL | re.MULTILINE)
_MARKUP = re.compile(
    r"<(style|script|pre|code)\b.*?</\1>|<!--.*?-->|<[^>]*>|\{%.*?%\}|\{#.*?#\}|\{\{.*?\}\}", re.DOTALL | re.IGNORECASE
)
_MESSAGE_WORDS = 3


@dataclass(frozen=True)
class Text:
    """A piece of text, the line that it begins on, and what it is: a scope of words.toml."""

    path: str
    line: int
    scope: str
    text: str


def read_texts(path: Path) -> list[Text]:
    source = path.read_text(encoding="utf-8")
    if path.suffix == ".py":
        return list(_python(path, source))
    if path.suffix == ".md":
        return [Text(str(path), line, "docs", text) for line, text in paragraphs(source)]
    return [Text(str(path), 1, "pages", _blank(_MARKUP, source))]


def paragraphs(markdown: str) -> Iterator[tuple[int, str]]:
    """Yields each block of prose with its first line. Code blocks are not prose."""
    prose = _blank(_FENCE, markdown)
    for block in re.finditer(r"(?:^[^\n]*\S[^\n]*\n?)+", prose, re.MULTILINE):
        yield prose.count("\n", 0, block.start()) + 1, without_code(block.group())


def spaced(name: str) -> str:
    """Returns the words of an identifier: `read_ABTest` is "read ab test"."""
    return _WORD_START.sub(" ", name).replace("_", " ").strip().lower()


def without_code(text: str) -> str:
    """Replaces quoted code and addresses by one word that is no English: names are checked in their definitions."""
    return _blank(_CODE, text, "X")


def _blank(pattern: re.Pattern[str], text: str, replacement: str = " ") -> str:
    return pattern.sub(lambda match: replacement + "\n" * match.group().count("\n"), text)


def _python(path: Path, source: str) -> Iterator[Text]:
    is_test = "tests" in path.parts
    if path.stem not in ("__init__", "__main__"):
        yield Text(str(path), 1, "names", spaced(path.stem))
    for line, comment in _comments(source):
        yield Text(str(path), line, "comments", without_code(comment))
    tree = ast.parse(source)
    skipped: set[int] = set()  # the parts of texts that were read already: ast.walk visits parents first
    for node in ast.walk(tree):
        for line, name in _defined_names(node):
            scope = "tests" if is_test and name.startswith("test_") else "names"
            yield Text(str(path), line, scope, spaced(name))
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            skipped.add(id(node.value))
            yield Text(str(path), node.lineno, "docstrings", without_code(node.value.value))
        elif not is_test and id(node) not in skipped and isinstance(node, ast.JoinedStr | ast.Constant):
            yield from _message(path, node)
            skipped.update(map(id, node.values) if isinstance(node, ast.JoinedStr) else ())


def _message(path: Path, node: ast.JoinedStr | ast.Constant) -> Iterator[Text]:
    """A string literal of several words is a text for people; a shorter one is mostly a name on some wire."""
    parts = node.values if isinstance(node, ast.JoinedStr) else [node]
    texts = [part.value if isinstance(part, ast.Constant) else "X" for part in parts]
    if all(isinstance(text, str) for text in texts):
        text = "".join(map(str, texts))
        if len(text.split()) >= _MESSAGE_WORDS:
            yield Text(str(path), node.lineno, "messages", without_code(text))


def _defined_names(node: ast.AST) -> Iterator[tuple[int, str]]:
    """Yields names that this code chooses itself. A name that it only uses is chosen elsewhere."""
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            yield node.lineno, node.name
        case ast.arg():
            yield node.lineno, node.arg
        case ast.Name(id=name, ctx=ast.Store()) | ast.Attribute(attr=name, ctx=ast.Store()):
            yield node.lineno, name
        case ast.alias(asname=str(name)) | ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)):
            yield node.lineno, name


def _comments(source: str) -> Iterator[tuple[int, str]]:
    """Yields comments; whole-line comments that follow each other are one text."""
    block: list[str] = []
    first = last = 0
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type != tokenize.COMMENT:
            continue
        line, text = token.start[0], _SUPPRESSION.sub("", token.string.lstrip("# "), count=1)
        if block and line == last + 1 and not token.line[: token.start[1]].strip():
            block.append(text)
        else:
            if block:
                yield first, "\n".join(block)
            block, first = [text], line
        last = line
    if block:
        yield first, "\n".join(block)
