"""Running schedules, many of them, and counting them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator

from functions.core.sending.send import SendRequest
from tests.faults.weather import Fault, Plan, at, fine, possible, seeded
from tests.faults.world import BATCH, World

Mutation = Callable[[World], None]  # takes a safeguard out of a world that has not begun

ran: Counter[str] = Counter()  # kind of schedule → how many


def told() -> str:
    kinds = ", ".join(f"{number:,} {kind}" for kind, number in ran.items())
    return f"{ran.total():,} schedules ({kinds})"


def sound(_world: World) -> None:
    return None


def broken_by(kind: str, plan: Plan, requests: tuple[SendRequest, ...] = BATCH, mutate: Mutation = sound) -> list[str]:
    """Run one schedule: which promises it broke, with what went wrong in it."""
    ran[kind] += 1
    world = World(plan, requests)
    mutate(world)
    faults = world.run().faults()
    if _mild(world):
        faults += [f"{message.key} was not sent: {message.reason}" for message in world.unsent()]
    return [f"{fault}, after {_shown(world)}" for fault in faults]


def _mild(world: World) -> bool:
    """A few passing faults must not keep a mail from being sent at all; many, or a refusal, may, if that is explained."""
    happened = [fault for _, _, fault in world.weather.happened]
    return len(happened) <= 2 and Fault.REFUSED not in happened


def _shown(world: World) -> str:
    return "; ".join(f"call {number} {call}: {fault}" for number, call, fault in world.weather.happened)


def single(requests: tuple[SendRequest, ...] = BATCH) -> Iterator[Plan]:
    """Each possible fault at each call of a run in fair weather."""
    for number, call in enumerate(_calls(requests, fine)):
        yield from (at({number: fault}) for fault in possible(call))


def pairs(requests: tuple[SendRequest, ...], spared: str = "") -> Iterator[Plan]:
    """Each two faults at each two calls, the second one anywhere in what follows from the first: retries have calls of their own.
    `spared`: a call that goes well each time.
    """
    for number, call in enumerate(_calls(requests, fine)):
        for first in possible(call) if call != spared else ():
            after = list(enumerate(_calls(requests, at({number: first}))))[number + 1 :]
            yield from (
                at({number: first, later: second})
                for later, name in after
                if name != spared
                for second in possible(name)
            )


def _calls(requests: tuple[SendRequest, ...], plan: Plan) -> list[str]:
    return World(plan, requests).run().weather.calls


def storms(seeds: range, *, share: float, most: int) -> Iterator[Plan]:
    return (seeded(seed, share=share, most=most) for seed in seeds)
