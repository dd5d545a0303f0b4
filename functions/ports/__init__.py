"""The outside world: what the steps need of it, and which laws each answer keeps. A page for each room; `adapters` make these real
on AWS. To name core's nouns here costs the hot path no import. This page: time and chance.
"""

from __future__ import annotations

from collections.abc import Callable

Clock = Callable[[], float]  # seconds since the epoch
NewId = Callable[[], str]  # a fresh random UUID
NewSecret = Callable[[], str]  # 256 fresh random bits, as text for a URL
NewNumber = Callable[[], int]  # a fresh random number for an email, which JavaScript can hold
