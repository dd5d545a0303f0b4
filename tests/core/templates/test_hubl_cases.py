"""HubL compared with HubSpot's own open engine: each case has the text that the engine rendered."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from functions.core.templates import rendering
from functions.core.templates.layouts import assembled
from functions.core.templates.reading import tree
from functions.core.templates.source_map import MappedText
from tests.support.examples import a_revision

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC).timestamp()
CASES: list[dict[str, Any]] = json.loads(Path(__file__).with_name("hubl_cases.json").read_text("utf-8"))["cases"]
DIFFERENT = {
    "text-filters-391": "pprint names a type as the function `type` does: the engine writes the name of a Java class",
    "number-filters-444": "the engine takes the minus of `{{ -2.5 }}` for white-space control, and loses it",
    "list-filters-552": "a group is unpacked into its value and its elements: in the engine the names must be grouper and list",
}
DIFFERENT_MAX = 0.02


def rendered(case: dict[str, Any]) -> str:
    files = case.get("files", {})
    source = assembled(MappedText.of("content.plainTextVersion", case["template"]), files.get).text
    tree(source)
    compiled = rendering.compiled(a_revision(subject="s", html="h", text=source.text))
    context = case.get("context", {})
    return rendering.render(compiled, context.get("contact", {}), context.get("custom", {}), now=NOW).text


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_a_template_renders_as_in_hubspots_engine(case: dict[str, Any]) -> None:
    assert (rendered(case) == case["expected"]) == (case["id"] not in DIFFERENT), rendered(case)


def test_few_templates_render_differently() -> None:
    assert DIFFERENT.keys() <= {case["id"] for case in CASES}
    assert len(DIFFERENT) < len(CASES) * DIFFERENT_MAX
