"""The outside world as Protocols, with the laws that each implementation keeps: a file per room. `adapters` implements them on AWS. The
hot path does not import core's nouns for these types. This file: time and randomness.
"""

from __future__ import annotations

from collections.abc import Callable

Clock = Callable[[], float]  # seconds since the epoch
NewId = Callable[[], str]  # a fresh random UUID
NewSecret = Callable[[], str]  # 256 fresh random bits, as text for a URL
NewNumber = Callable[[], int]  # a fresh random number for an email, which JavaScript can hold
