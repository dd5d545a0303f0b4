"""Accept a send. Every accepted message ends in exactly one outcome, shown by its status."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from functions.core import ids, timestamps
from functions.core.contacts.subscriptions import consent
from functions.core.emails.email import SINGLE_SEND, TRANSACTIONAL, Email, Subcategory
from functions.core.errors import FieldError, Rejected, Retry
from functions.core.outcomes import Refusal, SendResult
from functions.core.sending import max_delivery_time
from functions.core.sending.send import PAYLOAD_DAYS, Attempt, Message, MessageKey, Send, SendRequest, State
from functions.core.templates.hubl import variables
from functions.steps.sending.check_pause import CheckPause
from functions.steps.sending.enqueue_due import SOON_SECONDS, delay_until

if TYPE_CHECKING:
    from functions.ports import Clock, NewId
    from functions.ports.contacts import Contacts, SubscriptionTypes
    from functions.ports.sending import SendQueue, Sends, Uploads
    from functions.steps.domains.sender_domains import ReadDomains
    from functions.steps.sending.email_leases import EmailLeases

# The latest sendAt. Its payload is stored until then, and two days more, while the send waits for SES.
AHEAD_SECONDS = (PAYLOAD_DAYS - 2) * 86400


class AcceptResult(Struct, frozen=True):
    message: Message  # the To's
    idempotency_result: SendResult | None = None  # IDEMPOTENT_IGNORE or IDEMPOTENT_FAIL for a repeated sendId


class AcceptSend(Struct, frozen=True, kw_only=True):
    """The step with its dependencies."""

    domains: ReadDomains
    sends: Sends
    emails: EmailLeases
    contacts: Contacts
    subscription_types: SubscriptionTypes
    pauses: CheckPause
    queue: SendQueue
    uploads: Uploads
    clock: Clock
    new_id: NewId
    subcategories: frozenset[Subcategory] = SINGLE_SEND  # the kinds of email that this sender may send

    def __call__(self, request: SendRequest, accepted_by: str) -> AcceptResult:
        """Raises Rejected."""
        try:
            messages, send = self.prepare(request, accepted_by)
        except Rejected:
            if duplicate := self._find_duplicate(request):
                return duplicate
            raise
        if not self.sends.create(messages):
            return self._replay(request, messages, send)
        if send:
            self._enqueue(send, messages)
        return AcceptResult(messages[0])

    def prepare(self, request: SendRequest, accepted_by: str) -> tuple[list[Message], Send | None]:
        """Returns the messages to store, and the send to queue unless a rule refuses the request. Writes nothing."""
        request = self._resolve_uploads(request)
        email = self.emails.get(request.email_id)
        candidate = _Candidate(request, email, self.domains, self.subcategories)
        refusal = next(filter(None, (rule(candidate) for rule in _RULES)), None)
        if email and not refusal:
            refusal = self.pauses.check_on_accept(email) or self._consent_refusal(email, request)
        messages = self._messages(request, accepted_by, email, refusal)
        return messages, None if refusal or not email else _send(request, email, messages[0])

    def _resolve_uploads(self, request: SendRequest) -> SendRequest:
        """Raises Rejected."""
        if not request.attachments:
            return request
        from functions.steps.sending.create_upload import resolve_uploads  # noqa: PLC0415 - few sends have a file

        return resolve_uploads(request, self.uploads, self.clock())

    def _consent_refusal(self, email: Email, request: SendRequest) -> Refusal | None:
        """Deliver checks this again, and for cc and bcc too. Transactional mail costs no read."""
        if email.transactional:
            return None
        disabled = consent.type_refusal(email.subscription, self.subscription_types.get(email.subscription))
        to = request.recipients[0].address.email
        return disabled or consent.refusal(email.subscription, self.contacts.get(to))

    def _messages(
        self, request: SendRequest, accepted_by: str, email: Email | None, refusal: Refusal | None
    ) -> list[Message]:
        send_id = ids.for_send_id(request.send_id) if request.send_id else self.new_id()
        now = timestamps.iso(self.clock())
        due_at = _due_at(request, self.clock())
        return [
            Message(
                key=MessageKey(send_id, number),
                email_id=request.email_id,
                address=recipient.address.email.lower(),  # the index by recipient is independent of spelling
                role=recipient.role,
                also=recipient.also,
                recipients=len(request.recipients),
                state=State.REFUSED if refusal else _initial_state(due_at, now),
                accepted_at=now,
                revision=(email.published_revision if email else None) or 0,
                attached=sum(attachment.size for attachment in request.attachments),
                subscription=email.subscription if email else TRANSACTIONAL,
                digest=_digest(request, sensitive=bool(email and email.sensitive)),
                due_at=due_at,
                accepted_by=accepted_by,
                tags=request.tags,
                result=refusal.result if refusal else None,
                reason=refusal.reason if refusal else "",
                settled_at=now if refusal else None,
            )
            for number, recipient in enumerate(request.recipients)
        ]

    def _replay(self, request: SendRequest, messages: Sequence[Message], send: Send | None) -> AcceptResult:
        """Answers a repeated sendId. The first request may have died between its write and its queueing, so a send that no worker
        has claimed yet is queued again. A duplicate is harmless, since a worker claims a message before it sends.
        """
        key = messages[0].key
        first = self.sends.get(key)
        if first is None:  # the request that created it is rolling it back
            raise Retry(f"send {key.send_id} is being rolled back")
        if _refused_at_accept(first):
            return self._replace_refused(first, messages, send)
        if not _same_request(first, request):
            return AcceptResult(first, SendResult.IDEMPOTENT_FAIL)
        if send and first.state in {State.SCHEDULED, State.QUEUED} and not first.attempts:
            self._enqueue_or_schedule(replace(send, accepted_at=first.accepted_at, revision=first.revision), first)
        return AcceptResult(first, SendResult.IDEMPOTENT_IGNORE)

    def _replace_refused(self, first: Message, messages: Sequence[Message], send: Send | None) -> AcceptResult:
        """Accepts a corrected request in place of a refused one, which stays in its history. A request that is refused too is not stored:
        its answer has its own reason. Raises Retry if another corrected request was first.
        """
        if send is None:
            return AcceptResult(messages[0])
        refused = self.sends.messages(first.key.send_id)
        history = (Attempt(0, first.settled_at or first.accepted_at, f"{first.result}: {first.reason}"),)
        corrected = [replace(message, failed_attempts=history) for message in messages]
        if not all(map(_refused_at_accept, refused)) or not self.sends.replace_refused(refused, corrected):
            raise Retry(f"another request corrects send {first.key.send_id}")
        self._enqueue(send, corrected)
        return AcceptResult(corrected[0])

    def _find_duplicate(self, request: SendRequest) -> AcceptResult | None:
        """Finds the send of a repeated sendId when its uploads have expired."""
        first = self.sends.get(MessageKey(ids.for_send_id(request.send_id), 0)) if request.send_id else None
        if first is None:
            return None
        return AcceptResult(
            first, SendResult.IDEMPOTENT_IGNORE if _same_request(first, request) else SendResult.IDEMPOTENT_FAIL
        )

    def _enqueue(self, send: Send, messages: Sequence[Message]) -> None:
        try:
            self._enqueue_or_schedule(send, messages[0])
        except BaseException:
            self.sends.rollback(messages)  # the caller gets an error, so the send must not exist
            raise

    def _enqueue_or_schedule(self, send: Send, first: Message) -> None:
        """Queues a send, or stores it until the sweeper queues it."""
        if first.state is State.SCHEDULED:
            self.queue.save_scheduled(send)
        else:
            self.queue.enqueue(send, delay_seconds=delay_until(first, self.clock()))


def _digest(request: SendRequest, *, sensitive: bool) -> str:
    """Returns what is stored to recognise a repeated request, which only a sendId makes possible. A request holds few unknown characters
    besides a code, so a plain digest would reveal the code: the sendId, which is not stored, is added to it.
    """
    if not request.send_id:
        return ""
    return ids.digest("request", request.send_id, request.digest) if sensitive else request.digest


def _refused_at_accept(message: Message) -> bool:
    """Returns whether a rule refused the message before it was queued: no worker ever claimed it."""
    return message.state is State.REFUSED and not message.attempts and message.settled_at == message.accepted_at


def _same_request(first: Message, request: SendRequest) -> bool:
    """The email may have become sensitive since the first request, or no longer be."""
    return first.digest in {_digest(request, sensitive=sensitive) for sensitive in (False, True)}


def _due_at(request: SendRequest, now: float) -> str | None:
    """Raises Rejected for a time further ahead than a send can be kept."""
    if errors := schedule_errors(request.send_at, now):
        raise Rejected(errors)
    return request.send_at if request.send_at and timestamps.parse(request.send_at) > now else None


def schedule_errors(send_at: str | None, now: float) -> list[FieldError]:
    """Pure, so that a route can report it with the other errors of a request."""
    if send_at is None or send_at <= (latest := timestamps.iso(now + AHEAD_SECONDS)):
        return []
    return [FieldError("message.sendAt", f"is too far ahead: the latest time allowed now is {latest}")]


def _initial_state(due_at: str | None, now: str) -> State:
    soon = due_at is None or timestamps.parse(due_at) <= timestamps.parse(now) + SOON_SECONDS
    return State.QUEUED if soon else State.SCHEDULED


def _send(request: SendRequest, email: Email, first: Message) -> Send:
    if email.published_revision is None:
        raise ValueError(f"email {email.id} has no published revision")
    return Send(
        id=first.key.send_id,
        email_id=email.id,
        revision=email.published_revision,
        accepted_at=first.accepted_at,
        recipients=request.recipients,
        sender=request.sender,
        reply_to=request.reply_to,
        contact=request.contact,
        custom=request.custom,
        attachments=request.attachments,
        headers=request.headers,
        tags=request.tags,
        expires_at=_expires_at(request, first),
        sensitive=email.sensitive,
    )


def _expires_at(request: SendRequest, first: Message) -> str:
    """The time of a scheduled send begins when it is due."""
    if not request.max_delivery_seconds:
        return ""
    return max_delivery_time.expiry(first.due_at or first.accepted_at, request.max_delivery_seconds)


class _Candidate(Struct, frozen=True):
    request: SendRequest
    email: Email | None
    domains: ReadDomains
    subcategories: frozenset[Subcategory]


def _check_content(candidate: _Candidate) -> Refusal | None:
    if candidate.email is None:
        return Refusal(SendResult.MISSING_CONTENT, f"there is no email {candidate.request.email_id}")
    if not candidate.email.sendable_as(candidate.subcategories):
        sender = "the single-send API" if candidate.subcategories == SINGLE_SEND else "automations"
        reason = f"email {candidate.email.id} is not published for {sender}"
        return Refusal(SendResult.MISSING_CONTENT, reason)
    return None


def _check_time_limit(candidate: _Candidate) -> Refusal | None:
    if candidate.request.max_delivery_seconds and candidate.email and not candidate.email.transactional:
        return Refusal(SendResult.VALIDATION_FAILED, "message.maxDeliverySeconds is for transactional email only")
    return None


def _check_to(candidate: _Candidate) -> Refusal | None:
    """A copy may go to a role address, such as `privacy@` of the caller's own company."""
    to = candidate.request.recipients[0].address
    if to.is_role:
        return Refusal(SendResult.INVALID_TO_ADDRESS, f"{to.email} is a role address, which reaches no person")
    return None


def _check_sender(candidate: _Candidate) -> Refusal | None:
    sender = candidate.request.sender
    if sender is None:
        return None
    from functions.steps.domains.sender_domains import sender_refusal  # noqa: PLC0415 - few sends have their own sender

    return sender_refusal(sender, candidate.domains)


def _check_properties(candidate: _Candidate) -> Refusal | None:
    lacking = variables.lacking(
        candidate.email.required_properties if candidate.email else (), candidate.request.custom
    )
    if lacking:
        names = ", ".join(f"custom.{name}" for name in lacking)
        reason = f"the template needs {names}, which the request does not give"
        return Refusal(SendResult.MISSING_TEMPLATE_PROPERTIES, reason)
    return None


# The rules that refuse a well-formed request at once. The first that applies gives the outcome.
_RULES: tuple[Callable[[_Candidate], Refusal | None], ...] = (
    _check_content,
    _check_time_limit,
    _check_to,
    _check_sender,
    _check_properties,
)
