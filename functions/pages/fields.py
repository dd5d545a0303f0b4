"""Reads the fields of a form."""

from __future__ import annotations

from functions.core.errors import FieldError, Rejected
from functions.pages.visit import PageVisit

DIGITS_MAX = 16  # of an id: it is below 2^53, so JavaScript has it exactly


def line(visit: PageVisit, name: str, most: int) -> str:
    """Returns a text of one printable line. Raises Rejected."""
    text = visit.value(name)
    if not text or len(text) > most or not text.isprintable():
        raise Rejected([FieldError(name, f"must be one line of at most {most} characters")])
    return text


def number(text: str) -> int | None:
    """Returns a whole number, or None."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= DIGITS_MAX else None
