"""Whether we may send, and what is paused, on the wire. Ours: HubSpot has no such resource."""

from __future__ import annotations

from typing import Any

from functions import wiring
from functions.core import timestamps
from functions.core.account.reputation import FeedbackRates
from functions.core.emails.email import TRANSACTIONAL, Email
from functions.core.emails.pause import Pause
from functions.core.errors import FieldError, Rejected
from functions.core.sending.throttle import SendQuota
from functions.routes.account.models import PauseAnswer, PauseView, RatesView, SendingEmail, SendingView, SesAccountView
from functions.routes.http.dispatch import Operation, Request
from functions.steps.account.monitor_reputation import ReputationReport

REASON_MAX = 500  # characters
BY_HAND = "by hand"


def get_sending_status(request: Request) -> SendingView:
    return view(
        wiring.get(wiring.account.monitor_reputation).report(transactional=True),
        wiring.get(wiring.adapters.quota_store).get(),
        wiring.get(wiring.adapters.emails).all(),
    )


def pause_sending(request: Request) -> PauseAnswer:
    body, faults = request.json(), list[FieldError]()
    email_id = _what(body, faults)
    reason = _reason(body.get("reason"), faults)
    if faults:
        raise Rejected(faults)
    return _answer(
        email_id,
        wiring.get(wiring.account.pause_sending).pause(email_id, reason, request.caller.owner, request.caller.key_id),
    )


def resume_sending(request: Request) -> PauseAnswer:
    faults: list[FieldError] = []
    email_id = _what(request.json(), faults)
    if faults:
        raise Rejected(faults)
    return _answer(
        email_id, wiring.get(wiring.account.pause_sending).resume(email_id, request.caller.owner, request.caller.key_id)
    )


OPERATIONS: dict[str, Operation] = {
    "get_sending_status": get_sending_status,
    "pause_sending": pause_sending,
    "resume_sending": resume_sending,
}


def view(seen: ReputationReport, governor: SendQuota | None, every_email: list[Email]) -> SendingView:
    active = {one.email.id for one in seen.emails}
    idle = [email for email in every_email if email.pause and email.pause.is_active and email.id not in active]
    watched = [*((one.email, one.rates) for one in seen.emails), *((email, FeedbackRates()) for email in idle)]
    return SendingView(
        not_transactional=_rates(seen.combined),
        emails=[_email(email, rates) for email, rates in watched],
        pause=_pause(seen.account),
        ses=_ses(governor),
    )


def _ses(governor: SendQuota | None) -> SesAccountView | None:
    if governor is None or governor.quota is None:
        return None
    return SesAccountView(
        told_at=timestamps.iso(governor.fetched_at),
        sending_enabled=governor.quota.enabled,
        enforcement_status=governor.quota.enforcement_status,
        max_per_second=governor.quota.per_second,
        max_24_hours=governor.quota.per_day,
        sent_last_24_hours=governor.quota.sent_last_day,
        left_24_hours=governor.day_left,
    )


def _email(email: Email, rates: FeedbackRates) -> SendingEmail:
    return SendingEmail(
        email_id=email.id,
        name=email.name,
        transactional=email.subscription == TRANSACTIONAL,
        rates=_rates(rates),
        pause=_pause(email.pause),
    )


def _rates(rates: FeedbackRates) -> RatesView:
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


def _what(body: dict[str, Any], faults: list[FieldError]) -> int | None:
    """The email's id, or None for all mail that is not transactional: exactly one of the two is to be named."""
    everything, given = body.get("all", False), body.get("emailId")
    if not isinstance(everything, bool):
        faults.append(FieldError("all", "must be true or false"))
    elif everything == (given is not None):
        faults.append(
            FieldError("emailId", "give either an emailId, or all: true for all mail that is not transactional")
        )
    elif given is not None and not _number(given):
        faults.append(FieldError("emailId", "must be an email's id, a whole number"))
    else:
        return int(given) if given is not None else None
    return None


def _number(given: Any) -> bool:
    """HubSpot's clients give an email's id as a number or as text."""
    whole = isinstance(given, int) and not isinstance(given, bool) and given > 0
    return whole or (isinstance(given, str) and given.isascii() and given.isdecimal() and len(given) <= len(str(2**53)))


def _reason(given: Any, faults: list[FieldError]) -> str:
    if given in (None, ""):
        return BY_HAND
    if not isinstance(given, str) or len(given) > REASON_MAX:
        faults.append(FieldError("reason", f"must be a text of at most {REASON_MAX} characters"))
        return ""
    return given
