"""Images: uploaded by content, listed, and deleted only if no published email uses them."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from functions.core.access.actor import Actor, unrestricted
from functions.core.access.scopes import REPORTS
from functions.core.broadcasts.broadcast import Audience, Broadcast
from functions.core.broadcasts.lifecycle import BroadcastState
from functions.core.emails.images import Image
from functions.core.errors import Conflict, Forbidden, NotFound, Rejected
from functions.core.sending.send import State
from functions.steps.emails.image_uses import FindImageUses
from functions.steps.emails.images import ImageLibrary
from tests.fakes import Clock
from tests.fakes.broadcasts import MemoryBroadcasts
from tests.fakes.emails import MemoryEmails
from tests.fakes.sending import MemoryMessageIndex, MemorySends
from tests.support.editing import ADA, WHOLE, EditScenario, html
from tests.support.examples import a_message
from tests.support.images import png

BY = unrestricted(ADA)


def library(
    emails: MemoryEmails | None = None,
    *,
    broadcasts: MemoryBroadcasts | None = None,
    sends: MemorySends | None = None,
    served: bool = True,
) -> ImageLibrary:
    emails = emails or MemoryEmails()
    uses = FindImageUses(
        emails=emails, broadcasts=broadcasts or MemoryBroadcasts(), messages=MemoryMessageIndex(sends or MemorySends())
    )
    return ImageLibrary(images=emails.images, uses=uses, clock=Clock(), served=served)


def published_and_dropped(scenario: EditScenario, images: ImageLibrary) -> str:
    """An email was published with an image, and published again without it. Returns the image's name."""
    used = images.upload(png(1, 1), "", "", BY)
    scenario.author.create({**WHOLE, **html(f'<p><img src="{used.url}" alt="a"></p>')}, BY)
    scenario.author.publish(100, BY)
    scenario.author.update(100, html("<p>without</p>"), BY)
    scenario.author.publish(100, BY)
    return used.image.name


def test_an_upload_is_named_by_its_content() -> None:
    images = library()
    first = images.upload(png(3, 2), " Our shop ", "shop.PNG", BY)
    again = images.upload(png(3, 2), "The shop", "shop.png", BY)
    assert (first.url, first.image.width, first.image.height) == (again.url, 3, 2)
    assert (first.image.alt, first.image.uploaded_by) == ("Our shop", ADA)
    assert first.url.endswith(f"/images/{first.image.name}")
    (listed,) = images.page("", 10)
    assert listed.image.alt == "The shop"


def test_the_newest_images_are_listed_first_in_pages() -> None:
    images = library()
    names = []
    for red in range(3):
        image = images.upload(png(1, 1, red), "", "", BY).image
        names.append(image.name)
        assert images.images.put(replace(image, uploaded_at=f"2026-11-23T12:00:0{red}.000Z", version=1), b"")
    (newest,) = images.page("", 1)
    rest = images.page(newest.image.cursor, 5)
    assert [one.image.name for one in (newest, *rest)] == names[::-1]
    with pytest.raises(Rejected, match="no cursor"):
        images.page("x", 5)


def test_a_file_that_is_no_image_is_not_stored() -> None:
    images = library()
    for octets, alt in ((b"<svg/>", ""), (png(1, 1), "a" * 301)):
        with pytest.raises(Rejected):
            images.upload(octets, alt, "x.png", BY)
    assert images.page("", 10) == []


def test_an_image_of_a_published_email_stays() -> None:
    scenario = EditScenario()
    images = library(scenario.emails)
    used = images.upload(png(1, 1), "", "", BY)
    scenario.author.create({**WHOLE, **html(f'<p><img src="{used.url}" alt="a"></p>')}, BY)
    scenario.author.publish(100, BY)
    scenario.author.update(100, html("<p>without</p>"), BY)
    with pytest.raises(Conflict, match="in use by email 100: remove it there"):
        images.delete(used.image.name, BY)
    scenario.author.archive(100, BY)
    with pytest.raises(Conflict, match=r"email 100 \(archived\)"):
        images.delete(used.image.name, BY)
    scenario.author.unarchive(100, BY)
    scenario.author.publish(100, BY)
    images.delete(used.image.name, BY)
    assert images.page("", 10) == []


