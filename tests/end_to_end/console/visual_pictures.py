"""The set of pictures of the visual view: a block with its panel, the picker of images, a translation, what the check finds, a conflict."""

from __future__ import annotations

from collections.abc import Iterator

from infra import ROOT
from tests.end_to_end.console.visual import VisualView
from tests.end_to_end.console.window import Window
from tests.end_to_end.service import Service
from tests.end_to_end.support.emails import create_email, patch, upload_image
from tests.support.images import png

STARTER = ROOT.joinpath("templates/email/receipt/email.mjml").read_text("utf-8")


def states(service: Service, window: Window) -> Iterator[str]:
    """Yields the name of each state while the window shows it."""
    view, page = VisualView(window), window.page
    image = upload_image(service, png(240, 80, 160))
    body = STARTER.replace(
        "{% block content %}\n", f'{{% block content %}}\n<mj-image src="{image["url"]}" alt="Our shop" />\n'
    )
    content = {"mjml": body, "translations": {"it": {"subject": "Ricevuta", "mjml": body}}}
    email_id = int(create_email(service, name=f"Receipt {image['id'][:4]}", content=content)["id"])
    view.open(email_id)
    view.block("mj-button").focus()
    yield "block"
    view.block("mj-text").focus()
    page.locator("#panel details").evaluate_all("every => every.forEach(one => (one.open = true))")
    yield "conditions"
    view.block("mj-image").focus()
    page.get_by_role("button", name="Choose an image").click()
    page.locator("#image-picker [data-part=list] img").first.wait_for()
    yield "picker"
    page.keyboard.press("Escape")
    view.open(email_id, language="it")
    view.block("mj-text").focus()
    yield "translation"
    view.open(email_id)
    patch(service, f"{email_id}/draft", {"subject": "Theirs"})
    view.add("divider")
    page.locator(".state.bad").wait_for()
    yield "conflict"
