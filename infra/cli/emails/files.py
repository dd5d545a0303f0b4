"""Emails as files: `receipt.mjml` (or .html, or .yaml where it has no body of its own) is a front matter in YAML and then the body, as it
is; `receipt.txt` is the text part if it is written by hand; `receipt.de.mjml` and `receipt.de.txt` are a translation.

The front matter has all other fields of the email's document, even unknown ones, and under `staffetta` what is ours: the email's `id`, and
`pulled`, the digest of what the service held when file and service were last the same.
"""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

import yaml
from frontmatter.default_handlers import YAMLHandler

from functions.core.emails.document_fields import READ_ONLY
from functions.core.emails.merge_patch import JSON
from functions.core.errors import FieldError, Rejected

OURS = "staffetta"
BODIES = ("mjml", "html")
NO_BODY, TEXT = "yaml", "txt"
SUFFIXES = (*BODIES, NO_BODY, TEXT)
FIRST = ("name", "subject", "previewText", "from", "subcategory", "subscriptionDetails", "language", "campaign")

_LANGUAGE = re.compile(r"[A-Za-z0-9-]{1,40}")
# python-frontmatter splits a file and reads its front matter. It cannot read or write whole files byte for byte: `parse` and `dumps` strip
# the body and turn CRLF into LF, a `Post` cannot have a field called `content`, `export` strips a no-break space off the last value, and
# the handler's own boundary swallows the blank lines that a body begins with.
_FRONT_MATTER = YAMLHandler(fm_boundary=re.compile(r"^---(?:\r?\n|\Z)", re.MULTILINE))
_OURS_LINES = re.compile(rf"^{OURS}:.*\n(?:[ \t]+.*\n)*", re.MULTILINE)

Files = Mapping[str, str]  # what a file is called, and what is in it


@dataclass(frozen=True, slots=True, kw_only=True)
class FiledEmail:
    name: str  # of its files, without suffix
    document: dict[str, Any]
    id: int | None = None  # None: it has no id yet
    pulled: str = ""


def digest(document: JSON) -> str:
    """Returns the digest of what its author wrote, in any order of its fields."""
    own = {name: value for name, value in document.items() if name != OURS}
    return hashlib.sha256(json.dumps(own, sort_keys=True).encode()).hexdigest()[:16]


def name_for(email_name: str, taken: Iterable[str]) -> str:
    """What the files of an email are called that has none yet."""
    ascii_name = unicodedata.normalize("NFKD", email_name).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", ascii_name).strip("-")[:60] or "email"
    existing = set(taken)
    numbered = (f"{slug}-{number}" if number > 1 else slug for number in range(1, len(existing) + 2))
    return next(name for name in numbered if name not in existing)


def written(email: FiledEmail) -> dict[str, str]:
    """All files of an email."""
    ours = {name: value for name, value in (("id", email.id), ("pulled", email.pulled)) if value}
    front = {name: value for name, value in email.document.items() if name != OURS}
    content = front.get("content")
    part, translations = _Part({}), dict[str, Any]()
    if isinstance(content, dict):
        part = _Part.of(content)
        translations = _taken_apart(part.rest)
        front["content"] = part.rest
        if content and not part.rest:
            del front["content"]
    files = part.files(email.name, {**({OURS: ours} if ours else {}), **_ordered(front)})
    for language, translation in translations.items():
        inner = _Part.of(translation)
        files |= inner.files(f"{email.name}.{language}", _ordered(inner.rest))
    return files


def read(files: Files) -> list[FiledEmail]:
    """Raises Rejected with every file that cannot be read."""
    return _Reading(files).emails()


def stamped(text: str, email_id: int, pulled: str) -> str:
    """A main file with another `id` and `pulled`; everything else stays as it was written, comments too."""
    front, body = _split(text) or ("", text)
    others = _OURS_LINES.sub("", front)
    return f"---\n{_yaml({OURS: {'id': email_id, 'pulled': pulled}})}{others}---\n{body}"


