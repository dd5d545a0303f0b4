"""Sending status, pause and resume over HTTP, a Staffetta extension."""

from __future__ import annotations

from collections.abc import Sequence

from functions import wiring
from functions.core import timestamps
from functions.core.account.reputation import FeedbackRates
from functions.core.emails.email import Email
from functions.core.emails.pause import Pause
from functions.core.models.field_errors import FieldErrors
from functions.core.sending.throttle import SendQuota
from functions.routes.account.models import (
    PauseAnswer,
    PauseRequest,
    PauseView,
    RatesView,
    ResumeRequest,
    SendingEmail,
    SendingView,
    SesAccountView,
)
from functions.routes.http.gate import ApiRequest
from functions.routes.http.models.reader import read_body
from functions.steps.account.monitor_reputation import ReputationReport


def get_sending_status(request: ApiRequest) -> SendingView:
    status = wiring.get(wiring.account.get_sending_status)()
    return view(status.reputation, status.quota, status.emails)


def pause_sending(request: ApiRequest) -> PauseAnswer:
    errors = FieldErrors()
    body = read_body(PauseRequest, request.json(), errors)
    email_id = _subject(body, errors)
    pause = wiring.get(wiring.account.pause_sending).pause(email_id, body.reason, request.caller)
    return _answer(email_id, pause)


def resume_sending(request: ApiRequest) -> PauseAnswer:
    errors = FieldErrors()
    email_id = _subject(read_body(ResumeRequest, request.json(), errors), errors)
    return _answer(email_id, wiring.get(wiring.account.pause_sending).resume(email_id, request.caller))


def _subject(body: ResumeRequest, errors: FieldErrors) -> int | None:
    """Returns the email's id, or None for all marketing mail. Raises Rejected with every error."""
    if not errors.errors and body.all == (body.email_id is not None):
        errors.add("emailId", "is needed, or `all: true` for all marketing mail: exactly one of the two")
    errors.check()
    return None if body.email_id is None else int(body.email_id)


def view(reputation: ReputationReport, quota: SendQuota | None, emails: Sequence[Email]) -> SendingView:
    active = {sender.email.id for sender in reputation.emails}
    idle = [email for email in emails if email.is_paused and email.id not in active]
    return SendingView(
        not_transactional=rates_view(reputation.combined),
        emails=[
            *(_email(sender.email, sender.rates) for sender in reputation.emails),
            *(_email(email, FeedbackRates()) for email in idle),
        ],
        pause=_pause(reputation.account),
        ses=_ses(quota),
    )


def _ses(sent: SendQuota | None) -> SesAccountView | None:
    if sent is None or sent.quota is None:
        return None
    return SesAccountView(
        fetched_at=timestamps.iso(sent.fetched_at),
        sending_enabled=sent.quota.enabled,
        sandbox=sent.sandboxed,
        enforcement_status=sent.quota.enforcement_status,
        max_per_second=sent.quota.per_second,
        max_24_hours=sent.quota.per_day,
        sent_last_24_hours=sent.quota.sent_last_day,
        left_24_hours=sent.day_left,
    )


def _email(email: Email, rates: FeedbackRates) -> SendingEmail:
    return SendingEmail(
        email_id=email.id,
        name=email.name,
        transactional=email.transactional,
        rates=rates_view(rates),
        pause=_pause(email.pause),
    )


def rates_view(rates: FeedbackRates) -> RatesView:
    bounces, complaints = (round(100 * share, 3) for share in (rates.bounces, rates.complaints))
    return RatesView(sent=rates.sent, bounce_rate=bounces, complaint_rate=complaints)


def _pause(pause: Pause | None) -> PauseView | None:
    if pause is None:
        return None
    return PauseView(
        paused=pause.is_active,
        at=pause.at,
        by=pause.by,
        reason=pause.reason,
        resumed_at=pause.resumed_at or None,
        resumed_by=pause.resumed_by or None,
    )


def _answer(email_id: int | None, pause: Pause | None) -> PauseAnswer:
    return PauseAnswer(email_id=email_id, all=email_id is None, pause=_pause(pause))
