"""One registry: makes each object on first use, caches it for the worker's life, and closes the objects that have a `close`.

The factory is the key of its object, so `container.get(wiring.emails.publish_email)` is typed, and a test replaces an object in one line:
`container.override(publish_email, fake)`. We do not use `svcs`: its key is the type, and naming the type imports it, so a function would
import at its cold start what it never makes.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any, TypeVar, cast

from functions.settings import Settings

T = TypeVar("T")
Factory = Callable[["Container"], T]
NewClient = Callable[..., Any]  # as boto3.client


class Container:
    """`new_client` makes every AWS client, as boto3.client does, for callers with other credentials than a Lambda function's. Without
    it, the container makes the small clients of adapters.aws.
    """

    now: Callable[[], float] = staticmethod(time.time)  # the local stack replaces it

    def __init__(self, settings: Settings, new_client: NewClient | None = None) -> None:
        self.settings = settings
        self.new_client = new_client
        self.clock = self.now
        self._objects: dict[Factory[Any], Any] = {}

    def get(self, factory: Factory[T]) -> T:
        """Returns the object that the factory makes: the same object at each call."""
        if factory not in self._objects:
            self._objects[factory] = factory(self)
        return cast("T", self._objects[factory])

    def override(self, factory: Factory[T], value: T) -> None:
        """Uses `value` from now on. Objects that were made with the old one still have it: override before the first use."""
        self._objects[factory] = value

    def ping(self) -> dict[str, str]:
        """Pings each object made so far that has a `ping`. Returns the error by the factory's name, "" if it answered."""
        return {
            factory.__name__: _error_of(instance.ping)
            for factory, instance in self._objects.items()
            if hasattr(type(instance), "ping")
        }

    def close(self) -> None:
        """Closes each object that has a `close`, the last one made first, even if one of them raises. The container is then empty."""
        with ExitStack() as closing:
            for instance in self._objects.values():
                if hasattr(type(instance), "close"):  # on the type: a client has a method of any name
                    closing.callback(instance.close)
            self._objects.clear()


def _error_of(ping: Callable[[], object]) -> str:
    try:
        ping()
    except Exception as error:  # noqa: BLE001 - a ping reports any error
        return f"{type(error).__name__}: {error}"
    return ""
