"""Images in a browser: uploaded, listed for a script, and deleted if no published email uses them."""

from __future__ import annotations

import json

from functions import wiring
from functions.core.access.roles import Role
from functions.wiring import Container
from tests.support.console.browser import Answer, Browser
from tests.support.console.people import signed_in
from tests.support.images import gif

IMAGES = "/console/images"


def upload(browser: Browser, octets: bytes, path: str = IMAGES, alt: str = "Our shop") -> Answer:
    """Sends the file as a browser does."""
    form = {"csrf": browser.get(IMAGES).csrf, "alt": alt, "filename": "shop.gif"}
    parts = [f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n' for name, value in form.items()]
    file = '--x\r\nContent-Disposition: form-data; name="file"; filename="a.gif"\r\n\r\n' + octets.decode("ascii")
    body = "".join(parts) + file + "\r\n--x--\r\n"
    return browser.send("POST", path, body, content_type="multipart/form-data; boundary=x")


def test_an_image_is_uploaded_shown_and_deleted(aws: Container) -> None:
    browser = signed_in(Role.EDITOR)
    assert "location" in upload(browser, gif(5, 4)).headers
    page = browser.get(IMAGES)
    (stored,) = (
        one for one in aws.get(wiring.adapters.emails.images).page("", 100) if (one.width, one.height) == (5, 4)
    )
    assert f'src="https://images.example.com/images/{stored.name}" alt="Our shop"' in page.html
    assert "img-src 'self' https://images.example.com" in page.headers["content-security-policy"]
    assert aws.get(wiring.adapters.access.audit_entries).latest(1)[0].action == "image.uploaded"
    browser.submit(f"{IMAGES}/{stored.name}/delete")
    assert aws.get(wiring.adapters.emails.images).get(stored.name) is None
    assert aws.get(wiring.adapters.access.audit_entries).latest(1)[0].action == "image.deleted"


def test_a_script_gets_the_image_and_the_list(aws: Container) -> None:
    browser = signed_in(Role.EDITOR)
    image = json.loads(upload(browser, gif(7, 6), f"{IMAGES}/upload").html)
    assert (image["alt"], image["width"], image["height"]) == ("Our shop", 7, 6)
    assert image in json.loads(browser.get(f"{IMAGES}/list").html)["images"]


def test_a_file_that_is_no_image_is_refused(aws: Container) -> None:
    browser = signed_in(Role.EDITOR)
    refused = upload(browser, b"<svg/>")
    assert (refused.status, "no whole PNG, JPEG or GIF" in refused.text) == (400, True)
    answer = json.loads(upload(browser, b"<svg/>", f"{IMAGES}/upload").html)
    assert "no whole PNG, JPEG or GIF" in answer["errors"][0]
