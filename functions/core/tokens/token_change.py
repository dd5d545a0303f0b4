"""A change of an SMTP token that the console orders from the function smtp_tokens: no other function's role may call IAM."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct


class TokenAction(StrEnum):
    CREATE = "create"
    RESET = "reset"
    DELETE = "delete"


class TokenChange(Struct, frozen=True, kw_only=True):
    """`actor` and `scopes` are the person's, whose session the console has checked."""

    action: TokenAction
    actor: str
    scopes: tuple[str, ...]
    name: str = ""  # of a new token
    create_contact: bool = False  # of a new token
    domain: str = ""  # of a new token; empty: the deployment's
    key_id: str = ""  # of a token that exists
    grace_seconds: int = 0  # for which the former password works


class ChangedToken(Struct, frozen=True, kw_only=True):
    """The token after it. `password` is shown once."""

    key_id: str
    name: str
    campaign_id: int
    password: str = ""
    former_key_id: str = ""
    former_until: str = ""
    domain: str = ""


class ChangeRefusal(StrEnum):
    FORBIDDEN = "forbidden"
    NOT_FOUND = "not found"
    CONFLICT = "conflict"


class TokenChangeAnswer(Struct, frozen=True, kw_only=True):
    """Either the token, or why nothing was changed."""

    token: ChangedToken | None = None
    refusal: ChangeRefusal | None = None
    reason: str = ""
