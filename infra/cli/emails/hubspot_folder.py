"""A folder of HubSpot's design manager: which file is an email, which a partial or a layout, and what has no place here.

A template's own comment states what it is (`templateType: email`). Without one, its use decides: what others extend is a layout, what they
include or import is a partial. A path in a template is relative to its file, or begins at the folder.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from functions.core.errors import FieldError, Rejected
from functions.core.templates.layouts import NAME, partial_word
from functions.core.templates.reading import Piece, pieces, readable
from functions.core.templates.source_map import MappedText

EMAIL, LAYOUT, PARTIAL, REFUSED, SKIPPED = "email", "layout", "partial", "refused", "skipped"
_EMAIL_TYPES = frozenset({"email", "email_base_template"})
_SHARED_TYPES = frozenset({"", "none", "global_partial", "partial"})
_META = re.compile(r"\s*<!--\s*((?:[ \t]*[A-Za-z]\w*[ \t]*:.*\n?)+)\s*-->[ \t]*\n?")
_FIELD = re.compile(r"^[ \t]*([A-Za-z]\w*)[ \t]*:[ \t]*(.*?)[ \t]*$", re.MULTILINE)
_LABEL_MAX = 100  # characters
_WHOLE = re.compile(r"<html\b|\{%-?\s*extends\b", re.IGNORECASE)
_MODULE = ".module/"


@dataclass(slots=True)
class ImportedFile:
    """A file of the folder. `name` is that of its partial; `text` has no comment of HubSpot's, and names partials from the folder's root."""

    path: str
    text: str = ""
    meta: Mapping[str, str] = field(default_factory=dict)
    became: str = SKIPPED
    reason: str = ""
    errors: list[FieldError] = field(default_factory=list)
    warnings: list[FieldError] = field(default_factory=list)
    label: str = ""  # the name of an email
    shared_as: str = ""  # `layout` or `partial`, by what others do with it

    @property
    def name(self) -> str:
        return partial_name(self.path)

    @property
    def is_email(self) -> bool:
        return self.became == EMAIL

    @property
    def is_shared(self) -> bool:
        return self.became in {LAYOUT, PARTIAL} or (self.is_email and bool(self.shared_as))


def partial_name(path: str) -> str:
    """Returns the name of a file's partial: its path, with `-` for characters that a name cannot have."""
    return re.sub(r"[^A-Za-z0-9_./-]+", "-", path)


def read_folder(root: Path) -> list[ImportedFile]:
    """Returns every file of the folder, in the order of their paths."""
    files = [_read(root, path) for path in sorted(root.rglob("*")) if path.is_file() and not _is_hidden(root, path)]
    templates = {file.path: file for file in files if file.text}
    for file in templates.values():
        try:
            file.text = _with_own_paths(file, templates, root.resolve().name)
        except Rejected as error:
            file.became, file.errors = REFUSED, list(error.errors)
    for file in templates.values():
        if file.became != REFUSED:
            file.became, file.reason = _kind(file)
    _name_emails(file for file in files if file.is_email)
    return files


def _is_hidden(root: Path, path: Path) -> bool:
    return any(part.startswith(".") for part in path.relative_to(root).parts)


def _read(root: Path, path: Path) -> ImportedFile:
    file = ImportedFile(path.relative_to(root).as_posix())
    if _MODULE in file.path:
        file.reason = "is part of a module: write its content into the template"
    elif path.suffix.lower() not in {".html", ".htm"}:
        file.reason = "is not a template"
    else:
        try:
            text = path.read_bytes().decode()
        except UnicodeDecodeError as error:
            file.became, file.errors = REFUSED, [FieldError(file.path, f"is not UTF-8: {error}")]
            return file
        file.meta, file.text = _without_meta(text)
        file.reason = "" if file.text.strip() else "is empty"
    return file


def _without_meta(text: str) -> tuple[Mapping[str, str], str]:
    match = _META.match(text.replace("\r\n", "\n"))
    if match is None or "templateType" not in match[1]:
        return {}, text
    return dict(_FIELD.findall(match[1])), text.replace("\r\n", "\n")[match.end() :]


def _with_own_paths(file: ImportedFile, files: Mapping[str, ImportedFile], root: str) -> str:
    """Returns the text with the names of partials in place of paths, and notes how the files that they name are shared. Raises Rejected."""
    parts, at = list[str](), 0
    for piece, start, word in _named_partials(MappedText.of(file.path, file.text)):
        path = _target(word[1:-1], file.path, files, root)
        if path is None:
            continue
        files[path].shared_as = LAYOUT if piece.tag == "extends" or files[path].shared_as == LAYOUT else PARTIAL
        parts += [file.text[at:start], f'"{partial_name(path)}"']
        at = start + len(word)
    return "".join([*parts, file.text[at:]])


def _named_partials(source: MappedText) -> Iterator[tuple[Piece, int, str]]:
    readable_source, _ = readable(source)  # the check of the file reports these errors
    for piece in pieces(readable_source):
        if piece.tag in {"include", "import", "from", "extends", "global_partial"}:
            word = partial_word(piece)
            if word[:1] in {"'", '"'}:
                yield piece, source.text.index(word, piece.start), word


def _target(named: str, within: str, files: Mapping[str, ImportedFile], root: str) -> str | None:
    """Returns the file that a path names: relative to the naming file, or to the folder, whose own name it may begin with."""
    rooted = named.lstrip("/")
    relative = posixpath.normpath(posixpath.join(posixpath.dirname(within), named))
    candidates = [relative, posixpath.normpath(rooted), posixpath.normpath(rooted).removeprefix(f"{root}/")]
    candidates += [posixpath.normpath(rooted).partition("/")[2]]  # the theme's folder may have another name here
    return next((path for path in candidates if path in files), None)


def _kind(file: ImportedFile) -> tuple[str, str]:
    """Returns what a template becomes, and the reason if it is skipped."""
    type_ = file.meta.get("templateType", "")
    if reason := _skipped(file, type_):
        return SKIPPED, reason
    is_page = type_ == "" and not file.shared_as and _WHOLE.search(file.text)
    return EMAIL if type_ in _EMAIL_TYPES or is_page else file.shared_as or PARTIAL, ""


def _skipped(file: ImportedFile, type_: str) -> str:
    if not file.text.strip():
        return "is empty"
    if type_ not in _EMAIL_TYPES | _SHARED_TYPES:
        return f"is a template of type {type_}, not of an email"
    return "" if NAME.fullmatch(file.name) else "has a path that is no name of a partial"


def _name_emails(files: Iterable[ImportedFile]) -> None:
    """Gives each email a name of its own: its label, or its path if two have one label."""
    taken = set[str]()
    for file in files:
        label = file.meta.get("label") or PurePosixPath(file.path).stem
        file.label = (file.path if label in taken else label)[:_LABEL_MAX]
        taken.add(label)


def document(file: ImportedFile, *, sender: Mapping[str, str], subscription: str) -> dict[str, Any]:
    """Returns the email's document. HubSpot stores a subject with the email, not in its template: the label is one to begin with."""
    marketing = {"subscriptionDetails": {"subscriptionId": subscription}} if subscription else {}
    subcategory = "marketing_single_send_api" if subscription else "single_send_api"
    return {
        "name": file.label,
        "subject": file.label,
        "from": dict(sender),
        "subcategory": subcategory,
        "content": {"html": file.text},
        **marketing,
    }
