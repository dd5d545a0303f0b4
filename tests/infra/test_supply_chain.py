"""What ships to Lambda: its licences, and its bill of materials."""

from __future__ import annotations

import json
import re
import subprocess
from importlib.metadata import distributions
from pathlib import Path

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from infra import ROOT
from infra.asset import licences
from infra.asset.bundling import CONSTRAINTS, requirements
from infra.asset.licences import closure, is_allowed, licence
from infra.asset.sbom import packages, sbom

SHIPPED = closure(requirements())


def a_package(folder: Path, name: str, *lines: str) -> None:
    info = folder / f"{name}-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("\n".join(["Metadata-Version: 2.4", f"Name: {name}", "Version: 1.0", *lines]))


@pytest.mark.parametrize("name", sorted(SHIPPED))
def test_a_shipped_package_has_an_allowed_licence(name: str) -> None:
    assert is_allowed(licence(SHIPPED[name])), SHIPPED[name].metadata.get_all("Classifier")


def test_every_shipped_package_is_pinned() -> None:
    pinned = {_plain(line.partition("==")[0]) for line in CONSTRAINTS.read_text().splitlines()}
    assert {_plain(name) for name in SHIPPED} <= pinned


def test_each_stated_licence_is_needed() -> None:
    assert licences.STATED.keys() <= SHIPPED.keys()
    assert not any(licences.field(SHIPPED[name], "License-Expression") for name in licences.STATED)


@pytest.mark.parametrize(
    ("expression", "allowed"),
    [
        ("MIT", True),
        ("MIT AND BSD-3-Clause", True),
        ("GPL-3.0-only OR MIT", True),
        ("(Apache-2.0 OR BSD-3-Clause)", True),
        ("GPL-3.0-only", False),
        ("MIT AND AGPL-3.0-or-later", False),
        ("", False),
        (None, False),
    ],
)
def test_a_choice_must_be_allowed_in_all_its_parts(expression: str | None, allowed: bool) -> None:
    assert is_allowed(expression) == allowed


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("License-Expression: ISC", "ISC"),
        ("License: Apache License 2.0", "Apache-2.0"),
        ("Classifier: License :: OSI Approved :: BSD License", "BSD-3-Clause"),
        ("License: all rights reserved", None),
        ("Summary: nothing", None),
    ],
)
def test_a_licence_is_read_from_any_metadata(tmp_path: Path, line: str, expected: str | None) -> None:
    a_package(tmp_path, "one", line)
    (package,) = distributions(path=[str(tmp_path)])
    assert licence(package) == expected


def test_the_bill_lists_what_the_folder_holds(tmp_path: Path) -> None:
    a_package(tmp_path, "Pen_box", "License-Expression: MIT")
    a_package(tmp_path, "ink")
    text = sbom(packages(tmp_path))
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None
    document = json.loads(text)
    assert document["metadata"]["component"]["name"] == "staffetta"
    pen, ink = sorted(document["components"], key=lambda one: one["name"])
    assert (pen["purl"], pen["licenses"]) == ("pkg:pypi/pen-box@1.0", [{"license": {"id": "MIT"}}])
    assert "licenses" not in ink


def test_the_audit_covers_all_pinned_packages() -> None:
    commands = subprocess.run(
        ["make", "--dry-run", "audit"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    assert re.search(r"pip-audit .*--requirement infra/constraints.txt", commands)
    assert "infra.asset.sbom" in commands
    assert "checkov --config-file infra/checkov.yaml" in commands


def test_every_rule_that_checkov_skips_has_a_reason() -> None:
    rules = [line.strip() for line in (ROOT / "infra/checkov.yaml").read_text().splitlines() if "- CKV" in line]
    assert rules
    assert all(re.fullmatch(r"- CKV_AWS_\d+ # .{20,}", rule) for rule in rules)


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
