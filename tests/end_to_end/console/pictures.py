"""`python -m tests.end_to_end.console.pictures`: a picture of each page of the console, light, dark and on a phone, in build/pictures.

The few that the docs show go to docs/pictures too.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator

from playwright.sync_api import Browser, sync_playwright

from infra import ROOT
from tests.end_to_end.console import visual_pictures
from tests.end_to_end.console.browser import PROGRAM, launched
from tests.end_to_end.console.window import Window, email_paths, signed_in
from tests.end_to_end.service import Service
from tests.end_to_end.support.automations import automated_email, published
from tests.end_to_end.support.messages import sent
from tests.end_to_end.support.preferences import bounced_at_ses
from tests.end_to_end.support.sending import broadcasts

ALL, OF_DOCS = ROOT / "build" / "pictures", ROOT / "docs" / "pictures"
DOCS = {
    "home": "console-home",
    "messages-one": "console-message",
    "broadcasts-one": "console-broadcast",
    "automations-edit": "console-automation",
}
SIZE_MAX = 150_000  # bytes of a picture in the docs
DESKTOP, PHONE = 1280, 390
LOOKS = {"light": (DESKTOP, "light"), "dark": (DESKTOP, "dark"), "phone": (PHONE, "light")}
FIRST = {"messages": "?address=ada%40example.net"}  # whose first row has more to show
SERIES = """name: Welcome
trigger: {{type: list_joined, list: {list}}}
steps:
  - {{id: welcome, type: send_email, email: {welcome}}}
  - {{id: days, type: wait, time: 2d}}
  - {{id: opened, type: branch, cases: [{{when: {{step: welcome, was: OPENED}}, next: guide}}], next: again}}
  - {{id: guide, type: send_email, email: {guide}, next: end}}
  - {{id: again, type: send_email, email: {welcome}}}
"""
PEOPLE = ("ada@example.net", "bob@example.net", "carla@example.net", "dmitri@example.net")


def main() -> None:
    if not PROGRAM:
        sys.exit("The pictures need Chromium, and it is not installed.")
    ALL.mkdir(parents=True, exist_ok=True)
    service = Service()
    try:
        fill(service)
        with sync_playwright() as playwright:
            chromium = launched(playwright)
            for look in LOOKS:
                take(chromium, service, look)
    finally:
        service.close()


def fill(service: Service) -> None:
    """Leaves what a shop would have after a day."""
    for person in PEOPLE:
        sent(service, person)
    service.settle()
    bounced_at_ses(service, PEOPLE[-1])
    members = broadcasts.list_of(service, "Spring offer", "erin@example.net", "frank@example.net", "grace@example.net")
    email_id = broadcasts.batch_email(service, name="Spring offer")
    to = {"contactIlsLists": {"include": [int(members)]}}
    created = broadcasts.create(service, email_id, to, name="Spring offer")
    broadcasts.act(service, created["id"], "send")
    broadcasts.wait_for(service, created["id"])
    service.settle()
    welcome, guide = (automated_email(service, name=name) for name in ("Welcome", "First steps"))
    published(service, SERIES.format(list=members, welcome=welcome, guide=guide))


def take(chromium: Browser, service: Service, look: str) -> None:
    width, scheme = LOOKS[look]
    context = chromium.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)  # type: ignore[arg-type]  # one of its texts
    window = Window(context.new_page(), service.ready.api_url)
    window.go("/console/sign-in")
    store(window, f"sign-in-{look}")
    signed_in(window, service, f"{look}@example.com")
    for name, path in pages(window):
        window.page.goto(window.base + path)
        store(window, f"{name}-{look}")
        if look == "light" and name in DOCS:
            store_for_docs(window, DOCS[name])
    for name, path in email_paths(service).items():
        window.page.goto(window.base + path, wait_until="networkidle")  # an editor and its preview are scripts
        store(window, f"email-{name}-{look}")
    for state in visual_pictures.states(service, window):
        window.page.evaluate("scrollTo(0, 0)")  # what sticks to the window's edge
        store(window, f"visual-{state}-{look}")
    context.close()


def pages(window: Window) -> Iterator[tuple[str, str]]:
    """Yields every page of the menu, and the first page that its table leads to."""
    links = window.page.locator("nav li a").all()
    for path in [link.get_attribute("href") or "" for link in links]:
        name = path.removeprefix("/console").strip("/").replace("/", "-") or "home"
        yield name, path
        window.page.goto(f"{window.base}{path}{FIRST.get(name, '')}")
        first = window.page.locator("main tbody th a, main tbody td a").first
        if first.count():
            one = first.get_attribute("href") or path
            yield f"{name}-one", one
            if name == "automations":
                yield f"{name}-edit", f"{one}/edit#s2"


def store(window: Window, name: str) -> None:
    window.page.screenshot(path=ALL / f"{name}.png", full_page=True)


def store_for_docs(window: Window, name: str) -> None:
    """Ends the run if the picture is too large for a repository."""
    picture = OF_DOCS / f"{name}.jpg"
    window.page.screenshot(path=picture, type="jpeg", quality=80)
    if picture.stat().st_size > SIZE_MAX:
        sys.exit(
            f"{picture.name} has {picture.stat().st_size:,} bytes: a picture of the docs has {SIZE_MAX:,} at most."
        )


if __name__ == "__main__":
    main()
