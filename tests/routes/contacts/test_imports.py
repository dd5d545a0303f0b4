"""Imports over HTTP: an error names the file by the field that the request has for it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.aws.cloud import worker
from tests.support.http.api import call


@pytest.fixture(scope="module", autouse=True)
def _aws() -> Iterator[None]:
    with worker():
        yield


def test_a_missing_upload_is_named_by_its_field() -> None:
    status, problem = call("POST", "/staffetta/v1/imports", {"uploadId": "8f14e45f-ceea-467f-a0e6-1b2c3d4e5f60"})
    assert (status, [error["in"] for error in problem["errors"]]) == (400, ["uploadId"])
