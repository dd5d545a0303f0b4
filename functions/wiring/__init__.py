"""Settings → adapters → steps. A file for each room of steps, which is imported when a function first needs it: so each function imports
what it does, and no more. What a caller waits for with every send, accepting it, is imported at the cold start, while Lambda lends a whole
processor.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING

from functions.adapters.clients import Clients
from functions.settings import Settings
from functions.wiring.accepting import Accepting
from functions.wiring.adapters import Adapters

if TYPE_CHECKING:
    from functions.wiring.access import Access
    from functions.wiring.accounting import Accounting
    from functions.wiring.authoring import Authoring
    from functions.wiring.delivering import Delivering
    from functions.wiring.people import People
    from functions.wiring.reports import Reports
    from functions.wiring.smtp import Smtp
    from functions.wiring.watching import Watching
    from functions.wiring.webhooks import Webhooks


class Wiring(Adapters):
    @cached_property
    def accepting(self) -> Accepting:
        return Accepting(self)

    @cached_property
    def access(self) -> Access:
        from functions.wiring.access import Access

        return Access(self)

    @cached_property
    def delivering(self) -> Delivering:
        from functions.wiring.delivering import Delivering

        return Delivering(self)

    @cached_property
    def watching(self) -> Watching:
        from functions.wiring.watching import Watching

        return Watching(self)

    @cached_property
    def authoring(self) -> Authoring:
        from functions.wiring.authoring import Authoring

        return Authoring(self)

    @cached_property
    def people(self) -> People:
        from functions.wiring.people import People

        return People(self)

    @cached_property
    def accounting(self) -> Accounting:
        from functions.wiring.accounting import Accounting

        return Accounting(self)

    @cached_property
    def reports(self) -> Reports:
        from functions.wiring.reports import Reports

        return Reports(self)

    @cached_property
    def smtp(self) -> Smtp:
        from functions.wiring.smtp import Smtp

        return Smtp(self)

    @cached_property
    def webhooks(self) -> Webhooks:
        from functions.wiring.webhooks import Webhooks

        return Webhooks(self)


_sources: list[Callable[[], Wiring]] = [lambda: Wiring(Settings.from_env(), Clients())]


@functools.cache
def wired() -> Wiring:
    """The wiring of this Lambda function, from its environment; within `using`, the given one."""
    return _sources[-1]()


@contextmanager
def using(wiring: Wiring) -> Iterator[None]:
    """Runs the API's operations on this wiring: for the command line, whose stage is not in the environment."""
    _sources.append(lambda: wiring)
    wired.cache_clear()
    try:
        yield
    finally:
        _sources.pop()
        wired.cache_clear()
