"""English sentences with values in them → the texts of the catalogue: `there is no contact %(contact)s`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cached_property

_VALUE = re.compile(r"%\((\w+)\)s")


class Sentences:
    """Finds the text from which a sentence was made."""

    def __init__(self, texts: Iterable[str]) -> None:
        self.texts = tuple(texts)

    def find(self, sentence: str) -> tuple[str, dict[str, str]] | None:
        """Returns the text and the sentence's values in it, or None."""
        for text, pattern in self._patterns:
            if match := pattern.fullmatch(sentence):
                return text, match.groupdict()
        return None

    @cached_property
    def _patterns(self) -> list[tuple[str, re.Pattern[str]]]:
        """The longest first: a short one may also match a longer one's sentence."""
        return [(text, _pattern(text)) for text in sorted(self.texts, key=len, reverse=True)]


def _pattern(text: str) -> re.Pattern[str]:
    parts = _VALUE.split(text)  # text, name, text, name, ...
    pattern = "".join(f"(?P<{part}>.+?)" if number % 2 else re.escape(part) for number, part in enumerate(parts))
    return re.compile(pattern, re.DOTALL)
