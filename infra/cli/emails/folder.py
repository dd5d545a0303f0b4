"""Compares a folder of emails with a stage: what a pull or a push would change, and the conflicts.

No author's work is overwritten: a pull skips emails that were changed in the folder, and a push refuses emails that were changed on the stage.
A push marks the draft that it writes with its digest. So the next push, from any checkout, sees that the draft has not changed meanwhile.
"""

from __future__ import annotations

import dataclasses
import difflib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from functions.core.errors import FieldError, Rejected
from infra.cli.emails import files as email_files
from infra.cli.emails.files import OURS, SUFFIXES, TEXT, FiledEmail, digest

PARTIALS = "_partials"
_MARK = "pushed"


@dataclass(frozen=True, slots=True, kw_only=True)
class StageEmail:
    """An email that is on a stage."""

    id: int
    version: int
    document: dict[str, Any]

    @property
    def pushed(self) -> str:
        """The digest of the last push; empty without one."""
        marker = self.document.get(OURS)
        return str(marker.get(_MARK, "")) if isinstance(marker, dict) else ""


@dataclass(frozen=True, slots=True)
class Folder:
    path: Path

    def emails(self) -> list[FiledEmail]:
        """Reads the sub-folders too: an email's name has its folder. Raises Rejected with every file that cannot be read."""
        emails, errors = list[FiledEmail](), list[FieldError]()
        for folder in _folders(self.path):
            try:
                read = email_files.read(_files(self.path / folder, SUFFIXES))
                emails += [dataclasses.replace(email, name=folder + email.name) for email in read]
            except Rejected as error:
                errors += [replace(wrong, field=folder + wrong.field) for wrong in error.errors]
        if errors:
            raise Rejected(errors)
        return emails

    def emails_of(self, name: str) -> list[FiledEmail]:
        """Reads one email, or none of that name. What is wrong with other files does not matter. Raises Rejected."""
        return email_files.read({file: _read(self.path / file) for file in self._of(name)})

    def partials(self) -> dict[str, str]:
        """Reads the sub-folders too: a partial's name has its folder."""
        root = self.path / PARTIALS
        return {
            folder + name.removesuffix(".mjml"): text
            for folder in _folders(root)
            for name, text in _files(root / folder, ("mjml",)).items()
        }

    def write(self, email: FiledEmail) -> None:
        """Writes all files of an email, and removes the files that it no longer has."""
        files = email_files.written(email)
        self.path.mkdir(parents=True, exist_ok=True)
        for name in self._of(email.name) - files.keys():
            (self.path / name).unlink()
        for name, text in files.items():
            _write(self.path / name, text)

    def write_partial(self, name: str, text: str) -> None:
        path = self.path / PARTIALS / f"{name}.mjml"
        path.parent.mkdir(parents=True, exist_ok=True)
        _write(path, text)

    def stamp(self, name: str, email_id: int, pulled: str) -> None:
        """Records in the main file that the file and the stage are equal."""
        prefix = name.rpartition("/")[0]
        (main,) = (
            one for one in self._of(name) if one.removeprefix(prefix).count(".") == 1 and not one.endswith(f".{TEXT}")
        )
        before = _read(self.path / main)
        after = email_files.stamped(before, email_id, pulled)
        if after != before:
            _write(self.path / main, after)

    def _of(self, name: str) -> set[str]:
        folder, slash, own = name.rpartition("/")
        files = _files(self.path / folder, SUFFIXES)
        return {f"{folder}{slash}{file}" for file in files if file.partition(".")[0] == own}


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftChange:
    """What a push would write. `before` is None for a new email."""

    local: FiledEmail
    before: StageEmail | None

    @property
    def document(self) -> dict[str, Any]:
        return {**self.local.document, OURS: {_MARK: digest(self.local.document)}}

    def diff(self) -> str:
        """Returns the unified diff of the email's files."""
        before = {} if self.before is None else _plain_files(self.local.name, self.before.document)
        return diff_of(before, _plain_files(self.local.name, self.local.document))


@dataclass(frozen=True, slots=True)
class Push:
    changes: list[DraftChange]
    unchanged: list[tuple[FiledEmail, StageEmail]]


