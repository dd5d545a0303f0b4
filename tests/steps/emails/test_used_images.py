from __future__ import annotations

from functions.core.emails.email import TemplateSource
from functions.core.emails.images import Image
from tests.fakes.emails import MemoryEmails
from tests.support.publishing import BODY, a_draft, a_source, publication, refused


def an_uploaded_image(name: str) -> Image:
    return Image(name=name, alt="", filename="", size=1, width=1, height=1, uploaded_at="", uploaded_by="")


def with_image(link: str) -> TemplateSource:
    return a_source(body=BODY.replace("Hi", f'<img src="{link}" alt="a" /> Hi'))


def test_a_published_email_names_the_images_it_uses() -> None:
    emails = MemoryEmails()
    name, other, foreign = f"{'a' * 32}.png", f"{'b' * 32}.jpg", f"{'c' * 32}.gif"
    for image in (name, other):
        assert emails.images.put(an_uploaded_image(image), b"")
    own, variants = with_image(f"https://x.example/images/{name}"), {"de": with_image(emails.images.url(other))}
    variants["it"] = with_image(f"https://y.example/images/{foreign}")
    result = publication(emails)(a_draft(own, variants=variants))
    assert emails.live[7].images == (name, other)
    assert [(one.code, foreign in one.message) for one in result.warnings if one.code == "UNKNOWN_IMAGE"] == [
        ("UNKNOWN_IMAGE", True)
    ]
    uses = emails.images.get(name)
    assert uses
    assert uses.emails == (7,)


def test_an_image_that_the_library_lacks_is_refused() -> None:
    emails, name = MemoryEmails(), f"{'a' * 32}.png"
    draft = a_draft(with_image(emails.images.url(name)))
    (error,) = publication(emails).check(draft).errors
    assert (error.field, error.code, name in error.message) == ("content", "UNKNOWN_IMAGE", True)
    assert publication(emails).check(draft, sendable=False).errors == ()
    assert refused(draft).keys() == {"content"}
    assert emails.images.put(an_uploaded_image(name), b"")
    assert publication(emails)(draft).revision.number == 1


def test_an_image_on_a_host_of_cloudfront_warns() -> None:
    source = a_source(body=BODY.replace("Hi", f'<img src="https://d1.cloudfront.net/images/{"a" * 32}.png" alt="a" />'))
    codes = [warning.code for warning in publication(MemoryEmails())(a_draft(source)).warnings]
    assert "UNBRANDED_IMAGE_HOST" in codes
