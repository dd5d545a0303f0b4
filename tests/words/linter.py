"""The rules of words over texts: which words this project does not use, and what to write instead (words.toml)."""

from __future__ import annotations

import ast
import io
import re
import tokenize
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatch
from functools import cached_property
from pathlib import Path

from tests.words.texts import Text, paragraphs, read_texts

ROOTS = ("functions", "infra", "tests", "templates", "docs", "findings", "README.md", "CHANGELOG.md", "CONTRIBUTING.md")
SCOPES = ("names", "docstrings", "comments", "messages", "docs", "pages", "tests")
MAX_TEST_NAME_WORDS = 10
MAX_MEAN_SENTENCE_WORDS = 18
_SUFFIXES = (".py", ".md", ".html")
_FOLDERS_OF_OTHERS = {"node_modules", "cdk.out", "build", "__pycache__"}
_TEMPLATES = "templates/email"  # starter emails: texts of a company to its customers, not of this project


@dataclass(frozen=True)
class Finding:
    path: str
    line: int
    text: str
    instead: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.text} → {self.instead}"


@dataclass(frozen=True)
class Word:
    """A forbidden word, phrase or pattern. A space matches any white space; case does not count."""

    pattern: str
    instead: str
    scopes: tuple[str, ...] = SCOPES

    @cached_property
    def regex(self) -> re.Pattern[str]:
        return re.compile(rf"(?<![\w-])(?:{_spaces(self.pattern)})(?![\w-])", re.IGNORECASE)


@dataclass(frozen=True)
class Exemption:
    """Allows `word`, with a reason: in paths that match, or as a part of `phrase`, or both."""

    word: str
    reason: str
    path: str = "*"
    phrase: str = ""

    def covers(self, text: Text, match: re.Match[str]) -> bool:
        if not re.fullmatch(self.word, match.group(), re.IGNORECASE) or not fnmatch(text.path, self.path):
            return False
        phrases = re.finditer(_spaces(self.phrase), text.text, re.IGNORECASE)
        return not self.phrase or any(p.start() <= match.start() and match.end() <= p.end() for p in phrases)


@dataclass(frozen=True)
class Rules:
    words: tuple[Word, ...]
    exemptions: tuple[Exemption, ...] = ()

    @classmethod
    def read(cls, path: Path) -> Rules:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
        words = tuple(Word(**{**word, "scopes": tuple(word.get("scopes", SCOPES))}) for word in data["words"])
        return cls(words, tuple(Exemption(**exemption) for exemption in data["exemptions"]))

    def check(self, text: Text) -> Iterator[Finding]:
        for word in self.words:
            if text.scope in word.scopes:
                for match in word.regex.finditer(text.text):
                    if not any(exemption.covers(text, match) for exemption in self.exemptions):
                        line = text.line + text.text.count("\n", 0, match.start())
                        yield Finding(text.path, line, f"{text.scope}: {' '.join(match.group().split())}", word.instead)
        if text.scope == "tests" and len(text.text.split()) - 1 > MAX_TEST_NAME_WORDS:
            yield Finding(text.path, text.line, f"tests: {text.text}", f"at most {MAX_TEST_NAME_WORDS} words")


def _spaces(pattern: str) -> str:
    return pattern.replace(" ", r"\s+")


def files(paths: Iterable[Path]) -> list[Path]:
    """Returns the files under these paths that hold texts of this project."""
    every = (file for path in paths for file in ([path] if path.is_file() else sorted(path.rglob("*"))))
    return [file for file in every if file.suffix in _SUFFIXES and _is_ours(file)]


def _is_ours(file: Path) -> bool:
    return not _FOLDERS_OF_OTHERS.intersection(file.parts) and not file.as_posix().startswith(_TEMPLATES)


def check_words(rules: Rules, paths: Iterable[Path]) -> list[Finding]:
    texts = (text for path in files(paths) for text in read_texts(path))
    return sorted({finding for text in texts for finding in rules.check(text)}, key=lambda f: (f.path, f.line, f.text))


def check_class_names(paths: Iterable[Path]) -> list[Finding]:
    """Reports each class whose name another class of these paths has too."""
    places: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for path in files(paths):
        if path.suffix == ".py":
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.ClassDef):
                    places[node.name].append((str(path), node.lineno))
    return [
        Finding(path, line, f"class {name}", f"a name of its own: {len(same)} classes share it")
        for name, same in places.items()
        if len(same) > 1
        for path, line in same
    ]


_UNREASONED = re.compile(r"#\s*(noqa(: [A-Z0-9, ]+)?|type: ignore(\[[\w, -]+\])?)\s*")


def check_suppressions(paths: Iterable[Path]) -> list[Finding]:
    """Reports each comment that suppresses a check and has no reason."""
    return [
        Finding(str(path), token.start[0], f"comments: {token.string}", "the reason behind it")
        for path in files(paths)
        if path.suffix == ".py"
        for token in tokenize.generate_tokens(io.StringIO(path.read_text(encoding="utf-8")).readline)
        if token.type == tokenize.COMMENT and _UNREASONED.fullmatch(token.string)
    ]


def mean_sentence_words(markdown: str) -> float:
    """Returns the mean length of the sentences of a document. Headings, tables and code are no sentences."""
    lengths = [len(sentence.split()) for sentence in _sentences(markdown)]
    return sum(lengths) / max(len(lengths), 1)


def _sentences(markdown: str) -> Iterator[str]:
    for _, paragraph in paragraphs(markdown):
        prose = "\n".join(line for line in paragraph.splitlines() if not line.lstrip().startswith(("|", "#")))
        for item in re.split(r"^\s*(?:[-*+]|\d+\.)\s+", prose, flags=re.MULTILINE):
            yield from (sentence for sentence in re.split(r"(?<=[.!?])\s+", item) if len(sentence.split()) > 1)


def check_sentences(paths: Iterable[Path]) -> list[Finding]:
    documents = [path for path in files(paths) if path.suffix == ".md"]
    mean = mean_sentence_words("\n\n".join(path.read_text(encoding="utf-8") for path in documents))
    if mean < MAX_MEAN_SENTENCE_WORDS:
        return []
    text = f"sentences of {mean:.1f} words on average"
    return [Finding(str(documents[0]), 1, text, f"fewer than {MAX_MEAN_SENTENCE_WORDS}")]
