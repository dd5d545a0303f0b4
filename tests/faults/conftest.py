"""Reports the number of schedules at the end. Tens of thousands of simulations send the same few mails: each is compiled, rendered and
written once.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from functions.core.sending import mime
from functions.core.templates import rendering
from functions.core.templates.rendering import Compiled, Rendered
from functions.steps.sending import build_mail
from tests.faults import schedules

MAILS = 4096  # cached: a few thousand differ, by their Date or their link


@pytest.fixture(autouse=True, scope="session")
def _each_mail_is_built_once() -> Iterator[None]:
    """Three pure functions took two thirds of a schedule's time. A fault cannot touch them: they call no port."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rendering, "_compiled", functools.cache(rendering._compiled))
        patch.setattr(rendering, "render", _cached_render())
        patch.setattr(build_mail, "write", functools.lru_cache(MAILS)(mime.write))
        yield


def _cached_render() -> Any:
    render = rendering.render
    cache: dict[tuple[object, ...], Rendered] = {}

    def cached(
        template: Compiled,
        contact: Mapping[str, str],
        custom: Mapping[str, Any],
        *,
        now: float,
        links: Mapping[str, str],
    ) -> Rendered:
        revision = template.revision
        key = (revision.email_id, revision.number, *contact.items(), str(custom), now, *links.items())
        if key not in cache:
            cache[key] = render(template, contact, custom, now=now, links=links)
        return cache[key]

    return cached


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if schedules.ran:
        terminalreporter.write_line(f"fault injection: {schedules.summary()}")
