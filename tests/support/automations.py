"""Automations for tests: definitions from YAML, generated ones, and facts."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from textwrap import dedent
from typing import Any

from hypothesis import strategies as st

from functions.core.automations import checking
from functions.core.automations.conditions import Facts
from functions.core.automations.definition import Definition, Engagement
from functions.core.automations.run import Run
from functions.core.contacts.property_definitions import BUILT_IN

NOON = 1_795_953_600.0  # 2026-11-29T12:00:00Z
HEAD = "name: Test\ntrigger: {type: event, event: order_placed}\n"


def definition(steps: str, head: str = HEAD) -> Definition:
    return checking.read(f"{head}steps:\n{dedent(steps)}")[0]


def facts(
    now: float = NOON,
    contact: Mapping[str, str] | None = None,
    event: Mapping[str, Any] | None = None,
    engagements: Mapping[str, Collection[Engagement]] | None = None,
) -> Facts:
    return Facts(
        now=now,
        contact=contact or {},
        definitions=BUILT_IN,
        event=event or {},
        engagements=lambda step: (engagements or {}).get(step, ()),
    )


def run(**values: Any) -> Run:
    return Run(
        **{
            "id": "run",
            "automation": 1,
            "version": 1,
            "contact": "ada@example.com",
            "entered_at": "2026-11-29T12:00:00.000Z",
            **values,
        }
    )


_IDS = [f"s{number}" for number in range(8)]


@st.composite
def sources(draw: st.DrawFn) -> dict[str, Any]:
    """Definitions of up to eight steps with any ways between them. Most of them fail the check."""
    ids = _IDS[: draw(st.integers(1, len(_IDS)))]
    target = st.sampled_from([*ids, "end"])
    steps = [_step(draw, step_id, target, ids) for step_id in ids]
    return {"name": "Generated", "trigger": {"type": "event", "event": "begun"}, "steps": steps}


def _step(draw: st.DrawFn, step_id: str, target: st.SearchStrategy[str], ids: list[str]) -> dict[str, Any]:
    onward = draw(st.one_of(st.just({}), st.builds(lambda to: {"next": to}, target)))
    condition = st.sampled_from(
        [
            {"event": "total", "operator": "GT", "value": 50},
            {"property": "city", "operator": "HAS_PROPERTY"},
            {"none": [{"event": "vip", "operator": "EQ", "value": True}]},
        ]
    )
    percent = draw(st.integers(1, 99))
    kinds: list[dict[str, Any]] = [
        {"type": "send_email", "email": 1001, **onward},
        {"type": "wait", "time": "2d", **onward},
        {"type": "wait_until", "time": "09:00", "weekdays": ["monday"], **onward},
        {"type": "wait_for", "event": "paid", "at_most": "3d", "timed_out": draw(target), **onward},
        {"type": "wait_for", "step": draw(st.sampled_from(ids)), "was": "OPENED", "at_most": "1h", **onward},
        {"type": "branch", "cases": [{"when": draw(condition), "next": draw(target)}], **onward},
        {
            "type": "split",
            "shares": [{"percent": percent, "next": draw(target)}, {"percent": 100 - percent, "next": draw(target)}],
        },
        {"type": "set_property", "property": "city", "value": "Rome", **onward},
        {"type": "end", "reason": "over"},
    ]
    return {"id": step_id, **draw(st.sampled_from(kinds))}
