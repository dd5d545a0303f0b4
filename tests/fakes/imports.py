"""Imports of contacts and their files."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from msgspec.structs import replace

from functions.core.broadcasts.jobs import ImportJob
from functions.core.contacts.contact_import import ContactImport, LineError
from functions.core.errors import NotFound


@dataclass
class MemoryContactImports:
    stored: dict[str, ContactImport] = field(default_factory=dict)

    def get(self, import_id: str) -> ContactImport | None:
        return self.stored.get(import_id)

    def all(self) -> Sequence[ContactImport]:
        return sorted(self.stored.values(), key=lambda one: one.created_at, reverse=True)

    def create(self, one: ContactImport) -> ContactImport:
        return self.stored.setdefault(one.id, replace(one, version=1))

    def edit(self, import_id: str, change: Callable[[ContactImport], ContactImport]) -> ContactImport:
        if import_id not in self.stored:
            raise NotFound(f"there is no import {import_id!r}")
        before = self.stored[import_id]
        self.stored[import_id] = replace(change(before), version=before.version + 1)
        return self.stored[import_id]


@dataclass
class MemoryImportFiles:
    uploads: dict[str, bytes] = field(default_factory=dict)
    written: dict[tuple[str, int], list[LineError]] = field(default_factory=dict)

    def read_upload(self, upload_id: str, offset: int) -> Iterator[bytes]:
        octets = self.uploads[upload_id]
        return (octets[at : at + 1000] for at in range(offset, len(octets), 1000))

    def write_upload(self, upload_id: str, octets: bytes) -> None:
        self.uploads[upload_id] = octets

    def write_errors(self, import_id: str, number: int, errors: Sequence[LineError]) -> None:
        self.written[import_id, number] = list(errors)

    def read_errors(self, import_id: str, number: int) -> list[LineError]:
        return self.written[import_id, number]


@dataclass
class MemoryImportQueue:
    waiting: list[ImportJob] = field(default_factory=list)

    def enqueue(self, *jobs: ImportJob, delay_seconds: int = 0) -> None:
        self.waiting += jobs
