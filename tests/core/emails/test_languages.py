"""Which languages an email may have."""

from __future__ import annotations

import inspect
import re

import pytest
from hubspot.marketing.emails.models import PublicEmail
from hypothesis import given
from hypothesis import strategies as st

from functions.core.emails.languages import is_language

REGISTERED = [
    "en",
    "pt-br",
    "zh-hant",
    "zh-hant-tw",
    "es-419",
    "sr-latn",
    "sl-rozaj",
    "de-ch-1996",
    "zh-yue",
    "tok",
    "fil",
]
DEPRECATED = ["iw", "sr-cs", "zh-guoyu"]
HUBSPOT_ONLY = ["kh", "sq-xk", "sr-xk", "sy"]
NO_LANGUAGES = ["germn", "xx", "xx-yy", "en-uk", "en-usa", "english", "br-pt-br", "us", "de-latn-latn", "en-us-gb"]
MALFORMED = [
    "",
    "-",
    "e",
    "en-",
    "-en",
    "en--us",
    "en_us",
    "EN",
    "en us",
    "en\n",
    "en-x-mine",
    "x-mine",
    "i-klingon",
    "dé",
]


def codes_of_hubspot() -> list[str]:
    """The codes of HubSpot's client, which are in the code of a setter only."""
    return re.findall(r'"([a-z0-9-]+)"', inspect.getsource(PublicEmail.language.fset).partition("allowed_values")[2])


@pytest.mark.parametrize("code", [*REGISTERED, *DEPRECATED, *HUBSPOT_ONLY])
def test_a_registered_code_is_a_language(code: str) -> None:
    assert is_language(code)


def test_every_code_of_hubspot_is_a_language() -> None:
    codes = codes_of_hubspot()
    assert len(codes) > 700
    assert [code for code in codes if not is_language(code)] == []


@pytest.mark.parametrize("code", [*NO_LANGUAGES, *MALFORMED])
def test_any_other_text_is_no_language(code: str) -> None:
    assert not is_language(code)


@given(st.text() | st.from_regex(r"[a-z0-9]{1,9}(-[a-z0-9]{0,9}){0,4}", fullmatch=True))
def test_any_text_is_decided(code: str) -> None:
    assert is_language(code) in {True, False}
