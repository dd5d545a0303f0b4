"""SMTP tokens on the wire. A password is shown once, in the answer that makes it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from functions import telemetry, wiring
from functions.core import timestamps
from functions.core.access.audit import AuditAction
from functions.core.errors import FieldError, NotFound, Rejected
from functions.core.statistics.periods import DAY
from functions.core.statistics.ratios import ratios
from functions.core.tokens.smtp_token import SmtpToken, TokenState
from functions.routes.access.audit import note
from functions.routes.http.dispatch import Operation, Request
from functions.routes.http.paging import further
from functions.routes.tokens.models import NAME_MAX, CollectionResponseSmtpApiTokenView, SmtpApiTokenView
from functions.steps.tokens.create_smtp_token import SmtpCredentials, TokenRequest
from functions.steps.tokens.reset_smtp_password import GRACE_MAX, find_active

PAGE_MAX = 100
COUNTED = ("sent", "delivered", "open", "click", "bounce", "spamreport")  # of the statistics, on the token itself


def create_smtp_token(request: Request) -> SmtpApiTokenView:
    body, faults = request.json(), list[FieldError]()
    asked = TokenRequest(
        name=_name(body.get("campaignName"), faults),
        create_contact=_flag(body.get("createContact"), faults),
        created_by=request.caller.owner,
        expires_at=_later(body.get("expiresAt"), faults),
    )
    if faults:
        raise Rejected(faults)
    issued = wiring.get(wiring.tokens.create_smtp_token)(asked)
    telemetry.count("SmtpTokenIssued")
    note(request, AuditAction.TOKEN_MADE, str(issued.token.campaign_id), name=issued.token.name)
    return _with_password(issued)


def list_smtp_tokens(request: Request) -> CollectionResponseSmtpApiTokenView:
    limit = _limit(request.query.get("limit"))
    tokens = wiring.get(wiring.adapters.smtp_tokens).all()
    found = [token for token in _after(tokens, request.query.get("after", "")) if _matches(token, request.query)]
    page = found[:limit]
    paging = further(request.path, request.query, str(page[-1].campaign_id)) if len(found) > limit else None
    return CollectionResponseSmtpApiTokenView(results=_views(page), paging=paging)


def get_smtp_token(request: Request) -> SmtpApiTokenView:
    return _views([find_active(wiring.get(wiring.adapters.smtp_tokens), request.path_parameters["tokenId"])])[0]


def reset_smtp_token_password(request: Request) -> SmtpApiTokenView:
    grace = _whole(request.query.get("graceSeconds", "0"), "graceSeconds", 0, GRACE_MAX)
    made = wiring.get(wiring.tokens.reset_smtp_password)(request.path_parameters["tokenId"], grace)
    note(request, AuditAction.TOKEN_RESET, str(made.token.campaign_id), name=made.token.name, grace_seconds=grace)
    return _with_password(made)


def delete_smtp_token(request: Request) -> None:
    """Again and again, with the same answer."""
    key_id = request.path_parameters["tokenId"]
    token = wiring.get(wiring.adapters.smtp_tokens).by_key(key_id)
    if token is None:
        raise NotFound(f"there is no SMTP token with the id {key_id!r}")
    wiring.get(wiring.tokens.delete_smtp_token)(token.campaign_id)
    note(request, AuditAction.TOKEN_DELETED, str(token.campaign_id), name=token.name)


OPERATIONS: dict[str, Operation] = {
    "create_smtp_token": create_smtp_token,
    "list_smtp_tokens": list_smtp_tokens,
    "get_smtp_token": get_smtp_token,
    "reset_smtp_token_password": reset_smtp_token_password,
    "delete_smtp_token": delete_smtp_token,
}


def _with_password(made: SmtpCredentials) -> SmtpApiTokenView:
    return SmtpApiTokenView(password=made.password, **_fields(made.token))


def _views(tokens: Iterable[SmtpToken]) -> list[SmtpApiTokenView]:
    """With what became today of what each sent today."""
    shown = list(tokens)
    today = timestamps.iso(wiring.container().clock())[:DAY]
    ids = [token.campaign_id for token in shown]
    found = wiring.get(wiring.adapters.counters).by_email(f"{today}T00", f"{today}T23", ids) if ids else []
    counted = {one.email_id: one.counters for one in found}
    return [SmtpApiTokenView(**_fields(token), **_today(counted.get(token.campaign_id, {}))) for token in shown]


def _today(counted: Mapping[str, int]) -> dict[str, Any]:
    ratio = ratios(counted)["deliveredratio"] if counted else None
    return {
        "messages_today": counted.get("sent", 0),
        "delivered_ratio_today": ratio,
        "counters_today": {name: counted.get(name, 0) for name in COUNTED},
    }


def _fields(token: SmtpToken) -> dict[str, Any]:
    return {
        "id": token.key_id,
        "campaign_name": token.name,
        "create_contact": token.create_contact,
        "created_at": token.created_at,
        "created_by": token.created_by,
        "email_campaign_id": str(token.campaign_id),
        "expires_at": token.expires_at,
        "former_id": token.former_key_id or None,
        "former_until": token.former_until or None,
        "last_used_at": token.used_at,
        "first_source": token.first_source,
        "last_source": token.last_source,
    }


def _name(given: Any, faults: list[FieldError]) -> str:
    name = given.strip() if isinstance(given, str) else ""
    if not name or len(name) > NAME_MAX or not name.isprintable():
        faults.append(
            FieldError("campaignName", f"must be 1 to {NAME_MAX} printable characters that say what the token is for")
        )
    return name


def _flag(given: Any, faults: list[FieldError]) -> bool:
    if not isinstance(given, bool):
        faults.append(
            FieldError("createContact", "must be true or false: whether a contact is made of each new recipient")
        )
    return given is True


def _later(given: Any, faults: list[FieldError]) -> str | None:
    if given is None:
        return None
    try:
        expires_at = timestamps.normalized(given)
    except (ValueError, TypeError, OverflowError):
        faults.append(FieldError("expiresAt", f"must be an ISO-8601 instant like 2027-01-31T00:00:00Z, not {given!r}"))
        return None
    if expires_at <= timestamps.iso(wiring.container().clock()):
        faults.append(FieldError("expiresAt", f"{expires_at} is past: give a later instant, or none"))
    return expires_at


def _limit(text: str | None) -> int:
    return _whole(text, "limit", 1, PAGE_MAX) if text else PAGE_MAX


def _whole(text: str, where: str, least: int, most: int) -> int:
    if not (text.isascii() and text.isdecimal() and least <= int(text[:9]) <= most):
        raise Rejected([FieldError(where, f"must be a whole number from {least} to {most}, not {text!r}")])
    return int(text)


def _matches(token: SmtpToken, query: Mapping[str, str]) -> bool:
    return (
        token.state is TokenState.ACTIVE
        and query.get("campaignName", "") in {"", token.name}
        and query.get("emailCampaignId", "") in {"", str(token.campaign_id)}
    )


def _after(tokens: list[SmtpToken], after: str) -> list[SmtpToken]:
    """What follows a page's last token, though it may have been deleted since."""
    ids = [str(token.campaign_id) for token in tokens]
    if after and after not in ids:
        raise Rejected([FieldError("after", f"must be the paging.next.after of an earlier page, not {after!r}")])
    return tokens[ids.index(after) + 1 :] if after else tokens
