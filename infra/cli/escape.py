"""What others wrote (addresses, subjects, a mail host's answer) may hold control characters, which a terminal would obey."""

from __future__ import annotations


def escaped(text: str) -> str:
    """Keeps line ends and tabs."""
    return "".join(
        character if character.isprintable() or character in "\n\t" else ascii(character)[1:-1] for character in text
    )
