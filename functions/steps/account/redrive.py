"""Redrive: dead letters back to the send queue, once what kept them from being delivered is mended.

A message is opened again only where SES surely never took it: it has no id of SES, no event of SES, and the time in which an event
might still come is over. What is not safe stays a dead letter.
"""

from __future__ import annotations

from collections import Counter
from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace

from functions.core.sending import lifecycle
from functions.core.sending.send import Message, State
from functions.ports import Clock
from functions.ports.account import DeadLetter, DeadLetters
from functions.ports.sending import SendQueue, Sends


class RedriveResult(StrEnum):
    """What became of a letter."""

    QUEUED = "back in the send queue"
    DONE = "dropped: every recipient has the mail, or it was canceled, or it is kept no more"
    KEPT = "kept: SES may have taken it, and sending again could double it"
    UNREADABLE = "kept: it cannot be read, or its payload is gone"


class RedriveDeadLetters(Struct, frozen=True, kw_only=True):
    """The step with its dependencies."""

    letters: DeadLetters
    sends: Sends
    queue: SendQueue
    clock: Clock
    grace_seconds: int

    def __call__(self) -> Counter[RedriveResult]:
        """Every letter once. Killed at any point, it can be run again: a copy too many is harmless."""
        counted: Counter[RedriveResult] = Counter()
        for letter in self.letters.all():
            verdict = self._redriven(letter)
            counted[verdict] += 1
            if verdict in {RedriveResult.QUEUED, RedriveResult.DONE}:
                self.letters.remove(letter)
            else:
                self.letters.put_back(letter)
        return counted

    def _redriven(self, letter: DeadLetter) -> RedriveResult:
        if letter.send is None:
            return RedriveResult.UNREADABLE
        messages = self.sends.messages(letter.send.id)
        if [message for message in messages if self._opened(message)]:
            self.queue.enqueue(replace(letter.send, attempts=0))
            return RedriveResult.QUEUED
        done = all(message.state in {State.SENT, State.CANCELED} for message in messages)
        return RedriveResult.DONE if done else RedriveResult.KEPT

    def _opened(self, message: Message) -> bool:
        if message.state not in lifecycle.FINAL:
            return True
        return self.sends.redrive(message.key, now=self.clock(), grace_seconds=self.grace_seconds)
