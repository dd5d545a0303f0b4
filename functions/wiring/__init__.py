"""Settings → adapters → steps. Each room has its factories in `wiring/<room>.py`. They build on `adapters/` and clients.py.

A factory imports its object on first use, so a function imports only what it uses. single_send and deliver
import the modules of their first request themselves, at the cold start, while Lambda provides a whole processor.
"""

from __future__ import annotations

import functools
import importlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import TYPE_CHECKING

from functions.settings import Settings
from functions.wiring import adapters, clients
from functions.wiring.container import Container, Factory, T

if TYPE_CHECKING:
    from functions.wiring import (
        access,
        account,
        automations,
        broadcasts,
        contacts,
        domains,
        emails,
        events,
        sending,
        statistics,
        templates,
        tokens,
        webhooks,
    )

__all__ = [
    "Container",
    "access",
    "account",
    "adapters",
    "automations",
    "broadcasts",
    "clients",
    "contacts",
    "container",
    "domains",
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
    """Imports a room's factories on first use. The rooms are those of the adapters."""
    if name not in adapters.__all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return importlib.import_module(f"{__name__}.{name}")


_sources: list[Callable[[], Container]] = [lambda: Container(Settings.from_env())]


@functools.cache
def container() -> Container:
    """Returns the container of this Lambda function, made from its environment; within `using`, the container that it names."""
    return _sources[-1]()


@contextmanager
def using(stage: Container) -> Iterator[None]:
    """Runs the API's operations on this container: for the command line, whose stage is not in the environment."""
    _sources.append(lambda: stage)
    container.cache_clear()
    try:
        yield
    finally:
        _sources.pop()
        container.cache_clear()


def get(factory: Factory[T]) -> T:
    """Returns the object that a factory makes, from this function's container."""
    return container().get(factory)
