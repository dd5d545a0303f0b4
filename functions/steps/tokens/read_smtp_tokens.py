"""Read SMTP tokens, with today's counters of each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct

from functions.core import timestamps
from functions.core.errors import FieldError, NotFound, Rejected
from functions.core.statistics.periods import DAY
from functions.core.tokens.smtp_token import SmtpToken, TokenState
from functions.ports import Clock
from functions.ports.statistics import Counters
from functions.ports.tokens import SmtpTokens
from functions.steps.tokens.reset_smtp_password import find_active

READ_BATCH = 100  # tokens that are read at once, to find a name
DIGITS_MAX = 16  # of a campaign id


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
        return [token for token in self.tokens.all() if token.state is TokenState.ACTIVE]

    def page(self, *, name: str, campaign_id: str, after: str, limit: int) -> list[TokenWithCounters]:
        """The oldest first, and one more than the limit if more follow. An empty name or id matches every token. Raises Rejected."""
        position = self._position(after) if after else None
        if campaign_id:
            return self._with_counters(
                [token for token in self._named(campaign_id, position) if name in {"", token.name}]
            )
        tokens: list[SmtpToken] = []
        most = READ_BATCH if name else limit + 1
        while len(tokens) <= limit:
            batch = self.tokens.active(position, most)
            tokens += [token for token in batch if name in {"", token.name}]
            if len(batch) < most:
                break
            position = batch[-1]
        return self._with_counters(tokens[: limit + 1])

    def _position(self, after: str) -> SmtpToken:
        """Returns the previous page's last token. It may have been deleted since. Raises Rejected."""
        token = self.tokens.get(int(after)) if _is_number(after) else None
        if token is None:
            raise Rejected([FieldError("after", f"must be the paging.next.after of an earlier page, not {after!r}")])
        return token

    def _named(self, campaign_id: str, position: SmtpToken | None) -> Iterator[SmtpToken]:
        """Yields the active token with this id, if it comes after a position."""
        token = self.tokens.get(int(campaign_id)) if _is_number(campaign_id) else None
        if token and token.state is TokenState.ACTIVE and (position is None or _order(token) > _order(position)):
            yield token

    def _with_counters(self, tokens: Sequence[SmtpToken]) -> list[TokenWithCounters]:
        today = timestamps.iso(self.clock())[:DAY]
        ids = [token.campaign_id for token in tokens]
        emails = self.counters.by_email(f"{today}T00", f"{today}T23", ids) if ids else []
        counted = {email.email_id: email.counters for email in emails}
        return [TokenWithCounters(token, counted.get(token.campaign_id, {})) for token in tokens]


def _order(token: SmtpToken) -> tuple[str, int]:
    return token.created_at, token.campaign_id


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= DIGITS_MAX
