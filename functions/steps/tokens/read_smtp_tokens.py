"""Read SMTP tokens, with today's counters of each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct

from functions.core import timestamps
from functions.core.errors import FieldError, NotFound, Rejected
from functions.core.statistics.periods import DAY
from functions.core.tokens.smtp_token import SmtpToken, TokenState
from functions.ports import Clock
from functions.ports.statistics import Counters
from functions.ports.tokens import SmtpTokens
from functions.steps.tokens.reset_smtp_password import find_active


class TokenWithCounters(Struct, frozen=True):
    token: SmtpToken
    today: Mapping[str, int]  # counters of the mails sent today, UTC


class ReadSmtpTokens(Struct, frozen=True, kw_only=True):
    """The step with its dependencies."""

    tokens: SmtpTokens
    counters: Counters
    clock: Clock

    def get(self, key_id: str) -> TokenWithCounters:
        """`key_id`: the token's current or an earlier one. Raises NotFound."""
        return self._with_counters([find_active(self.tokens, key_id)])[0]

    def find(self, key_id: str) -> SmtpToken:
        """Finds deleted tokens too. Raises NotFound."""
        token = self.tokens.by_key(key_id)
        if token is None:
            raise NotFound(f"there is no SMTP token with the id {key_id!r}")
        return token

    def campaign_id(self, key_id: str) -> int | None:
        """Returns the email id of a token's mails; None for an unknown token."""
        token = self.tokens.by_key(key_id)
        return token.campaign_id if token else None

    def active(self) -> list[SmtpToken]:
        """Returns all tokens that are not deleted, the oldest first."""
        return _active(self.tokens.all())

    def page(self, *, name: str, campaign_id: str, after: str, limit: int) -> list[TokenWithCounters]:
        """The oldest first, and one more than the limit if more follow. An empty name or id matches every token. Raises Rejected."""
        tokens = [
            token
            for token in _active(_after(self.tokens.all(), after))
            if name in {"", token.name} and campaign_id in {"", str(token.campaign_id)}
        ]
        return self._with_counters(tokens[: limit + 1])

    def _with_counters(self, tokens: Sequence[SmtpToken]) -> list[TokenWithCounters]:
        today = timestamps.iso(self.clock())[:DAY]
        ids = [token.campaign_id for token in tokens]
        emails = self.counters.by_email(f"{today}T00", f"{today}T23", ids) if ids else []
        counted = {email.email_id: email.counters for email in emails}
        return [TokenWithCounters(token, counted.get(token.campaign_id, {})) for token in tokens]


def _active(tokens: Sequence[SmtpToken]) -> list[SmtpToken]:
    return [token for token in tokens if token.state is TokenState.ACTIVE]


def _after(tokens: Sequence[SmtpToken], after: str) -> Sequence[SmtpToken]:
    """The previous page's last token is found even if it has been deleted since."""
    ids = [str(token.campaign_id) for token in tokens]
    if after and after not in ids:
        raise Rejected([FieldError("after", f"must be the paging.next.after of an earlier page, not {after!r}")])
    return tokens[ids.index(after) + 1 :] if after else tokens
