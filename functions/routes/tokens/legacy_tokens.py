"""SMTP tokens over HubSpot's v1 API. They are the same tokens as those of the later versions."""

from __future__ import annotations

from typing import Any

from functions import telemetry, wiring
from functions.core import timestamps
from functions.core.tokens.smtp_token import SmtpToken
from functions.routes.events.campaign_models import APP_ID
from functions.routes.http.gate import ApiRequest
from functions.routes.http.models.reader import body_of, query_of
from functions.routes.tokens.legacy_models import LegacyTokenRequest, LegacyTokenView, LegacyTokenWithPassword
from functions.routes.tokens.models import PasswordResetQuery
from functions.routes.tokens.smtp_tokens import GRACE_ADVICE
from functions.steps.tokens.create_smtp_token import SmtpCredentials, TokenRequest


def list_smtpapi_tokens(request: ApiRequest) -> list[LegacyTokenView]:
    return [LegacyTokenView(**_fields(token)) for token in wiring.get(wiring.tokens.read_smtp_tokens).active()]


def create_smtpapi_token(request: ApiRequest) -> LegacyTokenWithPassword:
    body = body_of(request, LegacyTokenRequest)
    created_by = body.created_by or request.caller.name
    token_request = TokenRequest(name=body.campaign_name, create_contact=False, created_by=created_by)
    credentials = wiring.get(wiring.tokens.create_smtp_token)(token_request, request.caller)
    telemetry.count("SmtpTokenIssued")
    return _with_password(credentials)


def reset_smtpapi_token_password(request: ApiRequest) -> LegacyTokenWithPassword:
    grace = query_of(request, PasswordResetQuery).grace_seconds
    credentials = wiring.get(wiring.tokens.reset_smtp_password)(
        request.path_parameters["userName"], request.caller, grace
    )
    return _with_password(credentials, credentials.user_name_change + ("" if grace else GRACE_ADVICE))


def _with_password(credentials: SmtpCredentials, warning: str | None = None) -> LegacyTokenWithPassword:
    return LegacyTokenWithPassword(password=credentials.password, warning=warning, **_fields(credentials.token))


def _fields(token: SmtpToken) -> dict[str, Any]:
    return {
        "user_name": token.key_id,
        "campaign_name": token.name,
        "email_campaign_id": token.campaign_id,
        "created_at": timestamps.milliseconds(token.created_at),
        "created_by": token.created_by,
        "portal_id": wiring.container().settings.portal_id,
        "app_id": APP_ID,
    }