def pushing(local: Sequence[FiledEmail], stage_emails: Mapping[int, StageEmail], *, force: bool) -> Push:
    """Raises Rejected with every email that was changed on the stage since it was pulled or pushed."""
    errors: list[FieldError] = []
    push = Push([], [])
    _refuse_twice(local)
    for email in local:
        before = _counterpart(email, stage_emails, errors)
        if before and digest(before.document) == digest(email.document):
            push.unchanged.append((email, before))
            continue
        if before and not force and digest(before.document) not in {email.pulled, before.pushed}:
            conflict = (
                f"email {before.id} was changed on the stage: pull it first, or push with --force to overwrite it"
            )
            errors.append(FieldError(email.name, conflict))
        push.changes.append(DraftChange(local=email, before=before))
    if errors:
        raise Rejected(errors)
    return push


def _counterpart(
    email: FiledEmail, stage_emails: Mapping[int, StageEmail], errors: list[FieldError]
) -> StageEmail | None:
    """Finds the email by its id, and by its name if it has no id yet: a folder that lost its new ids creates no email twice."""
    if email.id is not None:
        return stage_emails.get(email.id)
    named = [one for one in stage_emails.values() if one.document.get("name") == email.document.get("name")]
    if len(named) > 1:
        ids = ", ".join(str(one.id) for one in named)
        errors.append(
            FieldError(email.name, f"has no {OURS}.id, and the emails {ids} have its name: write the id of one of them")
        )
    return named[0] if len(named) == 1 else None


def _refuse_twice(local: Sequence[FiledEmail]) -> None:
    names: dict[int, str] = {}
    for email in local:
        if email.id in names:
            raise Rejected([FieldError(email.name, f"has the {OURS}.id of {names[email.id]}: remove it from the copy")])
        if email.id is not None:
            names[email.id] = email.name


@dataclass(frozen=True, slots=True)
class Pull:
    writes: list[FiledEmail]
    unchanged: list[FiledEmail]  # with the stamp for their files
    refused: list[FieldError]
    deleted: list[str]  # names of files without an email on the stage


def pulling(local: Sequence[FiledEmail], stage_emails: Mapping[int, StageEmail], *, force: bool) -> Pull:
    pull = Pull([], [], [], [email.name for email in local if email.id not in stage_emails])
    _refuse_twice(local)
    here = {email.id: email for email in local}
    taken = {email.name for email in local}
    for one in stage_emails.values():
        email, now = here.get(one.id), digest(one.document)
        name = email.name if email else email_files.name_for(str(one.document.get("name", "")), taken)
        taken.add(name)
        theirs = FiledEmail(name=name, document=_unmarked(one.document), id=one.id, pulled=now)
        if email and digest(email.document) == now:
            pull.unchanged.append(theirs)
        elif email and not force and digest(email.document) != email.pulled:
            pull.refused.append(FieldError(name, "was changed here: push it, or pull with --force to overwrite it"))
        else:
            pull.writes.append(theirs)
    return pull


def diff_of(before: Mapping[str, str], after: Mapping[str, str]) -> str:
    """Returns the unified diff of two sets of files."""
    return "".join(line for name in sorted({*before, *after}) for line in _diff(name, before, after))


def _diff(name: str, before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[str]:
    old, new = (files.get(name, "").splitlines(keepends=True) for files in (before, after))
    for line in difflib.unified_diff(old, new, f"stage/{name}", f"here/{name}"):
        yield line if line.endswith("\n") else f"{line}\n"


def _plain_files(name: str, document: dict[str, Any]) -> dict[str, str]:
    return email_files.written(FiledEmail(name=name, document=_unmarked(document)))


def _unmarked(document: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in document.items() if name != OURS}


def _folders(path: Path, prefix: str = "") -> Iterator[str]:
    """Yields the folder itself, "", and its sub-folders: "shop/", "shop/de/". A name that begins with . or _ is not for emails."""
    yield prefix
    for inner in sorted(path.iterdir()) if path.is_dir() else ():
        if inner.is_dir() and not inner.is_symlink() and inner.name[0] not in "._":
            yield from _folders(inner, f"{prefix}{inner.name}/")


def _files(path: Path, suffixes: Sequence[str]) -> dict[str, str]:
    results = sorted(path.iterdir()) if path.is_dir() else []
    expected = [one for one in results if one.suffix[1:] in suffixes and one.name[0] not in "._" and one.is_file()]
    return {one.name: _read(one) for one in expected}


def _read(path: Path) -> str:
    """Keeps line ends."""
    try:
        return path.read_bytes().decode()
    except UnicodeDecodeError as error:
        raise Rejected([FieldError(path.name, f"is not UTF-8: {error}")]) from error


def _write(path: Path, text: str) -> None:
    path.write_bytes(text.encode())
