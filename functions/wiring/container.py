"""One registry: makes each object on first use, keeps it for the worker's life, and closes what can be closed.

An object is named by the factory that makes it, so `container.get(wiring.emails.publish_email)` is typed, and a test replaces one in a line:
`container.override(publish_email, fake)`. Our own and not `svcs`, which names an object by its type: naming the type imports it, and a
function would import at its cold start what it never makes.
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
    """`new_client` makes every AWS client, as boto3.client does: for a caller that is no Lambda function, with other credentials.
    Without it, a function gets the small clients of adapters.aws.
    """

    def __init__(self, settings: Settings, new_client: NewClient | None = None) -> None:
        self.settings = settings
        self.new_client = new_client
        self.clock = time.time
        self._made: dict[Factory[Any], Any] = {}

    def get(self, factory: Factory[T]) -> T:
        """The object that the factory makes: the same one at each call."""
        if factory not in self._made:
            self._made[factory] = factory(self)
        return cast("T", self._made[factory])

    def override(self, factory: Factory[T], value: T) -> None:
        """Use `value` from now on. What was made with the old object keeps it: override before the first use."""
        self._made[factory] = value

    def ping(self) -> dict[str, str]:
        """Pings each object made so far that has a `ping`. Returns the error by the factory's name, "" if it answered."""
        return {
            factory.__name__: _error_of(made.ping)
            for factory, made in self._made.items()
            if hasattr(type(made), "ping")
        }

    def close(self) -> None:
        """Closes each object that has a `close`, the last one made first, even if one of them raises. The container is then empty."""
        with ExitStack() as closing:
            for made in self._made.values():
                if hasattr(type(made), "close"):  # of the type: a client makes a method of any name
                    closing.callback(made.close)
            self._made.clear()


def _error_of(ping: Callable[[], object]) -> str:
    try:
        ping()
    except Exception as error:  # noqa: BLE001 - a ping reports whatever is wrong
        return f"{type(error).__name__}: {error}"
    return ""
