"""The steps of a definition as an outline: each step once, and below a step with several ways out the steps of each way.

A way that does not come back to the steps below has its own `then`: a loop back, a jump, or the end. So every definition has an outline,
and the outline gives back the same ways.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

import msgspec
from msgspec import Struct

from functions.core.automations.definition import END, AnyStep, Branch, Definition, Split, WaitFor

_WAYS = {"branch": "cases", "split": "shares"}  # the lists of ways, by a step's type


class OutlineLane(Struct):
    """Steps one after the other. `then` is the id of the step that comes after them, or END; empty: what comes after the lane."""

    steps: list[OutlineStep]
    then: str = ""


class OutlineStep(Struct):
    """`document` is the step as a definition has it, without where it leads."""

    document: dict[str, Any]
    lanes: list[OutlineLane]

    @property
    def id(self) -> str:
        return str(self.document["id"])


def outline_of(definition: Definition) -> OutlineLane:
    return _OutlineReader(definition).lane(definition.steps[0].id, END, frozenset())


def steps_of(outline: OutlineLane) -> list[dict[str, Any]]:
    """Returns the steps of a definition, in the order of the outline. A step has a `next` only if it does not lead to the one after it."""
    written = list(_written(outline, END))
    for step, following in pairwise([*written, {"id": END}]):
        if step.get("next") == following["id"]:
            del step["next"]
    return written


def in_order(lane: OutlineLane) -> Iterator[OutlineStep]:
    """Yields every step, from the top down."""
    for step in lane.steps:
        yield step
        for inner in step.lanes:
            yield from in_order(inner)


class _OutlineReader:
    """Reads the ways of a definition. The lanes of a step end where all its ways meet again, if they do."""

    def __init__(self, definition: Definition) -> None:
        self.definition = definition
        self.after = _always_after(definition)
        self.placed: set[str] = set()

    def lane(self, start: str, follow: str, outer: frozenset[str]) -> OutlineLane:
        """`follow`: where the lane comes back. `outer`: where the lanes around it come back."""
        lane = OutlineLane([])
        step_id = start
        while step_id != follow:
            if step_id == END or step_id in self.placed | outer:
                lane.then = step_id
                break
            self.placed.add(step_id)
            step = self.definition.step(step_id)
            targets = self.definition.targets(step)
            below = self._below(step, targets, follow)
            lanes = [self.lane(one, below, outer | {follow}) for one in targets] if _has_lanes(step) else []
            lane.steps.append(OutlineStep(_document(step), lanes))
            step_id = below
        return lane

    def _below(self, step: AnyStep, targets: Sequence[str], follow: str) -> str:
        """Returns the step below this one and its lanes."""
        if not targets:
            return follow  # an end
        if not _has_lanes(step):
            return targets[0]
        return self.after.get(step.id, follow)


def _has_lanes(step: AnyStep) -> bool:
    return isinstance(step, Branch | Split | WaitFor)


def _document(step: AnyStep) -> dict[str, Any]:
    document: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(step))
    document.pop("next", None)
    document.pop("timed_out", None)
    for way in document.get(_WAYS.get(document["type"], ""), ()):
        del way["next"]
    return document


def _written(lane: OutlineLane, follow: str) -> Iterator[dict[str, Any]]:
    follow = lane.then or follow
    for number, step in enumerate(lane.steps):
        below = lane.steps[number + 1].id if number + 1 < len(lane.steps) else follow
        yield _with_ways(step, [_first(inner, below) for inner in step.lanes], below)
        for inner in step.lanes:
            yield from _written(inner, below)


def _first(lane: OutlineLane, follow: str) -> str:
    return lane.steps[0].id if lane.steps else lane.then or follow


def _with_ways(step: OutlineStep, ways: Sequence[str], below: str) -> dict[str, Any]:
    document = dict(step.document)
    if document["type"] in _WAYS:
        name = _WAYS[document["type"]]
        document[name] = [{**way, "next": target} for way, target in zip(document[name], ways, strict=False)]
    match document["type"]:
        case "branch":
            document["next"] = ways[-1]
        case "wait_for":
            document["next"] = ways[0]
            document |= {"timed_out": ways[1]} if ways[1] != ways[0] else {}
        case "split" | "end":
            pass
        case _:
            document["next"] = below
    return document


def _always_after(definition: Definition) -> Mapping[str, str]:
    """Returns for each step the first one that comes after it on every way, or END. A step that never comes to the end has none.

    These are the immediate postdominators of the graph: a step's are itself, and the ones that all of its targets share.
    """
    targets = {step.id: definition.targets(step) or (END,) for step in definition.steps}
    everything = frozenset([*targets, END])
    after = dict.fromkeys(targets, everything) | {END: frozenset([END])}
    changed = True
    while changed:
        changed = False
        for step_id in reversed(targets):
            shared = frozenset.intersection(*(after[target] for target in targets[step_id])) | {step_id}
            changed |= shared != after[step_id]
            after[step_id] = shared
    ends = {step_id for step_id in targets if _comes_to_end(step_id, targets)}
    return {
        step_id: max(after[step_id] - {step_id}, key=lambda one: len(after[one]))
        for step_id in targets
        if step_id in ends
    }


def _comes_to_end(start: str, targets: Mapping[str, Sequence[str]]) -> bool:
    reached, ahead = {start}, [start]
    for step_id in ahead:
        for target in targets[step_id]:
            if target == END:
                return True
            if target not in reached:
                reached.add(target)
                ahead.append(target)
    return False
