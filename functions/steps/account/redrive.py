"""Redrive dead letters: put them back in the send queue once the cause of their failure is fixed.

A message is redriven only if SES never accepted it: it has no SES id and no event, the time in which an event may arrive is over, and
record has read the events of that time.
A letter with a recipient who was erased is dropped. Every other dead letter stays one.
"""

from __future__ import annotations

import math
from collections import Counter
from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace

from functions.core.access.actor import Actor
from functions.core.access.scopes import ACCOUNT
from functions.core.sending import lifecycle
from functions.core.sending.send import Message, State
from functions.ports import Clock
from functions.ports.account import DeadLetter, DeadLetters
from functions.ports.events import EventsRecorded
from functions.ports.sending import SendQueue, Sends


class RedriveResult(StrEnum):
    """The outcome of a dead letter."""

    QUEUED = "back in the send queue"
    DONE = "dropped: every recipient has the mail, it was canceled, it has expired, or a recipient was erased"
    UNSAFE = "kept: SES may have taken it, and sending again could double it"
    UNREADABLE = "kept: it cannot be read, or its payload is gone"


_HANDLED = frozenset({RedriveResult.QUEUED, RedriveResult.DONE})


class RedriveDeadLetters(Struct, frozen=True, kw_only=True):
    """The step with its dependencies."""

    letters: DeadLetters
    sends: Sends
    queue: SendQueue
    events_recorded: EventsRecorded
    clock: Clock
    grace_seconds: int

    def __call__(self, by: Actor, until: float = math.inf) -> Counter[RedriveResult]:
        """Handles each dead letter once until a time, and counts the results. It can be repeated, also after a crash: a duplicate copy is
        harmless. Raises Forbidden.
        """
        by.require(ACCOUNT)
        counted: Counter[RedriveResult] = Counter()
        unsent: list[DeadLetter] = []  # hidden until the end, or they would be handled again
        handled: set[str] = set()  # a send that fails at once is a dead letter again, which stays one
        for batch in self.letters.batches():
            new = [letter for letter in batch if letter.send is None or letter.send.id not in handled]
            results = [(self._redrive(letter), letter) for letter in new]
            handled.update(letter.send.id for letter in new if letter.send)
            counted.update(result for result, _ in results)
            removed = [letter for result, letter in results if result in _HANDLED]
            self.letters.remove(*removed)
            unsent += [replace(letter, send=None) for letter in batch if letter not in removed]
            if self.clock() >= until:
                break
        self.letters.put_back(*unsent)
        return counted

    def _redrive(self, letter: DeadLetter) -> RedriveResult:
        if letter.send is None:
            return RedriveResult.UNREADABLE
        messages = self.sends.messages(letter.send.id)
        if any(
            message.erased for message in messages
        ):  # the letter has the address, and each mail of it names its recipients
            return RedriveResult.DONE
        if [message for message in messages if self._reopen(message)]:
            self.queue.enqueue(replace(letter.send, attempts=0, waiting_since=0))
            return RedriveResult.QUEUED
        done = all(message.state in {State.SENT, State.CANCELED} for message in messages)
        return RedriveResult.DONE if done else RedriveResult.UNSAFE

    def _reopen(self, message: Message) -> bool:
        """Returns whether the message can be delivered: it is not final, or was redriven now."""
        if message.state not in lifecycle.FINAL:
            return True
        if message.lease_until and not self.events_recorded():  # a worker had it, and its event may wait to be recorded
            return False
        return self.sends.redrive(message.key, now=self.clock(), grace_seconds=self.grace_seconds)
