"""SPF (RFC 7208) of a MAIL FROM domain: one record that includes SES."""

from __future__ import annotations

INCLUDE = "include:amazonses.com"


def is_spf(text: str) -> bool:
    return text.strip().lower().partition(" ")[0] == "v=spf1"


def includes_ses(text: str) -> bool:
    """Terms after `all` are never read."""
    for term in text.lower().split()[1:]:
        bare = term.lstrip("+")
        if bare == INCLUDE:
            return True
        if bare.lstrip("-~?") == "all":
            return False
    return False


def with_ses(text: str) -> str:
    """Returns the record with SES as its first term."""
    version, *terms = text.split()
    return " ".join([version, INCLUDE, *(term for term in terms if term.lower().lstrip("+") != INCLUDE)])
