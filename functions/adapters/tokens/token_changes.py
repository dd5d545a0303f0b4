"""ports.TokenChanges: invokes the function smtp_tokens, and waits for its answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
from msgspec import Struct

from functions.core.access.scopes import TRANSACTIONAL_EMAIL
from functions.core.errors import Conflict, Forbidden, NotFound, Retry, StaffettaError
from functions.core.tokens.token_change import ChangedToken, ChangeRefusal, TokenChange, TokenChangeAnswer

EVENT = "tokenChange"


class LambdaTokenChanges(Struct, frozen=True):
    client: Callable[[], Any]  # of Lambda; only these changes need it
    function: str

    def __call__(self, change: TokenChange) -> ChangedToken:
        payload = msgspec.json.encode({EVENT: change})
        answer = self.client().invoke(FunctionName=self.function, Payload=payload)
        if "FunctionError" in answer:
            raise Retry("the function of SMTP tokens failed: its log has the reason")
        return changed_or_raised(msgspec.json.decode(answer["Payload"].read(), type=TokenChangeAnswer))


def changed_or_raised(answer: TokenChangeAnswer) -> ChangedToken:
    if answer.token:
        return answer.token
    if answer.refusal is ChangeRefusal.FORBIDDEN:
        raise Forbidden((TRANSACTIONAL_EMAIL,))
    raise _ERRORS[answer.refusal](answer.reason)


_ERRORS: dict[ChangeRefusal | None, Callable[[str], StaffettaError]] = {
    ChangeRefusal.NOT_FOUND: NotFound,
    ChangeRefusal.CONFLICT: Conflict,
    None: Retry,
}
