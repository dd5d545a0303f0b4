"""Runs many schedules of faults, and counts them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator

from functions.core.sending.send import SendRequest
from tests.faults.simulation import BATCH, Simulation
from tests.faults.states import state_of
from tests.faults.weather import Fault, Plan, faults_at, no_faults, possible, seeded

Mutation = Callable[[Simulation], None]  # removes a safeguard before the simulation runs

ran: Counter[str] = Counter()  # kind of schedule → how many


def summary() -> str:
    kinds = ", ".join(f"{number:,} {kind}" for kind, number in ran.items())
    return f"{ran.total():,} schedules ({kinds})"


def no_mutation(_simulation: Simulation) -> None:
    return None


def broken_promises(
    kind: str, plan: Plan, requests: tuple[SendRequest, ...] = BATCH, mutate: Mutation = no_mutation
) -> list[str]:
    """Runs one schedule, and returns the promises that it broke, each with the faults that happened."""
    ran[kind] += 1
    simulation = Simulation(plan, requests)
    mutate(simulation)
    broken = simulation.run().broken_promises()
    if _is_mild(simulation):
        broken += [f"{message.key} was not sent: {message.reason}" for message in simulation.unsent()]
    return [f"{promise}, after {_faults(simulation)}" for promise in broken]


def _is_mild(simulation: Simulation) -> bool:
    """A few passing faults must not prevent a mail. Many faults, or a refusal, may do so, if the status explains it."""
    happened = [fault for _, _, fault in simulation.weather.happened]
    return len(happened) <= 2 and Fault.REFUSED not in happened


def _faults(simulation: Simulation) -> str:
    return "; ".join(f"call {number} {call}: {fault}" for number, call, fault in simulation.weather.happened)


def single(requests: tuple[SendRequest, ...] = BATCH) -> Iterator[Plan]:
    """Plans each possible fault at each call of a run without faults."""
    for number, call in enumerate(_calls(requests, no_faults)):
        yield from (faults_at({number: fault}) for fault in possible(call))


def pairs(requests: tuple[SendRequest, ...], spared: str = "", mutate: Mutation = no_mutation) -> Iterator[Plan]:
    """Plans each two faults at each two calls. The second call follows from the first fault, since retries have calls of their own. The
    call `spared` never fails.

    Many first faults lead to the same state when no worker is at work: a second fault after it is planned once for all of them.
    """
    endings: set[object] = set()
    for number, call in enumerate(_calls(requests, no_faults, mutate)):
        for first in possible(call) if call != spared else ():
            plan = faults_at({number: first})
            calls, rest, state = _first_rest(requests, plan, mutate, number)
            ending = (state, tuple(calls[rest:]), first is Fault.REFUSED)  # after a refusal a mail may be missing
            seconds = calls[number + 1 : rest if ending in endings else len(calls)]
            endings.add(ending)
            yield from (
                faults_at({number: first, later: second})
                for later, name in enumerate(seconds, start=number + 1)
                if name != spared
                for second in possible(name)
            )


def _first_rest(
    requests: tuple[SendRequest, ...], plan: Plan, mutate: Mutation, number: int
) -> tuple[list[str], int, bytes]:
    """Returns the calls of a run, how many there were when no worker was at work for the first time after a call, and the state then."""
    simulation = Simulation(plan, requests)
    mutate(simulation)
    rests: list[tuple[int, bytes]] = []

    def note() -> None:
        if len(simulation.weather.calls) > number and not rests:
            rests.append((len(simulation.weather.calls), state_of(simulation)))

    simulation.at_rest = note
    calls = simulation.run().weather.calls
    rest, state = rests[0] if rests else (len(calls), b"")
    return calls, rest, state


def _calls(requests: tuple[SendRequest, ...], plan: Plan, mutate: Mutation = no_mutation) -> list[str]:
    simulation = Simulation(plan, requests)
    mutate(simulation)
    return simulation.run().weather.calls


def storms(seeds: range, *, share: float, most: int) -> Iterator[Plan]:
    return (seeded(seed, share=share, most=most) for seed in seeds)
