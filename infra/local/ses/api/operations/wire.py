"""Shapes that the operations share: handlers, tags and pages."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from infra.local.ses.account import JSON, SimulatedAccount
from infra.local.ses.errors import SesError, bad_request

Handler = Callable[[SimulatedAccount, JSON], JSON]

MAX_TAGS = 50


def tags_in(params: JSON) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in params.get("Tags", [])}


def tags_out(tags: Mapping[str, str]) -> list[JSON]:
    return [{"Key": key, "Value": value} for key, value in tags.items()]


def check_tags(tags: Mapping[str, str]) -> None:
    if len(tags) > MAX_TAGS:
        raise bad_request(f"A resource may have at most {MAX_TAGS} tags.")


def page(member: str, items: Sequence[Any], params: JSON, default: int = 1000) -> JSON:
    """Returns one page of `items`. The token is the offset of the next one."""
    try:
        start = int(params.get("NextToken") or 0)
    except ValueError:
        raise SesError("InvalidNextTokenException", "The specified request includes an invalid next token.") from None
    end = start + int(params.get("PageSize") or default)
    return {member: list(items[start:end])} | ({"NextToken": str(end)} if end < len(items) else {})
