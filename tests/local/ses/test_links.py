"""Rewriting links: SES's rules, and no byte outside the links changes."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from infra.local.ses.links import Link, place_pixel, rewrite_links
from tests.support.processor_time import within


def rewritten(text: str) -> tuple[str, list[Link]]:
    links: list[Link] = []

    def track(link: Link) -> str:
        links.append(link)
        return f"http://t/{len(links) - 1}"

    return rewrite_links(text, track), links


@pytest.mark.parametrize(
    ("before", "after", "urls"),
    [
        ('<a href="https://x.com/a">', '<a href="http://t/0">', ["https://x.com/a"]),
        ("<a href='https://x.com/a'>", "<a href='http://t/0'>", ["https://x.com/a"]),
        ("<A HREF=https://x.com/a>b</A>", "<A HREF=http://t/0>b</A>", ["https://x.com/a"]),
        ('<a class=b href = "HTTP://x.com" id="c">', '<a class=b href = "http://t/0" id="c">', ["HTTP://x.com"]),
        ('<a\n  href="http://x.com/?a=1&amp;b=2#c"\n>', '<a\n  href="http://t/0"\n>', ["http://x.com/?a=1&b=2#c"]),
        ('<a title="a > b" href="http://x.com">', '<a title="a > b" href="http://t/0">', ["http://x.com"]),
        ('<a data-href="http://y.com" href="http://x.com">', None, ["http://x.com"]),
        ('<a href="http://x.com" href="http://y.com">', '<a href="http://t/0" href="http://y.com">', ["http://x.com"]),
        ('<map><area href="http://x.com"/></map>', '<map><area href="http://t/0"/></map>', ["http://x.com"]),
        ('<a href="http://x.com/%C3%A9">', '<a href="http://t/0">', ["http://x.com/%C3%A9"]),
    ],
)
def test_links_are_replaced_in_place(before: str, after: str | None, urls: list[str]) -> None:
    """Quotes, case and other attributes may differ."""
    text, links = rewritten(before)
    assert [link.url for link in links] == urls
    assert text == (after or before.replace("http://x.com", "http://t/0"))


@pytest.mark.parametrize(
    "text",
    [
        '<a href="mailto:a@b.test">',
        '<a href="tel:+39">',
        '<a href="#top">',
        '<a href="/relative">',
        '<a href="">',
        "<a href>",
        "<a name=x>",
        '<a href="javascript:alert(1)">',
        '<a href="http://x.com/é">',
        '<a href="http://x.com/a b">',
        '<a href="http://x.com/%zz">',
        '<a href="http://x.com/{{ name }}">',
        '<img src="http://x.com/a.png">',
        '<link href="http://x.com/a.css">',
        '<!-- <a href="http://x.com"> -->',
        '<script>var a = "<a href=http://x.com>";</script>',
        '<style>/* <a href="http://x.com"> */</style>',
        '<abbr href="http://x.com">',
        '<a href="http://x.com"',
        "http://x.com",
    ],
)
def test_other_links_stay(text: str) -> None:
    """These are other schemes, invalid links, other elements, comments, scripts and styles."""
    assert rewritten(text) == (text, [])


def test_a_link_may_opt_out() -> None:
    """`ses:no-track` is removed and the link stays."""
    assert rewritten('<a ses:no-track href="http://x.com">a</a>') == ('<a href="http://x.com">a</a>', [])
    assert rewritten('<a href="http://x.com" ses:no-track="">a</a>') == ('<a href="http://x.com">a</a>', [])


def test_a_link_may_be_labelled() -> None:
    """`ses:tags` is removed, and is in the Click event."""
    text, links = rewritten('<a href="http://x.com" ses:tags="campaign:spring;place:top;">a</a>')
    assert text == '<a href="http://t/0">a</a>'
    assert links == [Link("http://x.com", {"campaign": ["spring"], "place": ["top"]})]


@pytest.mark.parametrize("declaration", ["<![x y>", "<![CDATA[>", "<!>", "<?x>", "</ >", "<!-->", "<1", "< a", "<a"])
def test_malformed_markup_hides_no_link(declaration: str) -> None:
    """Browsers continue after it, and so does tracking."""
    text = f'{declaration}<p></p><a href="http://x.com">a</a>'
    assert rewritten(text)[0] == text.replace("http://x.com", "http://t/0")


@pytest.mark.parametrize(
    "piece", ["<a href='", "<", "<!--", "<style>", "<a ", '<a b="', "<a href=http://x.com ", "</body", "&"]
)
def test_hostile_markup_takes_linear_time(piece: str) -> None:
    """A megabyte of unclosed tags must not block all others. Quadratic time would be minutes."""
    text = piece * (1_000_000 // len(piece))
    with within(3):
        assert place_pixel(rewritten(text)[0], "") == text


ATTRIBUTES = st.sampled_from(
    ["", " class=x", ' title="a > \' b"', "\n id='z'", " disabled", " /", ' alt="<a href=http://no>"']
)
PIECES = st.one_of(
    st.text(alphabet="abc é<>&\"'/=!-\r\n\t ", max_size=12),
    st.sampled_from(
        ["<!--", "-->", "<script>", "</script>", "<style>", "</style>", "<![CDATA[", "]]>", "<!doctype html>", "<?x"]
    ),
    st.tuples(ATTRIBUTES, ATTRIBUTES).map(
        lambda around: f'<a{around[0]} href="http://example.org/q?a=b"{around[1]}>go</a>'
    ),
)


@given(st.lists(PIECES, max_size=12).map("".join))
@example("<a href=http://example.org/q?a=b")
def test_every_byte_that_is_no_link_stays(text: str) -> None:
    """The text is the same after the original links are restored, for any markup."""
    result, links = rewritten(text)
    restored = re.sub(r"http://t/(\d+)", lambda match: links[int(match[1])].url, result)
    assert restored == text


@given(st.lists(PIECES, max_size=6).map("".join), st.text(max_size=20))
def test_the_pixel_only_adds(text: str, tail: str) -> None:
    """Without the pixel, the text is the same."""
    assert place_pixel(text + tail, "<PIXEL>").replace("<PIXEL>", "") == (text + tail).replace(
        "{{ses:openTracker}}", ""
    )


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("<p>a", "<p>a<PIXEL>"),
        ("<body>a</body></html>", "<body>a<PIXEL></body></html>"),
        ("a</BODY >\n<!-- </b> -->", "a<PIXEL></BODY >\n<!-- </b> -->"),
        ("a{{ses:openTracker}}b{{ses:openTracker}}</body>", "a<PIXEL>b</body>"),
    ],
)
def test_where_the_pixel_goes(before: str, after: str) -> None:
    """It goes to the end of the body, or to the first placeholder. Further placeholders are removed."""
    assert place_pixel(before, "<PIXEL>") == after
