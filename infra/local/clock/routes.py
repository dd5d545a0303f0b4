"""The clock over HTTP, next to the mailbox: read it, move it ahead, set it back."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from functions.core import timestamps
from infra.local.clock import travel
from infra.local.clock.travel import ClockWentBackError, NoRestError, Travel
from infra.local.moved_clock import MovedClock

PATH = "/staffetta/clock"
NOW = "now"  # the machine's time


def clock_routes(clock: MovedClock, journeys: Travel) -> list[web.RouteDef]:
    async def show(_: web.Request) -> web.Response:
        return web.json_response(_view(clock))

    async def move(request: web.Request) -> web.Response:
        """A page of another site cannot send JSON here without a permission that we do not give."""
        body = await request.json() if request.content_type == "application/json" else {}
        text = body.get("to") if isinstance(body, dict) else None
        if not isinstance(text, str):
            raise web.HTTPBadRequest(text='The body must be JSON like {"to": "+3d"}.')
        try:
            return web.json_response(await _moved(text, clock, journeys))
        except ClockWentBackError as error:
            raise web.HTTPConflict(text=f"{error}: only `{NOW}` sets the clock back") from error
        except ValueError as error:
            raise web.HTTPBadRequest(
                text=f"{text!r} is not +3d, +1d12h, a time like 2026-12-24T09:00Z, or now"
            ) from error
        except NoRestError as error:
            raise web.HTTPServiceUnavailable(text=str(error)) from error

    return [web.get(PATH, show), web.post(PATH, move)]


async def _moved(text: str, clock: MovedClock, journeys: Travel) -> dict[str, Any]:
    if text == NOW:
        await journeys.back()
        return _view(clock)
    stops = await journeys.to(travel.target(text, clock()))
    return {**_view(clock), "stops": stops}


def _view(clock: MovedClock) -> dict[str, Any]:
    return {"now": timestamps.iso(clock()), "aheadSeconds": round(clock.moved, 3)}