@dataclass(slots=True)
class _Part:
    """An email, or a translation, with what gets out of its fields into a file's body or a file of its own."""

    rest: dict[str, Any]
    suffix: str = NO_BODY
    body: str = ""
    text: str = ""

    @classmethod
    def of(cls, content: JSON) -> _Part:
        rest = dict(content)
        suffix = next((name for name in BODIES if _is_text(rest.get(name))), NO_BODY)
        body = rest.pop(suffix) if suffix in BODIES else ""
        text = rest.pop("plainTextVersion") if _is_text(rest.get("plainTextVersion")) else ""
        return cls(rest, suffix, body, text)

    def files(self, stem: str, front: JSON) -> dict[str, str]:
        files = {f"{stem}.{self.suffix}": f"---\n{_yaml(front)}---\n{self.body}"}
        return {**files, f"{stem}.{TEXT}": self.text} if self.text else files


class _Reading:
    def __init__(self, files: Files) -> None:
        self.files = files
        self.errors: list[FieldError] = []
        self.stems: dict[str, str] = {}  # of what has a front matter: stem → suffix
        for name in sorted(files):
            stem, _, suffix = name.rpartition(".")
            if suffix == TEXT:
                continue
            if stem in self.stems:
                self._add_error(name, f"is the same email as {stem}.{self.stems[stem]}: only one of them can be")
            self.stems[stem] = suffix

    def emails(self) -> list[FiledEmail]:
        for name in self.files:
            if name.endswith(f".{TEXT}") and PurePath(name).stem not in self.stems:
                self._add_error(name, "is the text of no email: no file of that name has a front matter")
        for stem in self.stems:
            if "." in stem and stem.partition(".")[0] not in self.stems:
                self._add_error(
                    f"{stem}.{self.stems[stem]}", f"translates no email: there is no {stem.partition('.')[0]}"
                )
        emails = [self._email(stem) for stem in self.stems if "." not in stem]
        if self.errors:
            raise Rejected(self.errors)
        return emails

    def _email(self, stem: str) -> FiledEmail:
        front, source = self._part(stem)
        languages = [other for other in self.stems if other.startswith(f"{stem}.")]
        translations = {other.partition(".")[2]: self._translation(other) for other in languages}
        number, pulled = self._ours(stem, front.pop(OURS, None))
        content = self._content(stem, front.get("content"), source, translations)
        document = {name: value for name, value in front.items() if name not in READ_ONLY and value is not None}
        if content is not None:
            document["content"] = content
        return FiledEmail(name=stem, document=document, id=number, pulled=pulled)

    def _translation(self, stem: str) -> dict[str, Any]:
        return self._joined(stem, *self._part(stem))

    def _content(self, stem: str, content: Any, source: JSON, translations: Mapping[str, Any]) -> Any:
        """Without text outside of it, it may be any value: the service checks it."""
        if not source and not translations:
            return content
        whole = self._joined(stem, self._mapping(stem, "content", content), source)
        if translations:
            existing = self._mapping(stem, "content.translations", whole.get("translations"))
            whole["translations"] = self._joined(stem, existing, translations)
        return whole

    def _mapping(self, stem: str, where: str, value: Any) -> dict[str, Any]:
        if not isinstance(value, dict | None):
            self._add_error(f"{stem}.{self.stems[stem]}", f"has a `{where}` that is no mapping")
        return value if isinstance(value, dict) else {}

    def _joined(self, stem: str, fields: JSON, source: JSON) -> dict[str, Any]:
        for name in sorted(fields.keys() & source.keys()):
            self._add_error(f"{stem}.{self.stems[stem]}", f"has `{name}` in its front matter and outside of it")
        return {**fields, **source}

    def _part(self, stem: str) -> tuple[dict[str, Any], dict[str, str]]:
        """Returns the front matter and the text outside of it."""
        suffix = self.stems[stem]
        name = f"{stem}.{suffix}"
        split = _split(self.files[name])
        if split is None:
            self._add_error(name, "does not begin with a front matter: a line of ---, fields in YAML, a line of ---")
            return {}, {}
        front, body = split
        if suffix == NO_BODY and body.strip():
            self._add_error(name, "has a body, which a .yaml file cannot: call it .mjml or .html")
        source = {suffix: body} if suffix in BODIES else {}
        text = self.files.get(f"{stem}.{TEXT}")
        return self._front(name, front), {**source, **({} if text is None else {"plainTextVersion": text})}

    def _front(self, name: str, text: str) -> dict[str, Any]:
        try:
            # Not libyaml's loader, the handler's default: deep nesting ends its process, and here it is an error of the file.
            front = _FRONT_MATTER.load(text, Loader=yaml.SafeLoader)
        except (yaml.YAMLError, ValueError, RecursionError) as error:
            self._add_error(name, f"has a front matter that is not YAML: {' '.join(str(error).split())}")
            return {}
        if not isinstance(front, dict | None):
            self._add_error(name, "has a front matter that is not fields with their values")
            return {}
        for where, reported in _unfit(front or {}, ""):
            self._add_error(name, f"{where} {reported}")
        return front or {}

    def _ours(self, stem: str, ours: Any) -> tuple[int | None, str]:
        number, pulled = (ours.get("id"), ours.get("pulled", "")) if isinstance(ours, dict) else (ours, "")
        if isinstance(number, bool) or not isinstance(number, int | None) or (number is not None and number <= 0):
            self._add_error(f"{stem}.{self.stems[stem]}", f"has a {OURS}.id that is not an email's id")
            number = None
        return number, str(pulled)

    def _add_error(self, name: str, message: str) -> None:
        self.errors.append(FieldError(name, message))


