"""The ports in memory, under the laws that functions/ports.py states. tests/adapters holds each against its adapter's own suite."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from functions.core import instants, lifecycle
from functions.core.bucket import TokenBucket
from functions.core.email import Email, Revision
from functions.core.errors import Retry
from functions.core.governor import Governor
from functions.core.lifecycle import Act
from functions.core.send import Message, MessageKey, Send, SendResult, State
from functions.core.tally import Bucket, Tally
from functions.core.timeline import FACTS_MAX, Fact
from functions.ports import ApiKey, DeadLetter, EmailCounters, OutgoingMail
from tests.examples import NOON


@dataclass
class Clock:
    now: float = NOON

    def __call__(self) -> float:
        return self.now


@dataclass
class MemorySends:
    stored: dict[MessageKey, Message] = field(default_factory=dict)

    def create(self, messages: Sequence[Message]) -> bool:
        if any(message.key in self.stored for message in messages):
            return False
        self.stored.update({message.key: message for message in messages})
        return True

    def forget(self, messages: Sequence[Message]) -> None:
        if all(self._untouched(message) for message in messages):
            for message in messages:
                del self.stored[message.key]

    def _untouched(self, message: Message) -> bool:
        kept = self.stored.get(message.key)
        return kept is not None and (kept.state, kept.attempts, kept.accepted_at) == (
            message.state,
            0,
            message.accepted_at,
        )

    def get(self, key: MessageKey) -> Message | None:
        return self.stored.get(key)

    def messages(self, send_id: str) -> list[Message]:
        return [
            self.stored[key] for key in sorted(self.stored, key=lambda key: key.recipient) if key.send_id == send_id
        ]

    def due(self, hour: str, until: str) -> list[Message]:
        scheduled = [message for message in self.stored.values() if message.state is State.SCHEDULED]
        return [one for one in scheduled if instants.hour(one.due_at or "") == hour and (one.due_at or "") <= until]

    def unfinished(self, bucket: Bucket) -> list[Message]:
        return [
            message
            for message in self.stored.values()
            if Bucket(message.email_id, instants.hour(message.accepted_at)) == bucket
            and message.state in {State.QUEUED, State.SENDING}
        ]

    def claim(self, key: MessageKey, *, now: float, lease_seconds: int, grace_seconds: int) -> Message | None:
        message = self.stored.get(key)
        if not message or message.state in lifecycle.FINAL or lifecycle.claimable_from(message, grace_seconds) > now:
            return None
        return self._keep(
            message,
            state=State.SENDING,
            attempts=message.attempts + 1,
            lease_until=int(now) + lease_seconds,
            started_at=message.started_at or instants.iso(now),
        )

    def settle(
        self,
        key: MessageKey,
        act: Act,
        *,
        now: float,
        result: SendResult | None = None,
        reason: str = "",
        ses_message_id: str = "",
    ) -> bool:
        message = self.stored.get(key)
        after = lifecycle.TRANSITIONS.get((message.state, act)) if message else None
        if not message or not after:
            return False
        self._keep(
            message,
            state=after,
            result=result or message.result,
            reason=reason,
            ses_message_id=ses_message_id or message.ses_message_id,
            settled_at=instants.iso(now) if after in lifecycle.FINAL else message.settled_at,
        )
        return True

    def reopen(self, key: MessageKey, *, now: float, grace_seconds: int) -> bool:
        message = self.stored.get(key)
        if not message or not lifecycle.reopenable(message, int(now), grace_seconds):
            return False
        self._keep(message, state=lifecycle.target(Act.REOPEN), result=None, reason="", settled_at=None)
        return True

    def record(self, key: MessageKey, fact: Fact) -> Message | None:
        message = self.stored.get(key)
        if message and (fact.key in message.timeline or len(message.timeline) < FACTS_MAX):
            return self._keep(message, timeline={**message.timeline, fact.key: fact.to_item()})
        return message

    def _keep(self, message: Message, **changed: Any) -> Message:
        self.stored[message.key] = replace(message, **changed)
        return self.stored[message.key]


@dataclass
class MemoryEmails:
    live: dict[int, Email] = field(default_factory=dict)
    revisions: dict[tuple[int, int], Revision] = field(default_factory=dict)

    def get(self, email_id: int) -> Email | None:
        return self.live.get(email_id)

    def revision(self, email_id: int, number: int) -> Revision:
        return self.revisions[email_id, number]

    def publish(self, email: Email, revision: Revision) -> None:
        if self.revisions.setdefault((email.id, revision.number), revision) != revision:
            raise ValueError(f"email {email.id} has another published revision {revision.number} already")
        self.live[email.id] = email


@dataclass
class MemoryApiKeys:
    stored: dict[str, ApiKey] = field(default_factory=dict)

    def get(self, secret_id: str) -> ApiKey | None:
        return self.stored.get(secret_id)

    def put(self, key: ApiKey) -> None:
        self.stored[key.secret_id] = key

    def all(self) -> list[ApiKey]:
        return sorted(self.stored.values(), key=lambda key: (key.created_at, key.secret_id))

    def rename(self, secret_id: str, name: str) -> ApiKey | None:
        return self._keep(secret_id, name=name)

    def revoke(self, secret_id: str, at: str) -> ApiKey | None:
        known = self.stored.get(secret_id)
        return self._keep(secret_id, revoked_at=(known and known.revoked_at) or at)

    def used(self, secret_id: str, at: str) -> None:
        known = self.stored.get(secret_id)
        if known and (known.last_used_at or "") < at:
            self._keep(secret_id, last_used_at=at)

    def _keep(self, secret_id: str, **changed: Any) -> ApiKey | None:
        if secret_id in self.stored:
            self.stored[secret_id] = replace(self.stored[secret_id], **changed)
        return self.stored.get(secret_id)


@dataclass
class MemoryBuckets:
    stored: dict[str, TokenBucket] = field(default_factory=dict)

    def get(self, name: str) -> TokenBucket | None:
        return self.stored.get(name)

    def replace(self, name: str, before: TokenBucket | None, after: TokenBucket) -> bool:
        if self.stored.get(name) != before:
            return False
        self.stored[name] = after
        return True


@dataclass
class MemoryQueue:
    waiting: list[tuple[Send, int]] = field(default_factory=list)  # with its delay in seconds
    buried: list[tuple[Send, str]] = field(default_factory=list)
    kept: dict[str, Send] = field(default_factory=dict)

    def keep(self, send: Send) -> None:
        self.kept[send.id] = send

    def put_kept(self, send_id: str, *, delay_seconds: int = 0) -> None:
        self.put(self.kept[send_id], delay_seconds=delay_seconds)

    def put(self, send: Send, *, delay_seconds: int = 0) -> None:
        self.waiting.append((send, delay_seconds))

    def idle(self) -> bool:
        return not self.waiting

    def bury(self, send: Send, reason: str) -> None:
        self.buried.append((send, reason))


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
class MemoryMetrics:
    tallies: dict[Bucket, Tally] = field(default_factory=dict)

    def tally(self, bucket: Bucket) -> Tally:
        return self.tallies.get(bucket, Tally())

    def save(self, bucket: Bucket, tally: Tally) -> None:
        if self.tally(bucket).version != tally.version - 1:
            raise Retry(f"{bucket} was saved by another worker")
        self.tallies[bucket] = tally

    def pending(self, since: str, until: str) -> list[Bucket]:
        return [
            bucket
            for bucket, tally in self.tallies.items()
            if since <= bucket.hour <= until and tally.counters.get("pending", 0) > 0
        ]

    def by_email(self, since: str, until: str, email_ids: Sequence[int] = ()) -> list[EmailCounters]:
        totals: dict[int, Counter[str]] = {}
        for bucket, tally in sorted(self.tallies.items(), key=lambda stored: stored[0].email_id):
            if since <= bucket.hour <= until and (not email_ids or bucket.email_id in email_ids):
                totals.setdefault(bucket.email_id, Counter()).update(tally.counters)
        return [EmailCounters(email_id, dict(total)) for email_id, total in totals.items() if total]


@dataclass
class MemoryGovernors:
    stored: Governor | None = None

    def get(self) -> Governor | None:
        return self.stored

    def save(self, governor: Governor) -> Governor | None:
        if (self.stored.version if self.stored else 0) != governor.version:
            return None
        self.stored = replace(governor, version=governor.version + 1)
        return self.stored

    def add_foreign(self, mails: int) -> None:
        if self.stored:
            self.stored = replace(self.stored, foreign=self.stored.foreign + mails)


class Killed(BaseException):
    """The worker is gone: no handler of its own may see it."""


@dataclass
class Life:
    """Counts a worker's calls to the world, and ends it at one of them: just before its effect, or just after."""

    calls: int
    after: bool = False

    def guard(self, port: Any) -> Any:
        return _Guarded(self, port)

    def call(self, method: Callable[..., Any], args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        self.calls -= 1
        if self.calls < 0 and not self.after:
            raise Killed
        answer = method(*args, **kwargs)
        if self.calls < 0:
            raise Killed
        return answer


@dataclass
class _Guarded:
    life: Life
    port: Any

    def __getattr__(self, name: str) -> Any:
        return lambda *args, **kwargs: self.life.call(getattr(self.port, name), args, kwargs)
