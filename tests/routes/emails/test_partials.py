from __future__ import annotations

import pytest

from functions.wiring import Container
from tests.support.http.api import call

PARTIALS = "/staffetta/v1/partials"


@pytest.mark.parametrize("name", ["imprint", "theme/parts/foot.html", "a/b"])
def test_a_partial_may_be_in_folders(aws: Container, name: str) -> None:
    assert call("PUT", f"{PARTIALS}/{name}", {"text": "x"})[0] == 200
    assert call("GET", f"{PARTIALS}/{name}")[1] == {"name": name, "text": "x", "bundled": False}
    assert name in [partial["name"] for partial in call("GET", PARTIALS)[1]["results"]]
    assert call("DELETE", f"{PARTIALS}/{name}")[0] == 204
    assert call("GET", f"{PARTIALS}/{name}")[0] == 404


@pytest.mark.parametrize("name", ["a/.hidden", "a/b c", "x" * 129])
def test_a_wrong_name_is_refused(aws: Container, name: str) -> None:
    assert call("PUT", f"{PARTIALS}/{name}", {"text": "x"})[0] == 400
