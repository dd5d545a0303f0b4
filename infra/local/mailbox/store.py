"""The mailbox: every mail that was delivered, newest first, in memory and bounded."""

import threading
import time
import uuid
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property

from infra.local.mailbox.reading import Reading, read

MAX_MAILS = 10_000
MAX_BYTES = 512 * 1024 * 1024


@dataclass(frozen=True)
class StoredMail:
    """One mail to all its recipients. `sender` and `recipients` are the envelope's; `raw` is the mail as it arrived."""

    id: str
    received: datetime
    sender: str
    recipients: tuple[str, ...]
    raw: bytes
    tags: tuple[str, ...] = ()
    is_read: bool = False
    ses_message_id: str = ""  # empty for a mail that SES did not send

    @cached_property
    def reading(self) -> Reading:
        """The mail for display, parsed on first use."""
        return read(self.raw)


def _now() -> datetime:
    return datetime.now(UTC)


def _new_id() -> str:
    return uuid.uuid4().hex


class Mailbox:
    """Stores mails. Thread-safe. Beyond its limits the oldest mail is deleted."""

    def __init__(
        self,
        *,
        max_mails: int = MAX_MAILS,
        max_bytes: int = MAX_BYTES,
        clock: Callable[[], datetime] = _now,
        new_id: Callable[[], str] = _new_id,
    ) -> None:
        self._max_mails = max_mails
        self._max_bytes = max_bytes
        self._clock = clock
        self._new_id = new_id
        self._changed = threading.Condition()
        self._mails: OrderedDict[str, StoredMail] = OrderedDict()
        self._bytes = 0
        self.delivered, self.delivered_bytes, self.deleted = 0, 0, 0  # since the start

    def deliver(
        self, sender: str, recipients: Iterable[str], raw: bytes, tags: Iterable[str] = (), *, ses_message_id: str = ""
    ) -> str:
        """Stores a mail and returns its id."""
        with self._changed:
            mail = StoredMail(
                self._new_id(),
                self._clock(),
                sender,
                tuple(recipients),
                raw,
                tuple(tags),
                ses_message_id=ses_message_id,
            )
            self._mails[mail.id] = mail
            self._bytes += len(raw)
            self.delivered += 1
            self.delivered_bytes += len(raw)
            while len(self._mails) > self._max_mails or (self._bytes > self._max_bytes and len(self._mails) > 1):
                self._remove(next(iter(self._mails)))
            self._changed.notify_all()
        return mail.id

    def all(self) -> Sequence[StoredMail]:
        """Returns every mail, newest first."""
        with self._changed:
            return tuple(reversed(self._mails.values()))

    def get(self, mail_id: str) -> StoredMail | None:
        with self._changed:
            return self._mails.get(mail_id)

    def mark(self, mail_ids: Iterable[str], *, is_read: bool) -> None:
        with self._changed:
            for mail_id in mail_ids:
                if mail_id in self._mails:
                    self._mails[mail_id] = replace(self._mails[mail_id], is_read=is_read)

    def tag(self, mail_ids: Iterable[str], change: Callable[[tuple[str, ...]], Iterable[str]]) -> None:
        """Replaces the tags of each mail by the result of `change`, sorted and each once."""
        with self._changed:
            for mail_id in mail_ids:
                if mail_id in self._mails:
                    mail = self._mails[mail_id]
                    self._mails[mail_id] = replace(mail, tags=tuple(sorted(set(change(mail.tags)))))

    def delete(self, mail_ids: Iterable[str]) -> None:
        with self._changed:
            for mail_id in mail_ids:
                if mail_id in self._mails:
                    self._remove(mail_id)

    def clear(self) -> None:
        self.delete([mail.id for mail in self.all()])

    def wait_for(self, matches: Callable[[StoredMail], bool], timeout: float) -> StoredMail:
        """Returns the newest mail that matches, and waits up to `timeout` seconds for it. Raises TimeoutError."""
        deadline = time.monotonic() + timeout
        with self._changed:
            while True:
                for mail in reversed(self._mails.values()):
                    if matches(mail):
                        return mail
                remaining = deadline - time.monotonic()
                if remaining <= 0:
                    raise TimeoutError(f"No matching mail arrived in {timeout} s; the mailbox has {len(self._mails)}.")
                self._changed.wait(remaining)

    def _remove(self, mail_id: str) -> None:
        self._bytes -= len(self._mails.pop(mail_id).raw)
        self.deleted += 1