def test_an_unpublished_email_uses_no_image() -> None:
    scenario = EditScenario()
    images = library(scenario.emails)
    used = images.upload(png(1, 1), "", "", BY)
    scenario.author.create({**WHOLE, **html(f'<p><img src="{used.url}" alt="a"></p>')}, BY)
    scenario.author.publish(100, BY)
    scenario.author.unpublish(100, BY)
    images.delete(used.image.name, BY)


def test_an_image_of_a_broadcast_that_has_its_time_stays() -> None:
    scenario, broadcasts = EditScenario(), MemoryBroadcasts()
    images = library(scenario.emails, broadcasts=broadcasts)
    name = published_and_dropped(scenario, images)
    broadcast = Broadcast(
        id="b-1", name="B", email_id=100, audience=Audience(), created_at="", created_by="", revision=1
    )
    for state, stays in (
        (BroadcastState.SCHEDULED, True),
        (BroadcastState.PAUSED, True),
        (BroadcastState.DRAFT, False),
        (BroadcastState.DONE, False),
    ):
        broadcasts.stored["b-1"] = replace(broadcast, state=state)
        image = images.images.get(name)
        assert image
        assert images.uses(image) == (["broadcast b-1"] if stays else [])
    broadcasts.stored["b-1"] = replace(broadcast, state=BroadcastState.SENDING, revision=2)
    images.delete(name, BY)


def test_an_image_of_a_scheduled_send_stays() -> None:
    scenario, sends = EditScenario(), MemorySends()
    images = library(scenario.emails, sends=sends)
    name = published_and_dropped(scenario, images)
    scheduled = a_message(email_id=100, revision=1, state=State.SCHEDULED, due_at="2026-11-24T12:00:00.000Z")
    sends.create([scheduled, a_message(recipient=1, email_id=100, revision=1, state=State.QUEUED)])
    with pytest.raises(Conflict, match="in use by 1 scheduled mail of email 100"):
        images.delete(name, BY)
    sends.stored[scheduled.key] = replace(scheduled, state=State.CANCELED)
    images.delete(name, BY)


def test_an_image_that_is_published_meanwhile_stays() -> None:
    scenario = EditScenario()
    images = library(scenario.emails)
    used = images.upload(png(1, 1), "", "", BY)
    scenario.author.create({**WHOLE, **html(f'<p><img src="{used.url}" alt="a"></p>')}, BY)

    def publishes(image: Image) -> list[str]:
        uses = images.uses(image)
        scenario.author.publish(100, BY)
        return uses

    with pytest.raises(Conflict, match="a moment ago"):
        replace(images, uses=publishes).delete(used.image.name, BY)
    assert images.page("", 10)


def test_an_email_whose_image_is_deleted_meanwhile_is_not_published() -> None:
    scenario = EditScenario()
    images = library(scenario.emails)
    used = images.upload(png(1, 1), "", "", BY)
    scenario.author.create({**WHOLE, **html(f'<p><img src="{used.url}" alt="a"></p>')}, BY)
    scenario.meanwhile.append(lambda: images.delete(used.image.name, BY))
    with pytest.raises(Conflict):  # every attempt finds the image gone
        scenario.author.publish(100, BY)
    assert scenario.emails.live[100].published_revision is None


def test_a_repeated_upload_keeps_the_uses() -> None:
    scenario = EditScenario()
    images = library(scenario.emails)
    name = published_and_dropped(scenario, images)
    images.upload(png(1, 1), "Again", "", BY)
    stored = images.images.get(name)
    assert stored
    assert (stored.alt, stored.emails) == ("Again", (100,))


def test_an_unknown_image_is_not_found() -> None:
    for name in ("x", f"{'0' * 32}.png", "../sends/1"):
        with pytest.raises(NotFound):
            library().delete(name, BY)


def test_only_an_author_changes_images() -> None:
    images, reader = library(), Actor("eve@example.com", (REPORTS,))
    with pytest.raises(Forbidden):
        images.upload(png(1, 1), "", "", reader)
    with pytest.raises(Forbidden):
        images.delete(f"{'0' * 32}.png", reader)


def test_an_upload_that_no_cdn_would_serve_is_refused() -> None:
    with pytest.raises(Conflict, match="no CDN to serve it"):
        library(served=False).upload(png(1, 1), "", "", BY)
