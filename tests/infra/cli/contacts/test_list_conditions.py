"""Conditions of a command line as filters of a list, and the lists that they make."""

from __future__ import annotations

import json
import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from functions import wiring
from functions.core import timestamps
from functions.core.broadcasts.jobs import EvaluateJob
from functions.core.contacts.lists import list_rules
from functions.core.contacts.lists.list_filters import AnyBranch
from functions.core.contacts.property_definitions import BUILT_IN, FieldType, PropertyDefinition, PropertyType
from functions.core.models.field_errors import FieldErrors
from functions.core.models.reader import reader_of
from functions.wiring import Container
from infra.cli.commands.contacts import lists as lists_commands
from infra.cli.errors import CommandError
from infra.cli.list_conditions import filter_branch
from tests.support.cli.staffetta_command import failing, staffetta
from tests.support.examples import NOON, NOON_TEXT

DEFINITIONS = {
    **BUILT_IN,
    "age": PropertyDefinition(name="age", label="Age", type=PropertyType.NUMBER, field_type=FieldType.NUMBER),
    "vip": PropertyDefinition(name="vip", label="V", type=PropertyType.BOOL, field_type=FieldType.BOOLEANCHECKBOX),
    "born": PropertyDefinition(name="born", label="Born", type=PropertyType.DATE, field_type=FieldType.DATE),
}


def passes(*conditions: str, **values: str) -> bool:
    errors = FieldErrors()
    tree = reader_of(AnyBranch).read(filter_branch(conditions, DEFINITIONS), "", errors)
    assert errors.errors == list(list_rules.errors_of(tree, DEFINITIONS, (3,)))
    return list_rules.passes(tree, values, (3,), list_rules.FilterContext(DEFINITIONS, NOON))


@pytest.mark.parametrize(
    ("condition", "value", "other"),
    [
        ("city=Rome", "rome", "Oslo"),
        ("city != Rome", "Oslo", "Rome"),
        ("city~om", "Rome", "Oslo"),
        ("city!~om", "Oslo", "Rome"),
        ("age>=18", "18", "17.5"),
        ("age<18", "17", "18"),
        ("vip=true", "true", "false"),
        ("born<2000-01-01", "1999-12-31", "2000-01-01"),
        ("born>=2000-01-01", "2000-01-01", "1999-12-31"),
    ],
)
def test_a_condition_compares_by_the_type_of_its_property(condition: str, value: str, other: str) -> None:
    name = re.split(r"[^a-z]", condition, maxsplit=1)[0]
    assert [passes(condition, **{name: text}) for text in (value, other)] == [True, False]


def test_conditions_look_at_values_and_lists() -> None:
    assert [passes("phone?", phone="1"), passes("phone?"), passes("phone!")] == [True, False, True]
    assert [passes("in list 3"), passes("not in list 3")] == [True, False]
    assert [passes("city=Rome", "phone?", city="Rome"), passes("city=Rome", "phone!", city="Rome")] == [False, True]


@pytest.mark.parametrize(
    ("condition", "message"),
    [
        ("Rome", "is no condition"),
        ("citty=Rome", "did you mean city?"),
        ("age~1", "does not fit age, which is of the type number: use is, is not, above"),
        ("vip=yes", "'vip=yes' must be true or false"),
        ("born>soon", "must be a day like 2026-11-23"),
        ("in list 0", "there is no list '0'"),
    ],
)
def test_a_wrong_condition_names_what_is_right(condition: str, message: str) -> None:
    with pytest.raises(CommandError, match=message.replace("?", r"\?")):
        filter_branch([condition], DEFINITIONS)


def _json(*words: str) -> Any:
    return json.loads(staffetta(*words, "--json"))


def test_a_list_of_filters_is_created_shown_and_changed(stage: Container, tmp_path: Path) -> None:
    list_id = _json("lists", "create", "Romans by command", "--where", "city=Rome")["listId"]
    view = _json("lists", "show", list_id)
    assert (view["processingType"], view["evaluating"]) == ("DYNAMIC", True)
    assert view["filterBranch"]["filterBranches"][0]["filters"][0]["operation"]["values"] == ["Rome"]
    assert "DYNAMIC" in staffetta("lists", "show", list_id)
    tree = tmp_path / "filters.json"
    tree.write_text(json.dumps(view["filterBranch"]).replace("Rome", "Oslo"), "utf-8")
    assert _json("lists", "filters", list_id, "--filters", str(tree))["listVersion"] == 2
    assert "either --where or --filters" in failing(
        "lists", "filters", list_id, "--filters", str(tree), "--where", "city=X"
    )
    assert "name the filters" in failing("lists", "filters", list_id)
    for text, reason in (("{", "is not JSON"), ("[]", "is not a JSON object"), ('{"a":' * 5000, "nested too deep")):
        tree.write_text(text, "utf-8")
        assert reason in " ".join(failing("lists", "filters", list_id, "--filters", str(tree)).split())
    assert (
        _json("lists", "create", "Then by command", "--where", "city=Rome", "--snapshot")["processingType"]
        == "SNAPSHOT"
    )


def test_waiting_ends_with_the_evaluation(stage: Container, monkeypatch: pytest.MonkeyPatch) -> None:
    stage.get(wiring.adapters.contacts.contacts).edit(
        "waiting@example.net", NOON_TEXT, lambda one: one.with_values({"city": "Assisi"}, NOON_TEXT)
    )
    list_id = int(_json("lists", "create", "Assisi", "--where", "city=Assisi")["listId"])
    evaluate, lists = stage.get(wiring.contacts.evaluate_lists), stage.get(wiring.adapters.contacts.contact_lists)

    def work(_seconds: float) -> None:
        """A worker evaluates the list while the command waits."""
        evaluate.are_current([list_id], timestamps.iso(stage.clock()))
        one = lists.get(list_id)
        assert one is not None
        assert one.evaluation is not None
        for part in one.parts:
            evaluate(EvaluateJob(list_id, one.evaluation.number, part), float("inf"))

    monkeypatch.setattr(lists_commands, "time", SimpleNamespace(sleep=work))
    assert _json("lists", "evaluate", str(list_id))["size"] == 1
