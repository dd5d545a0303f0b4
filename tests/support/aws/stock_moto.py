"""The source of a method that a fix replaces: a test of it fails when moto no longer needs the fix."""

from __future__ import annotations

import inspect
import textwrap
from collections.abc import Callable
from typing import Any


def stock_source(method: Callable[..., Any]) -> str:
    return textwrap.dedent(inspect.getsource(method))
