"""Rendering in HubL next to Jinja2 as it comes: the bench's receipt, without a sandbox, bounds and HubL's values."""

from __future__ import annotations

import time
from collections.abc import Callable

from jinja2 import Environment

from functions.core.templates import rendering
from functions.core.templates.rendering import Rendered
from tests.bench import mail
from tests.support.examples import a_revision

RATIO_MAX = 1.3
WARM_UP, TIMES, ROUNDS = 50, 100, 9


def measure() -> dict[str, float]:
    """Returns microseconds of processor time. The rounds alternate, so a busy machine slows both; the fastest round is the figure."""
    ours, plain = hubl(), jinja()
    for render in (ours, plain):
        _microseconds(render, WARM_UP)
    rounds = [(_microseconds(ours, TIMES), _microseconds(plain, TIMES)) for _ in range(ROUNDS)]
    fastest, fastest_plain = (min(times) for times in zip(*rounds, strict=True))
    return {"hubl": fastest, "jinja": fastest_plain, "ratio": fastest / fastest_plain}


def _microseconds(render: Callable[[], object], times: int) -> float:
    begun = time.process_time()
    for _ in range(times):
        render()
    return (time.process_time() - begun) / times * 1e6


def hubl() -> Callable[[], Rendered]:
    template = rendering.compiled(a_revision(subject=mail.SUBJECT, html=mail.HTML, text=mail.TEXT))
    now = time.time()
    return lambda: rendering.render(template, mail.CONTACT, mail.CUSTOM, now=now)


def jinja() -> Callable[[], list[str]]:
    plain, escaped = Environment(autoescape=False), Environment(autoescape=True)  # noqa: S701 - the text part
    parts = [plain.from_string(mail.SUBJECT), escaped.from_string(mail.HTML), plain.from_string(mail.TEXT)]
    return lambda: [part.render(contact=mail.CONTACT, custom=mail.CUSTOM) for part in parts]
