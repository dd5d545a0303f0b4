"""Style sheets with what clients drop. tests/steps/emails/test_publish_warnings.py has the warnings."""

from __future__ import annotations

import pytest

from functions.core.templates.checking.checks import _style_sheets
from tests.support.growth import is_linear


@pytest.mark.parametrize("piece", ["<style", "<style>@layer", "@layer", "@media{", "}", "@layer{a{}"])
def test_a_style_sheet_takes_no_longer_than_others(piece: str) -> None:
    assert is_linear(lambda css: list(_style_sheets(f"<style>{css}</style>")), piece)
