"""Reports the number of schedules at the end. Tens of thousands of simulations send the same few mails: each is compiled, rendered and
written once.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Mapping
from types import ModuleType
from typing import Any

import pytest

from functions.core.sending import mime
from functions.core.templates import rendering
from functions.core.templates.hubl.resource_limits import RenderingTime
from functions.core.templates.rendering import Compiled, Rendered
from functions.steps.sending import attempts, build_mail
from tests.faults import schedules

MAILS = 4096  # cached: a few thousand differ, by their Date or their link


@pytest.fixture(autouse=True, scope="module")
def _each_mail_is_built_once() -> Iterator[None]:
    """Three pure functions took two thirds of a schedule's time. A fault cannot touch them: they call no port.

    The caches hold only while a module of this folder runs: elsewhere two revisions may have one number.
    """
    with pytest.MonkeyPatch.context() as patch:
        for module, name, cached in _cached_functions():
            patch.setattr(module, name, cached)
        yield


@pytest.fixture(autouse=True, scope="module")
def _few_looks() -> Iterator[None]:
    """A worker that waits looks a few times, and not forty: the looks are alike, and each made a hundred pairs of faults."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(attempts, "LEASED_SECONDS", 25)
        patch.setattr(attempts, "EVENTS_LATE_SECONDS", 600)
        yield


@functools.cache
def _cached_functions() -> list[tuple[ModuleType, str, Any]]:
    """Returns the cached functions, the same ones for each module of a process."""
    return [
        (rendering, "_compiled", functools.cache(rendering._compiled)),
        (rendering, "render", _cached_render(rendering.render)),
        (build_mail, "write", functools.lru_cache(MAILS)(mime.write)),
    ]


def _cached_render(render: Callable[..., Rendered]) -> Any:
    cache: dict[tuple[object, ...], Rendered] = {}

    def cached(
        template: Compiled,
        contact: Mapping[str, str],
        custom: Mapping[str, Any],
        *,
        now: float,
        variables: Mapping[str, Any],
        rendering_time: RenderingTime,
    ) -> Rendered:
        revision = template.revision
        key = (revision.email_id, revision.number, *contact.items(), str(custom), now, *map(str, variables.items()))
        if key not in cache:
            cache[key] = render(template, contact, custom, now=now, variables=variables, rendering_time=rendering_time)
        return cache[key]

    return cached


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if schedules.ran:
        terminalreporter.write_line(f"fault injection: {schedules.summary()}")
