"""Settings → adapters → steps. Each room has its factories in `wiring/<room>.py`; adapters.py and clients.py have what they stand on.

A factory imports what it makes when it is first asked for it, so each function imports what it does, and no more. What a caller waits
for with every send, accepting it, is imported at the cold start, while Lambda lends a whole processor.
"""

from __future__ import annotations

import functools
import importlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import TYPE_CHECKING

from functions.settings import Settings
from functions.wiring import adapters, clients, sending
from functions.wiring.container import Container, Factory, T

if TYPE_CHECKING:
    from functions.wiring import access, account, contacts, emails, events, statistics, templates, tokens, webhooks

_ROOMS = {"access", "account", "contacts", "emails", "events", "statistics", "templates", "tokens", "webhooks"}
__all__ = [
    "Container",
    "access",
    "account",
    "adapters",
    "clients",
    "contacts",
    "container",
    "emails",
    "events",
    "get",
    "sending",
    "statistics",
    "templates",
    "tokens",
    "using",
    "webhooks",
]


def __getattr__(name: str) -> ModuleType:
    """A room's factories, imported when they are first named."""
    if name not in _ROOMS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return importlib.import_module(f"{__name__}.{name}")


_sources: list[Callable[[], Container]] = [lambda: Container(Settings.from_env())]


@functools.cache
def container() -> Container:
    """The container of this Lambda function, from its environment; within `using`, the given one."""
    return _sources[-1]()


@contextmanager
def using(given: Container) -> Iterator[None]:
    """Runs the API's operations on this container: for the command line, whose stage is not in the environment."""
    _sources.append(lambda: given)
    container.cache_clear()
    try:
        yield
    finally:
        _sources.pop()
        container.cache_clear()


def get(factory: Factory[T]) -> T:
    """The object that a factory makes, in this function's container."""
    return container().get(factory)
