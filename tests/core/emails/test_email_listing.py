from __future__ import annotations

from typing import Any

import pytest

from functions.core.emails.email import Email, Subcategory
from functions.core.emails.email_listing import SORTS, TYPES, Filter, TimeRange, listing, state
from tests.support.examples import an_email


def email(number: int, **changed: Any) -> Email:
    at = f"2026-01-0{number}T00:00:00.000Z"
    return an_email(**{"id": number, "created_at": at, "updated_at": at, "published_revision": None, **changed})


EMAILS = [
    email(1, name="beta", published_revision=1, published_at="2026-02-01T00:00:00.000Z"),
    email(2, name="Alpha", subcategory=Subcategory.BATCH, campaign="c"),
    email(3, name="gamma", archived_at="2026-03-01T00:00:00.000Z"),
    email(4, name="alpha"),
]


def ids(**criteria: Any) -> list[int]:
    return [one.id for one in listing(EMAILS, Filter(**criteria)).emails]


def test_each_filter() -> None:
    assert ids() == [1, 2, 4]
    assert ids(archived=True) == [3]
    assert ids(types=frozenset({"BATCH_EMAIL"})) == [2]
    assert ids(types=frozenset({"BATCH_EMAIL", "SINGLE_SEND_API"})) == [1, 2, 4]
    assert ids(published=True) == [1]
    assert ids(published=False) == [2, 4]
    assert ids(campaign="c") == [2]
    assert ids(created=TimeRange(at="2026-01-02T00:00:00.000Z")) == [2]
    assert ids(created=TimeRange(after="2026-01-01T00:00:00.000Z")) == [2, 4]
    assert ids(updated=TimeRange(before="2026-01-04T00:00:00.000Z")) == [1, 2]
    assert ids(published_at=TimeRange(before="2027")) == [1], "what was never published was not published before"
    assert ids(
        archived=False, created=TimeRange(after="2026-01-01T00:00:00.000Z", before="2026-01-03T00:00:00.000Z")
    ) == [2]


@pytest.mark.parametrize(
    ("sorts", "expected"),
    [
        ((), [1, 2, 4]),
        (("-createdAt",), [4, 2, 1]),
        (("name",), [2, 4, 1]),
        (("-name",), [1, 2, 4]),
        (("name", "-createdAt"), [4, 2, 1]),
    ],
)
def test_sorting(sorts: tuple[str, ...], expected: list[int]) -> None:
    assert [one.id for one in listing(reversed(EMAILS), Filter(), sorts).emails] == expected


@pytest.mark.parametrize("sort", [f"{sign}{name}" for name in SORTS for sign in ("", "-")])
def test_all_pages_together_are_the_list(sort: str) -> None:
    whole = listing(EMAILS, Filter(), (sort,))
    paged: list[Email] = []
    while (rest := listing(EMAILS, Filter(), (sort,), paged[-1].id if paged else None)).emails:
        assert rest.total == 3
        paged.append(rest.emails[0])
    assert paged == whole.emails


def test_a_page_continues_after_an_email_archived_meanwhile() -> None:
    assert [one.id for one in listing(EMAILS, Filter(), (), 3).emails] == [4]
    with pytest.raises(LookupError, match="email 99 does not exist"):
        listing(EMAILS, Filter(), (), 99)


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, "DRAFT"),
        ({"published_revision": 2}, "PUBLISHED"),
        ({"subcategory": Subcategory.AUTOMATED}, "AUTOMATED_DRAFT"),
        ({"subcategory": Subcategory.AUTOMATED, "published_revision": 1}, "AUTOMATED"),
        ({"ab_partner_id": 5}, "DRAFT_AB"),
        ({"ab_partner_id": 5, "ab_variant": True}, "DRAFT_AB_VARIANT"),
        ({"ab_partner_id": 5, "ab_variant": True, "published_revision": 1}, "PUBLISHED_AB_VARIANT"),
        ({"ab_partner_id": 5, "subcategory": Subcategory.AUTOMATED}, "AUTOMATED_DRAFT_AB"),
        ({"ab_partner_id": 5, "ab_variant": True, "subcategory": Subcategory.AUTOMATED}, "AUTOMATED_DRAFT_ABVARIANT"),
        (
            {"ab_partner_id": 5, "ab_variant": True, "subcategory": Subcategory.AUTOMATED, "published_revision": 1},
            "AUTOMATED_AB_VARIANT",
        ),
    ],
)
def test_states(changed: dict[str, Any], expected: str) -> None:
    assert state(email(1, **changed)) == expected


def test_every_kind_of_email_has_hubspots_type() -> None:
    assert set(TYPES) == set(Subcategory)
