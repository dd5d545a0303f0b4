"""SMTP tokens over HTTP. Only the response that creates a password shows it."""

from __future__ import annotations

from typing import Any

from functions import telemetry, wiring
from functions.core.errors import NotFound
from functions.core.models.field_errors import FieldErrors
from functions.core.statistics.ratios import ratios
from functions.core.tokens.smtp_token import SmtpToken
from functions.routes.http.gate import ApiRequest
from functions.routes.http.models.reader import query_of, read_body
from functions.routes.http.paging import cut_page
from functions.routes.tokens.models import (
    CollectionResponseSmtpApiTokenView,
    PasswordResetQuery,
    SmtpApiTokenRequestEgg,
    SmtpApiTokenView,
    SmtpTokensQuery,
)
from functions.steps.tokens.create_smtp_token import SmtpCredentials, TokenRequest, expiry_errors
from functions.steps.tokens.read_smtp_tokens import TokenWithCounters

GRACE_ADVICE = " A reset with ?graceSeconds=3600 keeps them valid for an hour, while programs get the new ones."
COUNTERS = ("sent", "delivered", "open", "click", "bounce", "spamreport")  # those of the statistics that a token shows


def create_smtp_token(request: ApiRequest) -> SmtpApiTokenView:
    credentials = wiring.get(wiring.tokens.create_smtp_token)(_token_request(request), request.caller)
    telemetry.count("SmtpTokenIssued")
    return _with_password(credentials)


def list_smtp_tokens(request: ApiRequest) -> CollectionResponseSmtpApiTokenView:
    query = query_of(request, SmtpTokensQuery)
    tokens = wiring.get(wiring.tokens.read_smtp_tokens).page(
        name=query.campaign_name, campaign_id=query.email_campaign_id, after=query.after, limit=query.limit
    )
    page, paging = cut_page(request, tokens, query.limit, lambda token: str(token.token.campaign_id))
    return CollectionResponseSmtpApiTokenView(results=[_view(token) for token in page], paging=paging)


def get_smtp_token(request: ApiRequest) -> SmtpApiTokenView:
    return _view(wiring.get(wiring.tokens.read_smtp_tokens).get(request.path_parameters["tokenId"]))


def reset_smtp_token_password(request: ApiRequest) -> SmtpApiTokenView:
    grace = query_of(request, PasswordResetQuery).grace_seconds
    credentials = wiring.get(wiring.tokens.reset_smtp_password)(
        request.path_parameters["tokenId"], request.caller, grace
    )
    return _with_password(
        credentials,
        former_id=credentials.former_key_id,
        former_until=credentials.former_until,
        warning=credentials.user_name_change + ("" if grace else GRACE_ADVICE),
    )


def delete_smtp_token(request: ApiRequest) -> SmtpApiTokenView:
    """Idempotent. The audit log needs the token; the response has no body."""
    token = wiring.get(wiring.tokens.read_smtp_tokens).find(request.path_parameters["tokenId"])
    wiring.get(wiring.tokens.delete_smtp_token)(token.campaign_id, request.caller)
    return SmtpApiTokenView(**_fields(token))


def _token_request(request: ApiRequest) -> TokenRequest:
    """Raises Rejected with every error."""
    errors = FieldErrors()
    body = read_body(SmtpApiTokenRequestEgg, request.json(), errors)
    errors.extend(expiry_errors(body.expires_at, wiring.container().clock()))
    domain = body.domain.lower() if body.domain else ""
    try:
        wiring.get(wiring.tokens.token_domain).check(domain)
    except NotFound as unknown:
        errors.add("domain", str(unknown))
    errors.check()
    return TokenRequest(
        name=body.campaign_name,
        create_contact=body.create_contact,
        created_by=request.caller.name,
        expires_at=body.expires_at,
        domain=domain,
    )


def _with_password(credentials: SmtpCredentials, **added: str) -> SmtpApiTokenView:
    return SmtpApiTokenView(**{**_fields(credentials.token), "password": credentials.password, **added})


def _view(token: TokenWithCounters) -> SmtpApiTokenView:
    today = token.today
    return SmtpApiTokenView(
        **_fields(token.token),
        messages_today=today.get("sent", 0),
        delivered_ratio_today=ratios(today)["deliveredratio"] if today else None,
        counters_today={name: today.get(name, 0) for name in COUNTERS},
    )


def _fields(token: SmtpToken) -> dict[str, Any]:
    return {
        "id": token.key_id,
        "campaign_name": token.name,
        "create_contact": token.create_contact,
        "created_at": token.created_at,
        "created_by": token.created_by,
        "email_campaign_id": str(token.campaign_id),
        "expires_at": token.expires_at,
        "domain": token.domain or None,
        "former_id": token.former_key_id or None,
        "former_until": token.former_until or None,
        "last_used_at": token.used_at,
        "first_source": token.first_source,
        "last_source": token.last_source,
    }
