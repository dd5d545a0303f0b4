"""Lambda: SMTP tokens over HTTP, and on a schedule their reconciliation with IAM. No other function's role may call IAM."""

from __future__ import annotations

from typing import Any

from functions import wiring
from functions.http.responses import Response
from functions.routes.access.audited import audited
from functions.routes.http.gate import api_dispatcher
from functions.routes.tokens import legacy_tokens, smtp_tokens
from functions.routes.tokens.legacy_table import LEGACY_SMTP_TOKENS
from functions.routes.tokens.table import SMTP_TOKENS
from functions.telemetry import count, entrypoint, logger

_OPERATIONS = audited({**smtp_tokens.OPERATIONS, **legacy_tokens.OPERATIONS})
_dispatch = api_dispatcher((*SMTP_TOKENS, *LEGACY_SMTP_TOKENS), _OPERATIONS)


@entrypoint
def handler(event: dict[str, Any], context: Any) -> Response | None:
    if "requestContext" in event:
        return _dispatch(event)
    _reconcile()
    return None


def _reconcile() -> None:
    drift = wiring.get(wiring.tokens.reconcile_smtp_tokens)()
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
