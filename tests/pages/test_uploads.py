"""Files that are too large for a form: a script puts them to a presigned URL."""

from __future__ import annotations

import json

import pytest
import requests

from functions import wiring
from functions.core.access.roles import Role
from functions.wiring import Container
from tests.support.console.people import signed_in

PAGE, UPLOADS = "/console/imports/new", "/console/uploads"


def test_a_large_file_gets_a_url_of_its_own(aws: Container) -> None:
    browser = signed_in(Role.EDITOR)
    page = browser.get(PAGE)
    uploads = aws.get(wiring.adapters.sending.uploads)
    assert f"connect-src 'self' {uploads.origin()}" in page.headers["content-security-policy"]
    offer = json.loads(browser.post(UPLOADS, csrf=page.csrf, size="5").html)
    assert offer["url"].startswith(f"{uploads.origin()}/")
    requests.put(offer["url"], data=b"email", headers={"content-type": "text/csv"}, timeout=5).raise_for_status()
    upload = uploads.head(offer["file"])
    assert upload
    assert upload.size == 5


@pytest.mark.parametrize("size", ["0", "-1", "x", "500000001"])
def test_a_wrong_size_gets_no_url(aws: Container, size: str) -> None:
    browser = signed_in(Role.EDITOR)
    refused = browser.post(UPLOADS, csrf=browser.get(PAGE).csrf, size=size)
    assert (refused.status, "500 MB" in refused.html) == (400, True)