def _split(text: str) -> tuple[str, str] | None:
    """Returns the front matter and the body, or None if the text does not begin with a front matter."""
    try:
        return _FRONT_MATTER.split(text) if _FRONT_MATTER.detect(text) else None
    except ValueError:  # no second line of ---
        return None


def _taken_apart(content: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The translations that get files of their own, out of it. Not two that are one to a machine which takes upper case for lower."""
    translations = content.get("translations")
    if not isinstance(translations, dict):
        return {}
    lower = [name.lower() for name in translations]
    apart = {
        name: value
        for name, value in translations.items()
        if isinstance(value, dict) and _LANGUAGE.fullmatch(name) and lower.count(name.lower()) == 1
    }
    left = {name: value for name, value in translations.items() if name not in apart}
    if left:
        content["translations"] = left
    elif apart:
        del content["translations"]
    return apart


def _ordered(fields: JSON) -> dict[str, Any]:
    names = [*(name for name in FIRST if name in fields), *sorted(fields.keys() - set(FIRST))]
    return {name: fields[name] for name in names}


def _yaml(fields: JSON) -> str:
    text: str = yaml.dump(_sorted(fields), Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=100)
    return text if fields else ""


class _Dumper(yaml.SafeDumper):
    pass


def _text(dumper: _Dumper, text: str) -> yaml.ScalarNode:
    """PyYAML writes these line ends as they are, and reads spaces: between double quotes it escapes them."""
    style = '"' if any(character in text for character in "\x85\u2028\u2029") else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _text)


def _sorted(value: Any, depth: int = 0) -> Any:
    """Inner fields by name, so that a file does not depend on who wrote the document."""
    if isinstance(value, Mapping):
        names = value if depth == 0 else sorted(value)
        return {name: _sorted(value[name], depth + 1) for name in names}
    return [_sorted(one, depth + 1) for one in value] if isinstance(value, list) else value


def _unfit(value: Any, where: str) -> Iterator[tuple[str, str]]:
    """Yields the values that YAML has and JSON has not."""
    if isinstance(value, dict):
        for name, inner in value.items():
            path = f"{where}.{name}" if where else f"{name}"
            if not isinstance(name, str):
                yield path, "is a field whose name is no text: write it in quotes"
            yield from _unfit(inner, path)
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _unfit(inner, f"{where}[{number}]")
    elif not isinstance(value, str | int | float | None):
        yield where, f"is a {type(value).__name__}: write it in quotes"
    elif value in {float("inf"), float("-inf")} or value != value:  # noqa: PLR0124 - that is how NaN is recognised
        yield where, "is not a number in JSON"


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and value != ""
