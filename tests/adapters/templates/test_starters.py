from __future__ import annotations

import pytest

from functions.adapters.templates import starters
from functions.core.templates import rendering
from functions.steps.emails.publish import PublishEmail
from tests.fakes import Clock
from tests.fakes.contacts import MemorySubscriptionTypes
from tests.fakes.domains import connected
from tests.fakes.emails import MemoryEmails, MemoryImages
from tests.fakes.templates import MemorySiteSettings
from tests.support.examples import DOMAIN, SENDER


@pytest.mark.parametrize("name", starters.names())
def test_every_starter_publishes_and_renders_with_its_sample(name: str) -> None:
    starter = starters.load(name, SENDER)
    publication = PublishEmail(
        domains=connected(DOMAIN),
        emails=MemoryEmails(),
        images=MemoryImages(),
        subscription_types=MemorySubscriptionTypes(),
        partial=starters.partial,
        site_settings=MemorySiteSettings(),
        clock=Clock(),
        sleep=Clock().sleep,
    )
    revision, sample = publication(starter.draft).revision, starter.sample
    mail = rendering.render(
        rendering.compiled(revision), sample["contactProperties"], sample["customProperties"], now=0
    )
    assert mail.subject
    assert mail.text.strip()
    assert "{{" not in mail.html + mail.text + mail.subject
    assert starter.description


def test_starters_include_a_receipt_and_have_distinct_ids() -> None:
    drafts = [starters.load(name, SENDER).draft for name in starters.names()]
    assert "receipt" in starters.names()
    assert len({draft.email_id for draft in drafts}) == len(drafts)


def test_an_unknown_starter_is_an_error_with_all_names() -> None:
    with pytest.raises(LookupError, match=r"there is no starter 'nothing'; there are: .*receipt"):
        starters.load("nothing", SENDER)


def test_a_starters_source_is_found_by_its_name() -> None:
    source = starters.source("receipt")
    assert source == starters.load("receipt", SENDER).draft.source
    assert starters.source("nothing") is None


def test_bundled_partials_are_found_by_their_names() -> None:
    assert all(starters.partial(name) for name in starters.partials())
    assert starters.partial("nothing") is None
