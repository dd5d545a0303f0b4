"""Our adapter of SES's identities, on the simulator: moto has no MAIL FROM and no tags of them."""

from __future__ import annotations

import pytest

from functions.adapters.aws.boto3_client import SdkClient
from functions.adapters.domains.identities import SesIdentityStore
from functions.core.domains.domain import Domain
from functions.core.errors import Conflict
from tests.local.ses.conftest import SesScenario

NAME = "news.acme.com"
TAG = "staffetta:sends-for-test"


@pytest.fixture
def identities(ses_scenario: SesScenario) -> SesIdentityStore:
    client: object = SdkClient(ses_scenario.client)
    return SesIdentityStore(client, "arn:aws:ses:us-east-1:123456789012:identity/", TAG, "transactional")  # type: ignore[arg-type]  # a fake


def test_a_created_identity_is_ours(identities: SesIdentityStore) -> None:
    identities.create(Domain(name=NAME), f"bounce.{NAME}")
    identity = identities.get(NAME)
    assert identity
    assert (identity.ours, identity.configuration_set, identity.mail_from) == (True, "transactional", f"bounce.{NAME}")
    assert len(identity.dkim_tokens) == 3
    assert identity.dkim_zone == "dkim.amazonses.com"


def test_a_creation_can_be_repeated(identities: SesIdentityStore) -> None:
    for _ in range(2):
        identities.create(Domain(name=NAME), f"bounce.{NAME}")


def test_an_identity_of_others_is_not_taken(identities: SesIdentityStore, ses_scenario: SesScenario) -> None:
    ses_scenario.client.create_email_identity(EmailIdentity=NAME)
    with pytest.raises(Conflict, match="adopt it"):
        identities.create(Domain(name=NAME), f"bounce.{NAME}")


def test_adoption_changes_the_tag_only(identities: SesIdentityStore, ses_scenario: SesScenario) -> None:
    ses_scenario.client.create_email_identity(EmailIdentity=NAME)
    before = identities.get(NAME)
    identities.adopt(Domain(name=NAME), default_set=False)
    adopted = identities.get(NAME)
    assert before
    assert adopted
    assert (before.ours, adopted.ours, adopted.configuration_set) == (False, True, "")
    identities.adopt(Domain(name=NAME), default_set=True)
    identities.release(NAME)
    released = identities.get(NAME)
    assert released
    assert (released.ours, released.configuration_set) == (False, "transactional")


def test_an_unverified_identity_has_its_error(identities: SesIdentityStore) -> None:
    identities.create(Domain(name="unverified.acme.com"), "bounce.unverified.acme.com")
    identity = identities.get("unverified.acme.com")
    assert identity
    assert (identity.sendable, identity.dkim_status, identity.error) == (False, "PENDING", "HOST_NOT_FOUND")


def test_a_deleted_identity_is_gone(identities: SesIdentityStore) -> None:
    identities.create(Domain(name=NAME), f"bounce.{NAME}")
    identities.delete(NAME)
    identities.delete(NAME)
    assert identities.get(NAME) is None
