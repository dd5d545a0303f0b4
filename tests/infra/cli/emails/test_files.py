"""Emails as files: every document comes back whole, and an unreadable file is reported by name."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.core.errors import Rejected
from infra.cli.emails.files import FiledEmail, digest, name_for, read, stamped, written

TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
LEAVES = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXTS
VALUES = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3), max_leaves=10
)
SOURCES = st.fixed_dictionaries(
    {},
    optional={
        "html": TEXTS,
        "mjml": TEXTS,
        "plainTextVersion": TEXTS,
        "previewText": TEXTS,
        "subject": TEXTS,
        "widgets": VALUES,
    },
)
TRANSLATIONS = st.dictionaries(st.sampled_from(["de", "DE", "pt-br", "fr", "no"]), SOURCES | VALUES, max_size=3)
CONTENTS = st.builds(
    lambda source, more: {**source, **more},
    SOURCES,
    st.fixed_dictionaries({}, optional={"translations": TRANSLATIONS, "trackOpens": st.booleans()}),
)
DOCUMENTS = st.builds(
    lambda unknown, fields: {**{f"x{name}": value for name, value in unknown.items()}, **fields},
    st.dictionaries(TEXTS, VALUES.filter(lambda value: value is not None), max_size=3),
    st.fixed_dictionaries(
        {"name": TEXTS}, optional={"subject": TEXTS, "from": st.dictionaries(TEXTS, VALUES), "content": CONTENTS}
    ),
)
EMAILS = st.builds(
    lambda document, number, pulled: FiledEmail(name="receipt", document=document, id=number, pulled=pulled),
    DOCUMENTS,
    st.none() | st.integers(1, 2**53),
    st.sampled_from(["", "0123456789012345", "12e4567890123456"]),
)


@given(EMAILS)
def test_every_email_comes_back_and_gives_the_same_files(email: FiledEmail) -> None:
    files = written(email)
    (back,) = read(files)
    assert (back, digest(back.document)) == (email, digest(email.document))
    assert written(back) == files


@given(EMAILS, st.integers(1, 2**53))
def test_a_stamp_changes_nothing_else(email: FiledEmail, number: int) -> None:
    files = written(email)
    main = next(name for name in files if name.count(".") == 1 and not name.endswith(".txt"))
    files[main] = stamped(files[main], number, "0000000000000001")
    (back,) = read(files)
    assert back == FiledEmail(name="receipt", document=email.document, id=number, pulled="0000000000000001")
    assert stamped(files[main], number, "0000000000000001") == files[main]


def test_the_files_are_for_people() -> None:
    document = {
        "content": {
            "mjml": "<mjml/>\n",
            "plainTextVersion": "Hi\n",
            "trackOpens": False,
            "translations": {"de": {"subject": "Hallo", "html": "<p>\n"}},
        },
        "unknown": [1, None],
        "name": "Receipt",
    }
    files = written(FiledEmail(name="receipt", document=document, id=7, pulled="abc"))
    assert files == {
        "receipt.mjml": "---\nstaffetta:\n  id: 7\n  pulled: abc\nname: Receipt\ncontent:\n  trackOpens: false\n"
        "unknown:\n- 1\n- null\n---\n<mjml/>\n",
        "receipt.txt": "Hi\n",
        "receipt.de.html": "---\nsubject: Hallo\n---\n<p>\n",
    }


def test_a_stamp_keeps_comments_and_leaves_what_others_wrote() -> None:
    text = "---\n# ours\nname: Receipt  # the shop's\nstaffetta: {id: 1}\nsubject: Hi\n---\n<p>---\n"
    reported = stamped(text, 7, "abc")
    assert reported == (
        "---\nstaffetta:\n  id: 7\n  pulled: abc\n# ours\nname: Receipt  # the shop's\nsubject: Hi\n---\n<p>---\n"
    )


def test_a_front_matter_may_be_empty_or_have_crlf() -> None:
    (email,) = read({"a.html": "---\r\nname: A\r\n---\r\n<p>", "a.de.html": "---\n---\nx"})
    assert email.document == {"name": "A", "content": {"html": "<p>", "translations": {"de": {"html": "x"}}}}


def test_a_body_is_read_byte_for_byte() -> None:
    body = "\n \r\n<p>\u00a0\n---\n\n"
    (email,) = read({"a.html": f"---\nname: A\n---\n{body}"})
    assert email.document["content"] == {"html": body}


def test_fields_that_the_service_adds_are_not_in_files() -> None:
    (email,) = read({"a.html": "---\nname: A\nid: '7'\nupdatedAt: x\nto: null\n---\n"})
    assert email.document == {"name": "A", "content": {"html": ""}}


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({"a.html": "<p>"}, "a.html: does not begin with a front matter"),
        ({"a.html": "---\nname: A\n--\n"}, "a.html: does not begin with a front matter"),
        ({"a.html": "---\na: [\n---\n"}, "a.html: has a front matter that is not YAML.* line 2, column 1"),
        ({"a.html": f"---\na: {'[' * 5000}\n---\n"}, "a.html: has a front matter that is not YAML"),
        ({"a.html": "---\n- a\n---\n"}, "not fields with their values"),
        ({"a.html": "---\nname: A\ndate: 2026-01-01\n---\n"}, "date is a date: write it in quotes"),
        ({"a.html": "---\nname: A\nx: {on: [.nan]}\n---\n"}, "name is no text"),
        ({"a.html": "---\nx: [.inf]\n---\n"}, r"x\[0\] is not a number in JSON"),
        ({"a.html": "---\nname: A\ncontent: 1\n---\n"}, "`content` that is no mapping"),
        ({"a.html": "---\ncontent: {html: x}\n---\n"}, "a.html: has `html` in its front matter and outside of it"),
        ({"a.yaml": "---\ncontent: {translations: 1}\n---\n", "a.de.yaml": "---\n---\n"}, "translations` that is no"),
        (
            {"a.yaml": "---\ncontent: {translations: {de: {}}}\n---\n", "a.de.yaml": "---\n---\n"},
            "has `de` in its front matter",
        ),
        ({"a.html": "---\nstaffetta: {id: seven}\n---\n"}, "staffetta.id"),
        ({"a.html": "---\nstaffetta: seven\n---\n"}, "staffetta.id"),
        ({"a.html": "---\n---\n", "a.mjml": "---\n---\n"}, "a.mjml: is the same email as a.html"),
        ({"a.txt": "x"}, "a.txt: is the text of no email"),
        ({"a.de.html": "---\n---\n"}, "a.de.html: translates no email"),
        ({"a.yaml": "---\nname: A\n---\n<p>"}, "a.yaml: has a body"),
    ],
)
def test_an_unreadable_file_is_reported_by_name(files: dict[str, str], message: str) -> None:
    with pytest.raises(Rejected, match=message):
        read(files)


@pytest.mark.parametrize(
    ("name", "taken", "expected"),
    [
        ("Réçu: 42!", [], "recu-42"),
        ("領収書", [], "email"),
        ("Receipt", ["receipt", "receipt-2"], "receipt-3"),
        ("x" * 300, [], "x" * 60),
    ],
)
def test_names_of_files(name: str, taken: list[str], expected: str) -> None:
    assert name_for(name, taken) == expected


def test_digests_go_by_what_the_author_wrote() -> None:
    one: dict[str, Any] = {"a": 1, "b": {"c": 2, "d": 3}}
    assert digest(one) == digest({"b": {"d": 3, "c": 2}, "a": 1, "staffetta": {"pushed": "x"}})
    assert digest(one) != digest({**one, "a": 2})
