"""Lambda: SMTP tokens over HTTP and for the console, and on a schedule their reconciliation with IAM. No other function's role may call IAM."""

from __future__ import annotations

from typing import Any

import msgspec

from functions import wiring
from functions.adapters.tokens.token_changes import EVENT as TOKEN_CHANGE
from functions.core.tokens.token_change import TokenAction, TokenChange
from functions.http.responses import Response
from functions.routes.access.audited import audited
from functions.routes.http.gate import api_dispatcher
from functions.routes.operations import OPERATIONS
from functions.routes.tokens.legacy_table import LEGACY_SMTP_TOKENS
from functions.routes.tokens.table import SMTP_TOKENS
from functions.telemetry import count, entrypoint, logger

RECONCILE_MARGIN = 10  # seconds of the function's time in which no token is changed

_dispatch = api_dispatcher((*SMTP_TOKENS, *LEGACY_SMTP_TOKENS), audited(OPERATIONS))


@entrypoint
def handler(event: dict[str, Any], context: Any) -> Response | dict[str, Any] | None:
    if "requestContext" in event:
        return _dispatch(event)
    if TOKEN_CHANGE in event:  # from the console, which only its role may send
        return _change(event[TOKEN_CHANGE])
    _reconcile(context)
    return None


def _change(change: Any) -> dict[str, Any]:
    answer = wiring.get(wiring.tokens.change_smtp_token)(msgspec.convert(change, TokenChange))
    if answer.token and change["action"] == TokenAction.CREATE:
        count("SmtpTokenIssued")
    converted: dict[str, Any] = msgspec.to_builtins(answer)
    return converted


def _reconcile(context: Any) -> None:
    until = wiring.container().clock() + context.get_remaining_time_in_millis() / 1000 - RECONCILE_MARGIN
    drift = wiring.get(wiring.tokens.reconcile_smtp_tokens)(until)
    if drift.expired:
        logger.info("expired SMTP tokens deleted", extra={"users": drift.expired})
    differences = {
        "deleted": drift.orphans,
        "permission_repaired": drift.permissions,
        "need_password_reset": drift.missing_keys,
    }
    if any(differences.values()):
        logger.warning("SMTP tokens and IAM differ", extra=differences)
    count("SmtpTokenDrift", sum(map(len, differences.values())))
