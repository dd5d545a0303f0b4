"""Marks of texts for the catalogues."""

from __future__ import annotations


def N_(text: str) -> str:  # noqa: N802 - gettext's own name, which pybabel looks for
    """Marks a text for the catalogues. It is translated when a page shows it."""
    return text
