from __future__ import annotations

import pytest

from functions.http.mail_document import mail_document


@pytest.mark.parametrize(
    ("images_url", "sources"),
    [
        ("https://images.example.com", "https: data:"),
        ("http://localhost:8080/images", "https: http://localhost:8080/images data:"),
    ],
)
def test_a_mail_loads_images_and_runs_nothing(images_url: str, sources: str) -> None:
    page = mail_document("<p>Dear Ada</p>", images_url)
    directives = dict(one.strip().split(" ", 1) for one in page.headers["content-security-policy"].split(";"))
    assert page.html == "<p>Dear Ada</p>"
    assert directives["img-src"] == sources
    assert directives["default-src"] == "'none'"
    assert "script-src" not in directives
    assert directives["sandbox"] == "allow-popups allow-popups-to-escape-sandbox"
    assert page.headers["referrer-policy"] == "no-referrer"
