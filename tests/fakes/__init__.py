"""The ports in memory, under the laws that functions/ports states, a page for each of its own. tests/adapters holds each against its
adapter's own suite. This page: time, and workers that die.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tests.support.examples import NOON


@dataclass
class Clock:
    now: float = NOON

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


class Killed(BaseException):
    """The worker is gone: no handler of its own may see it."""


@dataclass
class Life:
    """Counts a worker's calls to the world, and ends it at one of them: just before its effect, or just after."""

    calls: int
    after: bool = False

    def guard(self, port: Any) -> Any:
        return _Guarded(self, port)

    def call(self, method: Callable[..., Any], args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        self.calls -= 1
        if self.calls < 0 and not self.after:
            raise Killed
        answer = method(*args, **kwargs)
        if self.calls < 0:
            raise Killed
        return answer


@dataclass
class _Guarded:
    life: Life
    port: Any

    def __getattr__(self, name: str) -> Any:
        return lambda *args, **kwargs: self.life.call(getattr(self.port, name), args, kwargs)
