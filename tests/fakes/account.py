"""The account's sending as a whole: SES's quota, the pause of marketing mail, and dead letters."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from msgspec.structs import replace

from functions.core.emails.pause import Pause
from functions.core.sending.throttle import SendQuota
from functions.ports.account import DeadLetter


@dataclass
class MemoryDeadLetters:
    letters: list[DeadLetter] = field(default_factory=list)

    def batches(self) -> Iterator[Sequence[DeadLetter]]:
        for letter in list(self.letters):
            yield [letter]

    def peek(self, most: int) -> list[DeadLetter]:
        return self.letters[:most]

    def remove(self, *letters: DeadLetter) -> None:
        for letter in letters:
            self.letters.remove(letter)

    def put_back(self, *letters: DeadLetter) -> None:
        return None


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


@dataclass
class MemoryQuotaStore:
    stored: SendQuota | None = None

    def get(self) -> SendQuota | None:
        return self.stored

    def save(self, quota: SendQuota) -> SendQuota | None:
        if (self.stored.version if self.stored else 0) != quota.version:
            return None
        self.stored = replace(quota, version=quota.version + 1)
        return self.stored

    def add_external(self, mails: int) -> None:
        if self.stored:
            self.stored = replace(self.stored, sent_elsewhere=self.stored.sent_elsewhere + mails)
