"""The state of a simulation as octets: two simulations with the same one go on in the same way.

Everything that the simulation refers to is part of it, so a new part is in it by itself. What is called, and not changed, is named only.
"""

from __future__ import annotations

import functools
import io
import pickle
from types import FunctionType
from typing import Any

from tests.faults.weather import Weather


def state_of(simulation: object) -> bytes:
    octets = io.BytesIO()
    _Pickler(octets, simulation).dump(vars(simulation))
    return octets.getvalue()


class _Pickler(pickle.Pickler):
    def __init__(self, octets: io.BytesIO, simulation: object) -> None:
        super().__init__(octets)
        self._simulation = simulation
        self.fast = True  # equal values are equal octets, whether or not they are one object

    def persistent_id(self, obj: Any) -> object:
        """Returns the name of what has no state of its own. The weather's is the past and the plan."""
        if obj is self._simulation or isinstance(obj, Weather):
            return type(obj).__name__
        if isinstance(obj, FunctionType):
            return obj.__qualname__
        if isinstance(obj, functools._lru_cache_wrapper):
            return "cache", obj.cache_info().currsize
        return None
