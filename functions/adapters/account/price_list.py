"""The price list of prices.toml."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

import msgspec

from functions.core.account.prices import PriceList

FILE = Path(__file__).with_name("prices.toml")


@cache
def price_list() -> PriceList:
    """Reads the file at the first call only. Raises msgspec.ValidationError if a price is missing or unknown."""
    return msgspec.convert(tomllib.loads(FILE.read_text("utf-8")), PriceList)
