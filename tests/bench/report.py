"""The figures as a table, with the design's targets."""

from __future__ import annotations

import platform
from collections.abc import Iterator, Mapping
from typing import Any

from tests.bench import prices, yardstick
from tests.bench.rendering import RATIO_MAX

TITLES = {
    "single_send": "accept",
    "deliver": "deliver",
    "record": "record (2.5 events)",
    "measure": "measure",
}
RATES = {"single_send": 3000, "deliver": 800}  # per second and core
COLD_MS = {"single_send": 75}
SHARE = 0.05  # of SES's own price on Essentials, with which new accounts start


def text(measured: Mapping[str, Any], peer: Mapping[str, float] | None) -> str:
    slowness = measured["yardstick"] / yardstick.THERE_US
    parts = [
        _machine(measured["yardstick"], slowness),
        _processor(measured["flow"], slowness),
        _rendering(measured["rendering"]),
        _cold(measured["cold"], slowness),
        _peer(measured["flow"], peer),
        _price(measured),
    ]
    return "\n" + "\n".join("\n".join(part) + "\n" for part in parts)


def _machine(us: float, slowness: float) -> Iterator[str]:
    yield f"Python {platform.python_version()} on {platform.machine()}; the standard library writes a mail of this size in {us:,.0f} us"
    yield f"on the targets' machine it took {yardstick.THERE_US:,}, so this one takes {slowness:.1f} times as long"


def _processor(flow: Mapping[str, Any], slowness: float) -> Iterator[str]:
    yield "Per send                  CPU us   /s/core    target   AWS calls   DynamoDB write, read units"
    for name, stage in flow.items():
        rate, target = 1e6 / stage["us"], RATES.get(name)
        counts = stage["counts"]
        yield (
            f"  {TITLES[name]:<21}{stage['us']:>9,.0f}{rate:>10,.0f}{target or '':>10}{prices.calls(stage):>12.2f}"
            f"{counts.get('write units', 0):>13.2f},{counts.get('read units', 0):>6.2f}   {_verdict(rate, target, slowness)}"
        )


def _rendering(measured: Mapping[str, float]) -> Iterator[str]:
    yield "Rendering the receipt     CPU us, beside Jinja2 without a sandbox, bounds and HubL"
    yield f"  {'HubL':<21}{measured['hubl']:>9,.0f}"
    verdict = _verdict(-measured["ratio"], -RATIO_MAX)
    yield f"  {'Jinja2':<21}{measured['jinja']:>9,.0f}   ratio {measured['ratio']:.2f}, target {RATIO_MAX}   {verdict}"


def _cold(cold: Mapping[str, Any], slowness: float) -> Iterator[str]:
    yield "Cold start, CPU ms        import     first     whole    target"
    for name, parts in cold.items():
        whole = parts["import"] + parts["first"]
        target = COLD_MS.get(name)
        verdict = _verdict(1 / whole, 1 / target if target else None, slowness)
        yield f"  {name:<21}{parts['import']:>9.0f}{parts['first']:>10.1f}{whole:>10.0f}{target or '':>10}   {verdict}"


def _peer(flow: Mapping[str, Any], peer: Mapping[str, float] | None) -> Iterator[str]:
    yield "django-post-office        CPU us, the same mail in the same run; ours with the check of the API key"
    if peer is None:
        yield "  not measured"
        return
    ours = {"accept": flow["single_send"]["us"], "deliver": flow["deliver"]["us"]}
    for step, us in peer.items():
        yield f"  {step:<21}{us:>9,.0f}   ours takes {ours[step]:,.0f}: {us / ours[step]:.1f} times less"
    both, all_of_ours = sum(peer.values()), sum(stage["us"] for stage in flow.values())
    yield f"  {'both':<21}{both:>9,.0f}   ours takes {sum(ours.values()):,.0f}: {both / sum(ours.values()):.1f} times less"
    yield f"  {'':<30}   ours with events and counters, which it has not: {all_of_ours:,.0f}, {both / all_of_ours:.1f} times less"


def _price(measured: Mapping[str, Any]) -> Iterator[str]:
    lines = prices.lines(measured)
    total = sum(lines.values())
    yield "A million sends           dollars besides SES's own, by list prices and the waiting times assumed in prices.py"
    for name, dollars in lines.items():
        yield f"  {name:<21}{dollars:>9.2f}"
    target = SHARE * prices.ses()["SES Essentials"]
    yield f"  {'total':<21}{total:>9.2f}   target {target:.2f}   {_verdict(-total, -target)}"
    for name, dollars in prices.ses().items():
        yield f"  {name:<21}{dollars:>9.2f}   we add {total / dollars:.1%}"


def _verdict(reached: float, target: float | None, slowness: float = 1) -> str:
    """`slowness` is this machine's time divided by the time of the machine on which the target was set."""
    if target is None:
        return ""
    if reached >= target:
        return "reached"
    return "reached, by the yardstick" if reached * slowness >= target else "MISSED"
