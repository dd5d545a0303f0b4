"""What a send goes through: the queue, SES, and what keeps us within its limits."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

from msgspec.structs import replace

from functions.core.emails.pause import Pause
from functions.core.sending.attachments import Upload
from functions.core.sending.send import Send
from functions.core.sending.throttle import SendQuota
from functions.ports.sending import DeadLetter, OutgoingMail
from functions.steps.sending.check_pause import CheckPause
from tests.fakes import Clock
from tests.fakes.emails import MemoryEmails
from tests.support.examples import NOON_TEXT


@dataclass
class MemoryQueue:
    waiting: list[tuple[Send, int]] = field(default_factory=list)  # with its delay in seconds
    buried: list[tuple[Send, str]] = field(default_factory=list)
    kept: dict[str, Send] = field(default_factory=dict)

    def save_scheduled(self, send: Send) -> None:
        self.kept[send.id] = send

    def enqueue_saved(self, send_id: str, *, delay_seconds: int = 0) -> None:
        self.enqueue(self.kept[send_id], delay_seconds=delay_seconds)

    def delete(self, send_id: str) -> None:
        self.kept.pop(send_id, None)

    def enqueue(self, send: Send, *, delay_seconds: int = 0) -> None:
        self.waiting.append((send, delay_seconds))

    def is_empty(self) -> bool:
        return not self.waiting

    def dead_letter(self, send: Send, reason: str) -> None:
        self.buried.append((send, reason))


@dataclass
class MemoryUploads:
    files: dict[str, tuple[Upload, bytes]] = field(default_factory=dict)

    def presign(self, upload_id: str, size: int, seconds: int) -> str:
        return f"https://uploads.example/{upload_id}?size={size}&seconds={seconds}"

    def put(self, upload_id: str, octets: bytes, at: str = NOON_TEXT) -> Upload:
        """What a caller does with the URL."""
        version = hashlib.sha256(octets).hexdigest()
        upload = Upload(upload_id, size=len(octets), version=version, at=at)
        self.files[upload_id] = (upload, octets)
        return upload

    def head(self, upload_id: str) -> Upload | None:
        return self.files[upload_id][0] if upload_id in self.files else None

    def read(self, upload: Upload) -> bytes:
        there, octets = self.files[upload.id]
        if there != upload:
            raise LookupError(upload.id)
        return octets


@dataclass
class MemoryDeadLetters:
    letters: list[DeadLetter] = field(default_factory=list)

    def all(self) -> list[DeadLetter]:
        return list(self.letters)

    def remove(self, letter: DeadLetter) -> None:
        self.letters.remove(letter)

    def put_back(self, letter: DeadLetter) -> None:
        return None


@dataclass
class MemoryMailer:
    """SES. `answers` are raised, one a call, before any mail is taken; None takes it."""

    answers: list[Exception | None] = field(default_factory=list)
    taken: list[OutgoingMail] = field(default_factory=list)

    def send(self, mail: OutgoingMail) -> str:
        if self.answers and (answer := self.answers.pop(0)):
            raise answer
        self.taken.append(mail)
        return f"ses-{len(self.taken)}"


@dataclass
class MemoryAccountPause:
    stored: Pause | None = None

    def get(self) -> Pause | None:
        return self.stored

    def compare_and_set(self, before: Pause | None, after: Pause) -> bool:
        if self.stored != before:
            return False
        self.stored = after
        return True


def never_paused() -> CheckPause:
    return CheckPause(emails=MemoryEmails(), account=lambda: None, clock=Clock())


@dataclass
class MemoryQuotaStore:
    stored: SendQuota | None = None

    def get(self) -> SendQuota | None:
        return self.stored

    def save(self, governor: SendQuota) -> SendQuota | None:
        if (self.stored.version if self.stored else 0) != governor.version:
            return None
        self.stored = replace(governor, version=governor.version + 1)
        return self.stored

    def add_external(self, mails: int) -> None:
        if self.stored:
            self.stored = replace(self.stored, sent_elsewhere=self.stored.sent_elsewhere + mails)
