from __future__ import annotations

import json
import re

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from functions.adapters.aws.sqs_text import sqs_text

# SendMessage's reference: #x9, #xA, #xD, #x20 to #xD7FF, #xE000 to #xFFFD, #x10000 to #x10FFFF.
_ALLOWED = re.compile("[\t\n\r\\x20-\\ud7ff\\ue000-\\ufffd\\U00010000-\\U0010ffff]*")


@given(st.text(st.characters(exclude_categories=["Cs"]) | st.sampled_from("\ufffe\uffff\x00")))
def test_any_text_is_in_sqs_characters_and_comes_back(text: str) -> None:
    body = sqs_text(msgspec.json.encode({"text": text}).decode())
    assert _ALLOWED.fullmatch(body)
    assert json.loads(body) == {"text": text}
