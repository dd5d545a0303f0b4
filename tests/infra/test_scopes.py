"""Scopes of tests: some share a fixture, and the long ones start first. A wrong name would fail no other test, and lose minutes."""

from __future__ import annotations

import pytest

from infra import ROOT
from tests.conftest import LONGEST, SHARED, ByFixture


@pytest.mark.parametrize("scope", sorted({*SHARED, *LONGEST}))
def test_a_scope_has_tests(scope: str) -> None:
    scheduler = ByFixture.__new__(ByFixture)  # a whole one needs processes
    modules = (path.relative_to(ROOT).as_posix() for path in (ROOT / "tests").rglob("test_*.py"))
    assert scope in {scheduler._split_scope(f"{module}::test") for module in modules}
