"""Who may put the dead letters of broadcasts back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import pytest

from functions.core.access.actor import Actor
from functions.core.access.scopes import ACCOUNT, CONTENT
from functions.core.broadcasts.jobs import PageJob, PrepareJob
from functions.core.errors import Forbidden
from functions.ports.broadcasts import BroadcastDeadLetter
from functions.steps.broadcasts.redrive import RedriveBroadcasts
from tests.fakes import Clock
from tests.fakes.broadcasts import MemoryBroadcastQueue

JOB = PrepareJob("b-1")


@dataclass
class MemoryLetters:
    letters: list[BroadcastDeadLetter] = field(default_factory=list)

    def batches(self) -> Iterator[Sequence[BroadcastDeadLetter]]:
        for letter in [*self.letters]:
            yield [letter]

    def peek(self, most: int) -> list[BroadcastDeadLetter]:
        return self.letters[:most]

    def remove(self, *letters: BroadcastDeadLetter) -> None:
        for letter in letters:
            self.letters.remove(letter)

    def put_back(self, *letters: BroadcastDeadLetter) -> None:
        """It never left."""


def redriven(letters: MemoryLetters, scope: str) -> int:
    step = RedriveBroadcasts(letters=letters, queue=MemoryBroadcastQueue(), clock=Clock())
    return step(Actor("ada@example.com", (scope,)))


def test_a_job_goes_back_and_its_letter_is_gone() -> None:
    letters = MemoryLetters([BroadcastDeadLetter(JOB, "killed", "1"), BroadcastDeadLetter(None, "no JSON", "2")])
    assert redriven(letters, ACCOUNT) == 1
    assert [letter.job for letter in letters.letters] == [None]


def test_an_actor_without_the_scope_puts_nothing_back() -> None:
    letters = MemoryLetters([BroadcastDeadLetter(JOB, "killed", "1")])
    with pytest.raises(Forbidden):
        redriven(letters, CONTENT)
    assert len(letters.letters) == 1


def test_a_job_that_fails_again_at_once_is_redriven_once() -> None:
    letters = MemoryLetters([BroadcastDeadLetter(JOB, "killed", handle) for handle in ("1", "2")])
    assert redriven(letters, ACCOUNT) == 1
    assert [letter.handle for letter in letters.letters] == ["2"]


def test_letters_of_a_page_with_other_recipients_go_back_together() -> None:
    """A page may give up some recipients, and others later. Copies that differ in how far the page was are one job."""
    jobs = [PageJob(broadcast_id="b-1", number=1, only=only, reopen=True) for only in ((1,), (2, 3))]
    jobs.append(PageJob(broadcast_id="b-1", number=1, only=(1,), reopen=True, settling=3, attempts=2))
    letters = MemoryLetters([BroadcastDeadLetter(job, "given up", str(number)) for number, job in enumerate(jobs)])
    assert redriven(letters, ACCOUNT) == 2
    assert [letter.handle for letter in letters.letters] == ["2"]
